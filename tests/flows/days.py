"""One athlete's days: time acts, reminders arrive, sessions are held, and screens are read."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.coaching.athletes import card
from bot.coaching.athletes.messages import AthleteCard
from bot.conversation.message import Message
from bot.dispatch import due_work, registry
from bot.programme.schedule import flow as schedule
from bot.programme.schedule.messages import ScheduleShown
from bot.programme.settings import flow as settings_flow
from bot.programme.settings.messages import SettingsShown
from bot.protocol.calendar.local_time import local
from bot.protocol.session import events
from bot.protocol.session.state import Phase
from bot.store import sessions
from bot.store.sessions import Stored
from bot.store.tables import HoldRow, OccurrenceRow, OutboxRow, OutboxState, SessionRow
from bot.training import eligibility
from bot.training.messages import Reminder
from bot.training.overview import flow as overview
from bot.training.overview.messages import NextSession
from bot.training.reminders import flow as reminders
from bot.training.session import start
from testkit.people import BERLIN
from tests.flows.world import COACH, RUNA, T0, FlowWorld, reply

SECOND: Final = timedelta(seconds=1)
_BEATS: Final = 5_000


class Days(FlowWorld):
    """An athlete with a coach, whose reminders arrive as soon as they are written.

    `rung` is when each reminder came, and which.
    """

    def __init__(self, folder: Path, now: datetime = T0, *, times: str = "07:30") -> None:
        super().__init__(folder, now)
        self.rung: list[tuple[datetime, Reminder]] = []
        self._told = 0
        self.runa = self.athlete(holds=1, hold_s=5, rest_s=5)
        self.coach(self.runa)
        if times != "07:30":
            self.sets(time=times)

    def sets(self, **wanted: str) -> list[Message]:
        """The athlete changes settings; return what is said."""
        return self.does(RUNA, settings_flow.apply, wanted)

    # ---- time

    def until(self, to: datetime) -> None:
        """Let time act on everything that is due on the way."""
        for _ in range(_BEATS):
            at = self.read(due_work.earliest)
            if at is None or at > to:
                break
            self.now = max(self.now, at)
            self.act()
        else:
            raise AssertionError("something stays due")
        self.now = max(self.now, to)

    def passes(self, **span: float) -> None:
        """Let so much time pass."""
        self.until(self.now + timedelta(**span))

    def sleeps(self, **span: float) -> None:
        """The program is down for so long, then acts on what is overdue."""
        self.later(**span)
        self.until(self.now)

    def act(self) -> None:
        """Act on what is due; what is said arrives."""
        assert self.run(due_work.act_due, self.now)[1] == []
        self.run(self._arrives)

    def _arrives(self, db: Db) -> None:
        query = select(OutboxRow).where(
            col(OutboxRow.id) > self._told,
            OutboxRow.kind == Reminder.kind(),
            OutboxRow.state == OutboxState.PENDING,
        )
        for row in db.exec(query.order_by(col(OutboxRow.id))):
            row.state, self._told = OutboxState.SENT, row.id or 0
            said = registry.load(row.kind, json.loads(row.body))
            assert isinstance(said, Reminder)
            reminders.delivered(db, [said.occurrence], self.now)
            self.rung.append((self.now, said))

    # ---- sessions

    def begins(self, occurrence: int | None = None) -> bool:
        """Begin a session, by a reminder's button or by command; whether one opened."""
        return isinstance(self.run(start.begin, self.runa, occurrence, self.now), Stored)

    def trains_now(self, occurrence: int | None = None, *, pain: int = 1) -> bool:
        """Begin a session and hold its only hold; whether it opened."""
        if not self.begins(occurrence):
            return False
        self.happens(self.runa, events.Pain(1))
        self._to(Phase.ASKED_AFTER)
        self.happens(self.runa, events.Pain(pain))
        return True

    def _to(self, phase: Phase) -> None:
        while (found := self.read(sessions.live, self.runa)) and found.value.phase is not phase:
            assert found.value.due_at is not None
            self.until(found.value.due_at)

    def is_live(self) -> bool:
        """Whether a session runs."""
        return self.read(sessions.is_live, self.runa)

    def stops(self) -> None:
        """STOP, if a session runs and was not stopped before."""
        found = self.read(sessions.live, self.runa)
        if found is not None and found.value.phase is not Phase.ASKED_REASON:
            self.happens(self.runa, events.Stop())

    # ---- what is stored

    def states(self) -> dict[str, str]:
        """Return what became of each occurrence, by date and slot."""

        def found(db: Db) -> dict[str, str]:
            query = select(OccurrenceRow).order_by(
                col(OccurrenceRow.local_date), col(OccurrenceRow.slot)
            )
            return {f"{row.local_date:%d}/{row.slot}": row.state for row in db.exec(query)}

        return self.read(found)

    def owners(self) -> dict[str, int]:
        """Return how many sessions with a hold each occurrence has, by date and slot."""

        def found(db: Db) -> dict[str, int]:
            query = (
                select(OccurrenceRow)
                .join(SessionRow, col(SessionRow.occurrence_id) == col(OccurrenceRow.id))
                .where(col(SessionRow.id).in_(select(HoldRow.session_id)))
            )
            counted: dict[str, int] = {}
            for row in db.exec(query):
                key = f"{row.local_date:%d}/{row.slot}"
                counted[key] = counted.get(key, 0) + 1
            return counted

        return self.read(found)

    def began(self) -> list[datetime]:
        """Return when the sessions began in which anything was held, in order."""

        def found(db: Db) -> list[datetime]:
            held = col(SessionRow.id).in_(select(HoldRow.session_id))
            return sorted(db.exec(select(SessionRow.opened_at).where(held)))

        return self.read(found)

    def done_before(self, at: datetime) -> set[int | None]:
        """Return the occurrences whose session had begun by then, and had a hold."""

        def found(db: Db) -> set[int | None]:
            held = col(SessionRow.id).in_(select(HoldRow.session_id))
            query = select(SessionRow.occurrence_id).where(held, SessionRow.opened_at < at)
            return set(db.exec(query))

        return self.read(found)

    def rings(self) -> list[str]:
        """Return when reminders came, on the athlete's clock; nudges are marked."""
        return [
            f"{local(at, BERLIN):%d %H:%M}{' again' if said.again else ''}"
            for at, said in self.rung
        ]

    # ---- what the screens promise

    def promised(self) -> datetime | None:
        """Return when the next session is; every screen says the same."""
        told = reply(self.does(RUNA, overview.next_session), NextSession)
        shown = reply(self.does(RUNA, settings_flow.show), SettingsShown)
        coming = reply(self.does(COACH, schedule.schedule, f"#{self.runa}"), ScheduleShown).coming
        of_card = reply(self.does(COACH, card.athlete, f"#{self.runa}"), AthleteCard)
        first = next(iter(coming), None)
        if shown.paused:
            assert (told.why, told.next_at, of_card.next_at) == ("paused", None, None)
            return first
        assert told.next_at == shown.next_at == of_card.next_at == first
        return first

    def keeps_promise(self) -> None:
        """Let time pass until the next session is promised: it rings then, and may begin."""
        at = self.promised()
        if at is None:
            return
        self.until(at - SECOND)
        before = len(self.rung)
        self.until(at)
        (rung,) = self.rung[before:]
        assert rung[0] == at, f"promised {at}, rang {rung[0]}"
        barred = self.read(eligibility.barred, self.runa, self.now)
        assert barred is None or barred.why in {"away", "screening"}, barred
