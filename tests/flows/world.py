"""People around a real database file: they act, and what the bot wants to tell is read."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.conversation.interaction import Interaction
from bot.conversation.message import Message, Reply, Say, dump
from bot.dispatch import registry
from bot.protocol.dose.dose import Dose
from bot.protocol.session import events
from bot.store import people, sessions
from bot.store.tables import OutboxRow, OutboxState, Role
from bot.training.session import apply_event
from testkit.people import BERLIN, enrolled, joined, shared
from testkit.virtual import HandClock
from testkit.world import World

P = ParamSpec("P")
T = TypeVar("T")
Told = TypeVar("Told", bound=Reply)
T0 = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
"""A Tuesday, 07:30 in Berlin."""
RUNA, COACH, ADMIN, STRANGER = 700_000_001, 700_000_002, 700_000_003, 700_000_004
"""Telegram ids."""


class FlowWorld(World):
    """A bot without Telegram. `now` only moves when a test says so."""

    def __init__(self, folder: Path, now: datetime = T0) -> None:
        super().__init__(folder, HandClock(now))
        self.updates: Iterator[int] = count(1)

    # ---- people

    def person(self, telegram_id: int, name: str, role: Role) -> int:
        """Add a person with a role; return the id."""
        return self.run(joined, telegram_id, name, role, self.now)

    def athlete(self, telegram_id: int = RUNA, name: str = "Runa Holm", **dose: Any) -> int:
        """Add an enrolled athlete with a plan and a next occurrence; return the id."""
        return self.run(enrolled, telegram_id, name, Dose(**dose), None, self.now)

    def coach(self, athlete_id: int, telegram_id: int = COACH, name: str = "Coach Kim") -> int:
        """Add a coach the athlete consented to; return the id."""
        coach_id = self.run(joined, telegram_id, name, Role.COACH, self.now, BERLIN)
        self.run(lambda db: db.add(shared(athlete_id, coach_id, self.now)))
        return coach_id

    # ---- acting

    def does(
        self,
        who: int,
        flow: Callable[Concatenate[Interaction, P], Any],
        *args: P.args,
        **kw: P.kwargs,
    ) -> list[Message]:
        """Let somebody do something by text; return what they are told, most urgent first."""
        return self._acts(who, None, lambda turn: flow(turn, *args, **kw))

    def presses(
        self,
        who: int,
        flow: Callable[Concatenate[Interaction, P], Any],
        *args: P.args,
        **kw: P.kwargs,
    ) -> list[Message]:
        """The same by a button under message 50."""
        return self._acts(who, "query", lambda turn: flow(turn, *args, **kw))

    def _acts(
        self, who: int, query: str | None, act: Callable[[Interaction], Any]
    ) -> list[Message]:
        update = next(self.updates)

        def act_now(db: Db) -> int:
            newest = db.exec(select(OutboxRow.id).order_by(col(OutboxRow.id).desc())).first() or 0
            turn = Interaction(
                db,
                people.who_is(db, who),
                update,
                self.now,
                message_id=50 if query else None,
                query_id=f"{query}{update}" if query else None,
            )
            act(turn)
            return newest

        return self.letters(who, after=self.run(act_now))

    # ---- reading

    def letters(self, chat: int, *, after: int = 0, waiting: bool = False) -> list[Message]:
        """Return what is told to a chat, in the order of sending."""

        def found(db: Db) -> list[Message]:
            query = select(OutboxRow).where(OutboxRow.chat_id == chat, col(OutboxRow.id) > after)
            if waiting:
                query = query.where(OutboxRow.state == OutboxState.PENDING)
            query = query.order_by(col(OutboxRow.priority), col(OutboxRow.id))
            return [registry.load(row.kind, json.loads(row.body)) for row in db.exec(query)]

        return self.read(found)

    # ---- training

    def trains(self, athlete_id: int, *pains: int, before: int = 1) -> None:
        """Begin a session and answer these pains, hold by hold."""
        self.run(apply_event.open_session, athlete_id, None, self.now)
        self.happens(athlete_id, events.Pain(before))
        for pain in pains:
            self._holds(athlete_id)
            self.happens(athlete_id, events.Pain(pain))

    def _holds(self, athlete_id: int) -> None:
        for _ in ("hold", "release"):
            stored = self.read(sessions.live, athlete_id)
            assert stored is not None
            assert stored.value.due_at is not None
            self.now = stored.value.due_at
            self.happens(athlete_id, events.Due())

    def holding(self, athlete_id: int) -> None:
        """Begin a session and be in the middle of its first hold."""
        self.trains(athlete_id)
        self.later(seconds=10)
        self.happens(athlete_id, events.Due())
        self.later(seconds=5)

    def happens(self, athlete_id: int, event: events.Event) -> None:
        """Let an event happen to the running session."""

        def happen(db: Db) -> None:
            stored = sessions.live(db, athlete_id)
            assert stored is not None
            assert isinstance(apply_event.happen(db, stored, event, self.now), sessions.Stored)

        self.run(happen)


def topics(told: list[Message]) -> list[str]:
    """Return the topics of replies, or the kinds of other messages."""
    return [one.topic if isinstance(one, Say) else one.kind() for one in told]


def the(told: list[Message], topic: str) -> dict[str, Any]:
    """Return the values of the one reply about `topic`."""
    (found,) = [one for one in told if isinstance(one, Say) and one.topic == topic]
    return values_of(found)


def reply(told: list[Message], kind: type[Told]) -> Told:
    """Return the one reply of this type."""
    (found,) = [one.reply for one in told if isinstance(one, Say) and isinstance(one.reply, kind)]
    return found


def values_of(told: Message) -> dict[str, Any]:
    """Return the values of a reply as they are stored."""
    values: dict[str, Any] = dump(told)["values"]
    return values
