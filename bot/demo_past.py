"""Eight weeks that two athletes of the demo have behind them: a coach has something to judge.

What happened goes through the session's machine and the flows of real life. Only the chats stay
empty: what was said then is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import select

from bot.conversation.interaction import Interaction
from bot.programme.pauses import by_athlete as pauses
from bot.protocol.calendar.local_time import instant, local
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.session.events import BEFORE, Due, Event, Pain, Refusal
from bot.protocol.session.machine import start, step
from bot.protocol.session.state import CUED, Phase, Session
from bot.store import agreed, athletes, mornings, outbox, people, sessions
from bot.store.tables import AssignmentRow, AthleteRow, OccurrenceRow, OccurrenceState, Role
from bot.training import occurrences
from bot.training.mornings import answers
from bot.training.progression import next_dose, step_up
from bot.training.session import next_morning

WEEKS: Final = 8
_DAY: Final = timedelta(days=1)
_AT: Final = time(18, 0)
"""When they train: the evening, so that the morning after comes before the next session."""
_MORNING: Final = time(8, 30)
_JUST_NOW: Final = timedelta(minutes=20)
"""How long ago this morning's questions were answered."""
_THINKS: Final = timedelta(seconds=6)
"""How long an answer takes."""


@dataclass(frozen=True, slots=True)
class HeldDay:
    """A session with these pains, hold by hold: the last one goes on; and the morning after."""

    pains: str
    morning: int | None


@dataclass(frozen=True, slots=True)
class Without:
    """A planned day without a session, and why."""

    state: OccurrenceState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AwayDays:
    """On this day the athlete pauses for so many days."""

    days: int


Act = HeldDay | Without | AwayDays
Week = tuple[Act, ...]
_MISSED: Final = Without(OccurrenceState.MISSED)
_PAUSED: Final = Without(OccurrenceState.PAUSED)


@dataclass(frozen=True, slots=True)
class PlayedPast:
    """An athlete, and what became of each planned day: `days` of a week, counted back from today.

    The weeks stand in their order, and have as many acts as days.
    """

    telegram_id: int
    name: str
    side: Side
    days: tuple[int, ...]
    weeks: tuple[Week, ...]

    def acts(self, today: date) -> Mapping[date, Act]:
        """Return what happened on each planned day before `today`."""
        return {
            today - timedelta(days=7 * ago + day): act
            for ago, week in zip(range(WEEKS - 1, -1, -1), self.weeks, strict=True)
            for day, act in zip(self.days, week, strict=True)
        }


JONAS: Final = PlayedPast(
    1004,
    "Jonas Weber",
    Side.RIGHT,
    (5, 3, 1),
    (
        (HeldDay("3", 3), HeldDay("3", 3), HeldDay("33332", 3)),
        (HeldDay("3", 3), HeldDay("33322", 3), HeldDay("33222", 2)),
        (HeldDay("3", 3), HeldDay("3", 2), HeldDay("33332", 3)),
        (HeldDay("32", 2), HeldDay("3", 2), Without(OccurrenceState.SKIPPED, "time")),
        (HeldDay("322", 2), HeldDay("2", 2), HeldDay("2222222221", 2)),
        (HeldDay("2", 2), HeldDay("2", 2), HeldDay("2", 2)),
        (HeldDay("2222211", 2), HeldDay("2", 1), HeldDay("2", 2)),
        (HeldDay("2221", 1), HeldDay("22111", 1), HeldDay("21", 1)),
    ),
)
"""Getting better, and since this morning due a step up."""
MARIA: Final = PlayedPast(
    1005,
    "Maria Sand",
    Side.LEFT,
    (6, 4, 2, 1),
    (
        (HeldDay("2", 2), HeldDay("2", 2), HeldDay("21", 2), HeldDay("21", 2)),
        (HeldDay("211", 1), HeldDay("2", 2), HeldDay("2", 2), HeldDay("22221", 1)),
        (HeldDay("22", 2), HeldDay("223", 3), HeldDay("13", 4), HeldDay("2", 2)),
        (HeldDay("2", 2), AwayDays(7), _PAUSED, _PAUSED),
        (_PAUSED, HeldDay("2", None), HeldDay("21", 2), HeldDay("221", 1)),
        (HeldDay("22", 2), HeldDay("21", 2), HeldDay("2211", 1), HeldDay("221", 1)),
        (_MISSED, _MISSED, _MISSED, Without(OccurrenceState.MISSED, "time")),
        (HeldDay("2", 2), HeldDay("22", 2), HeldDay("23", 3), HeldDay("225", 4)),
    ),
)
"""With flares, a pause and a missed week; yesterday a session stopped."""


BOTH: Final = (JONAS, MARIA)


def play(db: Db, coach_id: int, zone: str, now: datetime) -> None:
    """Enrol both eight weeks ago, and let these weeks happen. The coach must have joined."""
    today = local(now, zone).date()
    coach = people.person(db, coach_id).telegram_id
    assert coach is not None
    lives = [_lived(db, past, coach_id, coach, zone, today) for past in BOTH]
    for chat in (coach, *(past.telegram_id for past in BOTH)):
        outbox.silence_chat(db, chat)
    at = max(now - _JUST_NOW, instant(today, time(), zone))
    for life in lives:
        life.wakes(today, at, confirms=False)


