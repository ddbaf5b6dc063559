"""Days without an answer: asked about after two, told after three; our own faults never count."""

from datetime import datetime, time, timedelta

import pytest
from sqlmodel import Session as Db
from sqlmodel import select

from bot.conversation.message import Say
from bot.protocol.calendar.local_time import local
from bot.store.tables import OccurrenceRow, OccurrenceState, OutboxRow
from bot.training import reasons
from bot.training.messages import CoachAlert
from bot.training.reminders import missed_days
from bot.training.reminders.messages import MissedReason
from testkit.people import BERLIN
from tests.flows.chatting import taps
from tests.flows.world import COACH, RUNA, FlowWorld, topics, values_of

MISSED, SKIPPED, STARTED = (
    OccurrenceState.MISSED,
    OccurrenceState.SKIPPED,
    OccurrenceState.STARTED,
)
NOT_DELIVERED, PAUSED, RESTED = (
    OccurrenceState.NOT_DELIVERED,
    OccurrenceState.PAUSED,
    OccurrenceState.RESTED,
)


def days(world: FlowWorld, athlete: int, *states: OccurrenceState, slot: int = 0) -> None:
    """Let days go by; each becomes what is named, acted on as time does when a day ends."""
    for state in states:
        world.later(days=1)
        world.run(end_of_day, athlete, state, slot, world.now)


def end_of_day(db: Db, athlete: int, state: OccurrenceState, slot: int, now: datetime) -> None:
    """Let the day of `now` have become `state`."""
    day = local(now, BERLIN).date()
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == athlete,
        OccurrenceRow.local_date == day,
        OccurrenceRow.slot == slot,
    )
    row = db.exec(query).one_or_none() or OccurrenceRow(
        athlete_id=athlete, local_date=day, slot=slot, planned_at=now
    )
    row.state = state
    db.add(row)
    db.flush()
    if state == MISSED:
        missed_days.day_ended(db, row, now)


def told(world: FlowWorld) -> list[CoachAlert]:
    """Return what Kim was alerted to."""
    return [one for one in world.letters(COACH) if isinstance(one, CoachAlert)]


def asked(world: FlowWorld) -> list[Say]:
    """Return the questions that Runa was asked."""
    return [
        one for one in world.letters(RUNA) if isinstance(one, Say) and one.topic == "why_missed"
    ]


@pytest.fixture
def runa(world: FlowWorld) -> int:
    """Return an athlete who shares with Kim."""
    runa = world.athlete()
    world.coach(runa)
    return runa


@pytest.mark.parametrize(
    ("states", "questions", "alerted"),
    [
        ((MISSED,), 0, 0),
        ((MISSED, MISSED), 1, 0),
        ((MISSED, MISSED, MISSED), 1, 1),
        ((MISSED,) * 7, 1, 1),
        ((MISSED, NOT_DELIVERED, MISSED, PAUSED, MISSED), 1, 1),
        ((MISSED, SKIPPED, MISSED, STARTED, MISSED, RESTED, MISSED), 0, 0),
        ((MISSED, MISSED, MISSED, STARTED, MISSED, MISSED, MISSED), 2, 2),
        ((NOT_DELIVERED,) * 5, 0, 0),
        ((PAUSED,) * 5, 0, 0),
    ],
)
def test_runs_of_missed_days(
    world: FlowWorld, runa: int, states: tuple[OccurrenceState, ...], questions: int, alerted: int
) -> None:
    """Once a run: a question after two days, the coach after three."""
    days(world, runa, *states)
    assert len(asked(world)) == questions
    assert [(one.event, one.missed) for one in told(world)] == [(reasons.MISSED, 3)] * alerted


def test_two_slots_are_one_day(world: FlowWorld, runa: int) -> None:
    """Two reminders missed on one day are one missed day; one that was trained is none."""
    for _ in range(2):
        days(world, runa, MISSED)
        world.later(days=-1)
        days(world, runa, MISSED, slot=1)
    assert (len(asked(world)), len(told(world))) == (1, 0)
    days(world, runa, STARTED)
    world.later(days=-1)
    days(world, runa, MISSED, slot=1)
    days(world, runa, MISSED)
    assert (len(asked(world)), len(told(world))) == (1, 0)


def test_a_session_beside_the_plan_ends_the_run(world: FlowWorld, runa: int) -> None:
    """Who trained is not away."""
    days(world, runa, MISSED, MISSED)
    world.trains(runa, 1, 1, 1, 1, 1)
    days(world, runa, MISSED, MISSED)
    assert told(world) == []


def test_the_question_comes_when_the_night_is_over(world: FlowWorld, runa: int) -> None:
    """A day ends at midnight: nobody is asked then."""
    world.now = datetime.combine(world.now.date(), time(23), tzinfo=world.now.tzinfo)
    days(world, runa, MISSED, MISSED)
    assert world.count(OutboxRow, OutboxRow.due > world.now + timedelta(hours=5)) == 1


@pytest.mark.parametrize("reason", MissedReason)
def test_the_reason_is_kept_and_shown(world: FlowWorld, runa: int, reason: str) -> None:
    """On the days it is about, and with the alert; pain is told at once."""
    days(world, runa, MISSED, MISSED)
    (question,) = asked(world)
    newest = values_of(question)["occurrence"]
    assert {"Answer", "why_noted"} <= set(topics(taps(world, RUNA, f"1:y:{newest}:{reason}")))
    assert world.count(OccurrenceRow, OccurrenceRow.reason == reason) == 2
    first = ["missed_pain"] if reason == "pain" else []
    assert [one.event for one in told(world)] == first
    days(world, runa, MISSED)
    assert [one.event for one in told(world)] == [*first, "missed"]
    assert told(world)[-1].reason == reason


@pytest.mark.parametrize("data", ["1:y:{}:lazy", "1:y:99:time", "1:y:{}", "1:y:x:time"])
def test_f63_a_forged_reason_changes_nothing(world: FlowWorld, runa: int, data: str) -> None:
    """Another word, another's day, another person."""
    days(world, runa, MISSED, MISSED)
    newest = values_of(asked(world)[0])["occurrence"]
    world.athlete(RUNA + 100, "Bo")
    taps(world, RUNA, data.format(newest))
    taps(world, RUNA + 100, f"1:y:{newest}:pain")
    taps(world, COACH, f"1:y:{newest}:pain")
    assert world.count(OccurrenceRow, OccurrenceRow.reason != None) == 0  # noqa: E711
    assert told(world) == []