def _lived(db: Db, past: PlayedPast, coach_id: int, coach: int, zone: str, today: date) -> "_Life":
    life = _Life(db, _enrol(db, past, coach_id, zone, today), past.telegram_id, coach)
    acts = past.acts(today)
    for day in (min(acts) + _DAY * passed for passed in range((today - min(acts)).days)):
        life.wakes(day, instant(day, _MORNING, zone), confirms=True)
        life.lives(day, acts.get(day))
    return life


def _enrol(db: Db, past: PlayedPast, coach_id: int, zone: str, today: date) -> int:
    first = today - timedelta(weeks=WEEKS)
    joined = instant(first, time(18), zone)
    person = people.join(db, past.telegram_id, past.name, Role.ATHLETE, joined)
    person.zone = zone
    assert person.id is not None
    weekdays = sorted({(today - timedelta(days=day)).weekday() for day in past.days})
    row = AthleteRow(
        person_id=person.id,
        consent_version=agreed.USE,
        consented_at=joined,
        screened_at=joined,
        weekdays=",".join(map(str, weekdays)),
        times=f"{_AT:%H:%M}",
    )
    db.add(row)
    db.add(sessions.plan_row(person.id, 1, Dose(side=past.side), joined))
    db.flush()
    db.add(
        AssignmentRow(
            athlete_id=person.id,
            coach_id=coach_id,
            consented_at=joined,
            consent_version=agreed.SHARING,
        )
    )
    db.flush()
    occurrences.plan_next(db, person.id, joined)
    return person.id


@dataclass(slots=True)
class _Life:
    """What one athlete and their coach do, when they do it; `told` are mornings to be answered."""

    db: Db
    athlete_id: int
    chat: int
    coach: int
    told: dict[date, int] = field(default_factory=dict)
    turns: int = 0

    def wakes(self, day: date, at: datetime, *, confirms: bool) -> None:
        """Answer the morning's question, if there is one; the coach `confirms` a step up."""
        row = mornings.of_day(self.db, self.athlete_id, day)
        if row is None:
            return
        row.asked_at, row.due_at = at, None
        self.db.add(row)
        if day in self.told:
            assert row.id is not None
            answers.answer(self._turn(self.chat, at), row.id, self.told[day])
        if confirms and athletes.newest_noted(self.db, [self.athlete_id], step_up.PROPOSED, at):
            plan = people.plan(self.db, self.athlete_id)
            assert plan.id is not None
            step_up.decide(self._turn(self.coach, at), self.athlete_id, plan.id, yes=True)

    def lives(self, day: date, act: Act | None) -> None:
        """Let a day's session come to what it came to; a day that rest was set on has none."""
        row = self._planned()
        if act is None or row.local_date != day:
            return
        if isinstance(act, AwayDays):
            pauses.pause(self._turn(self.chat, row.planned_at), f"{act.days} days")
        if isinstance(act, Without):
            row.reason = act.reason
        occurrences.settle(self.db, row, _state(act))
        occurrences.plan_next(self.db, self.athlete_id, row.planned_at)
        if isinstance(act, HeldDay):
            self._train(row, act)

    def _turn(self, chat: int, at: datetime) -> Interaction:
        """Return a turn of somebody's; its updates are none that Telegram ever sends."""
        self.turns -= 1
        return Interaction(self.db, people.who_is(self.db, chat), self.turns - 10**6 * chat, at)

    def _planned(self) -> OccurrenceRow:
        query = select(OccurrenceRow).where(
            OccurrenceRow.athlete_id == self.athlete_id,
            OccurrenceRow.state == OccurrenceState.PLANNED,
        )
        return self.db.exec(query).one()

    def _train(self, row: OccurrenceRow, act: HeldDay) -> None:
        next_dose.settle(self.db, self.athlete_id, row.planned_at)
        plan = people.plan(self.db, self.athlete_id)
        assert plan.id is not None
        begun, _told = start(sessions.dose_of(plan), row.planned_at)
        stored = sessions.add(self.db, self.athlete_id, plan.id, row.id, begun)
        closed = _held(begun, act.pains)
        assert closed.closed_at is not None
        stored = sessions.save(self.db, stored, closed)
        next_morning.expect(self.db, stored, closed.closed_at)
        if act.morning is not None:
            self.told[row.local_date + _DAY] = act.morning


def _state(act: Act) -> OccurrenceState:
    match act:
        case HeldDay():
            return OccurrenceState.STARTED
        case Without(state):
            return state
        case AwayDays():
            return OccurrenceState.PAUSED


def _held(session: Session, pains: str) -> Session:
    """Return the session when it is over: every hold is held for its time, every pain answered."""
    given = [int(pain) for pain in pains]
    at = session.opened_at
    while session.phase is not Phase.CLOSED:
        event: Event
        if session.phase in CUED:
            assert session.due_at is not None
            at, event = session.due_at, Due()
        elif session.phase is Phase.ASKED_BEFORE:
            at, event = at + _THINKS, Pain(max(given[0] - 1, 0), BEFORE)
        else:
            at, event = at + _THINKS, Pain(given[min(len(session.holds), len(given)) - 1])
        found = step(session, event, at)
        assert not isinstance(found, Refusal), found
        session = found[0]
    return session
