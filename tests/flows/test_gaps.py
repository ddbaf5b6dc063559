"""After days without a session the next one asks for less, and no step up is earned over them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db

from bot.dispatch import due_work
from bot.protocol.dose.dose import Dose
from bot.protocol.progression import ladder
from bot.protocol.progression.ladder import LADDER, Rung, after_days, rung_of
from bot.protocol.session.state import Outcome, Phase
from bot.store import people, sessions
from bot.store.tables import HoldRow, MorningRow, PlanRow, SessionRow
from bot.training import eligibility, pauses
from bot.training.messages import Reminder
from bot.training.overview import flow as overview
from bot.training.overview.messages import NextSession
from bot.training.progression import next_dose, standing
from bot.training.progression.messages import BackAfterDays
from bot.training.reasons import Bar
from testkit.people import BERLIN
from tests.flows.world import RUNA, T0, FlowWorld, reply

TODAY = T0.date()
HIGH, LOWER, FIRST = Rung(10, 15), Rung(7, 15), LADDER[0]


def held(world: FlowWorld, athlete_id: int, ago: int, outcome: Outcome = Outcome.LESSENING) -> None:
    """Add a session so many days ago, on the newest plan, with a settled morning after it."""
    at = datetime.combine(TODAY - timedelta(days=ago), time(7, 31), ZoneInfo(BERLIN))

    def add(db: Db) -> None:
        plan = people.plan(db, athlete_id)
        row = SessionRow(
            athlete_id=athlete_id,
            plan_id=plan.id or 0,
            phase=Phase.CLOSED,
            opened_at=at,
            closed_at=at + timedelta(minutes=5),
            outcome=outcome,
        )
        db.add(row)
        db.flush()
        held_first: dict[str, Any] = {"idx": 0, "side": "left", "set_no": 1, "number": 1}
        db.add(
            HoldRow(
                session_id=row.id or 0,
                planned_s=10,
                actual_s=10.0,
                status="done",
                started_at=at,
                **held_first,
            )
        )
        day = at.date() + timedelta(days=1)
        asked = at + timedelta(hours=24)
        db.add(MorningRow(athlete_id=athlete_id, local_date=day, asked_at=asked, value=1))

    world.run(add)


def athlete(world: FlowWorld, dose: Rung = HIGH) -> int:
    """Add an athlete whose plan of this dose began long ago."""
    runa = world.athlete(holds=dose.holds, hold_s=dose.hold_s, sets=dose.sets)

    def age(db: Db) -> None:
        people.plan(db, runa).created_at = T0 - timedelta(days=60)
        people.athlete(db, runa).consented_at = T0 - timedelta(days=60)

    world.run(age)
    return runa


def dose(world: FlowWorld, athlete_id: int) -> Rung:
    """Return what the newest plan asks for."""
    return rung_of(sessions.dose_of(world.read(people.plan, athlete_id)))


def asks(world: FlowWorld, athlete_id: int) -> Rung:
    """Return what the next session asks for, now."""
    world.run(next_dose.settle, athlete_id, world.now)
    return dose(world, athlete_id)


def told(world: FlowWorld) -> list[Rung]:
    """Return what the athlete was told about days without a session."""
    said = (getattr(one, "reply", None) for one in world.letters(RUNA))
    return [one.dose for one in said if isinstance(one, BackAfterDays)]


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(1, HIGH), (6, HIGH), (7, LOWER), (10, LOWER), (13, LOWER), (14, FIRST), (40, FIRST)],
)
def test_a_gap_begins_lower(world: FlowWorld, ago: int, expected: Rung) -> None:
    """Under 7 days the dose stays, up to 13 it is one rung lower, from 14 on the first; once."""
    runa = athlete(world)
    held(world, runa, ago)
    assert asks(world, runa) == asks(world, runa) == expected
    assert told(world) == ([] if expected == HIGH else [expected])


def test_the_longer_it_lasts_the_lower(world: FlowWorld) -> None:
    """Stepped down after a week, not begun, and then two weeks: the first rung, with the check."""
    runa = athlete(world)
    held(world, runa, 8)
    assert asks(world, runa) == LOWER
    world.later(days=6)
    assert asks(world, runa) == FIRST
    barred = world.read(eligibility.barred, runa, world.now)
    assert barred is not None
    assert barred.why is Bar.AWAY
    world.later(days=9)
    assert asks(world, runa) == FIRST
    assert told(world) == [LOWER, FIRST]


def test_the_reminder_asks_for_it(world: FlowWorld) -> None:
    """The message about it comes first, and the reminder names the lower dose."""
    runa = athlete(world)
    held(world, runa, 7)
    world.later(days=1)
    world.run(due_work.act_due, world.now)
    (reminder,) = [one for one in world.letters(RUNA) if isinstance(one, Reminder)]
    assert (reminder.holds, reminder.hold_s) == (LOWER.holds, LOWER.hold_s)
    assert told(world) == [LOWER]


@pytest.mark.parametrize(
    ("ago", "outcome", "expected"),
    [
        (5, Outcome.LESSENING, HIGH),
        (6, Outcome.LESSENING, LOWER),  # tomorrow, when it rings, it is seven days
        (1, Outcome.STOPPED_PAIN, LOWER),
    ],
)
def test_next_tells_what_it_will_ask_for(
    world: FlowWorld, ago: int, outcome: Outcome, expected: Rung
) -> None:
    """/next names the dose of the session that comes, before the step was taken."""
    runa = athlete(world)
    held(world, runa, ago, outcome)
    told = reply(world.does(RUNA, overview.next_session), NextSession)
    assert Rung(told.holds, told.hold_s, told.sets) == expected
    assert dose(world, runa) == HIGH


def test_one_step_for_a_stop_and_a_gap(world: FlowWorld) -> None:
    """Stopped on pain and then away for a week: one rung, not two."""
    runa = athlete(world)
    held(world, runa, 8, Outcome.STOPPED_PAIN)
    assert asks(world, runa) == LOWER


@pytest.mark.parametrize(
    ("after", "expected"), [(2, LADDER[1]), (6, LADDER[1]), (7, LADDER[2]), (9, LADDER[2])]
)
def test_what_is_set_in_the_gap_stays(world: FlowWorld, after: int, expected: Rung) -> None:
    """A dose that was set when the week was over stands; from one set before a step is taken."""
    runa = athlete(world)
    held(world, runa, 9)
    made = T0 + timedelta(days=after - 9)
    row = sessions.plan_row(runa, 2, ladder.stepped(Dose(), LADDER[2]), made)
    world.run(lambda db: db.add(row))
    assert asks(world, runa) == expected


def test_who_trains_once_a_week_was_not_away(world: FlowWorld) -> None:
    """Tuesdays alone: a week between is the plan; two weeks are a gap."""
    runa = athlete(world)
    world.run(lambda db: setattr(people.athlete(db, runa), "weekdays", "1"))
    held(world, runa, 7)
    assert asks(world, runa) == HIGH
    world.later(days=7)
    assert asks(world, runa) == FIRST


def test_who_never_trained_has_no_gap(world: FlowWorld) -> None:
    """The plan that was set at enrolment is what the first session asks for."""
    runa = athlete(world)
    assert asks(world, runa) == HIGH
    assert world.count(PlanRow) == 1


@given(
    start=st.sampled_from(LADDER)
    | st.builds(Rung, st.integers(1, 24), st.integers(5, 60), st.integers(1, 6)),
    days=st.integers(0, 60),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_gap_never_asks_for_more(start: Rung, days: int) -> None:
    """Whatever the dose, and however long: a rung below, or less time under tension."""
    found = after_days(ladder.stepped(Dose(), start), days)
    if found is not None:
        below = start in LADDER and found in LADDER[: LADDER.index(start)]
        assert below or found.tension_s < start.tension_s
    assert days >= 7 or found is None
    assert days < 14 or found in {None, FIRST}
    assert days < 14 or start not in LADDER[1:] or found == FIRST


# ---- credits --------------------------------------------------------------------------------


def proposal(world: FlowWorld, athlete_id: int) -> tuple[int, Rung | None]:
    """Return the credits, and the step up that is earned."""
    found = world.read(standing.standing, [athlete_id], world.now)[athlete_id]
    return found.credits, found.proposal


@pytest.mark.parametrize(
    ("days", "earned"),
    [
        ((3, 2, 1), 3),
        ((9, 5, 1), 3),
        ((13, 7, 1), 3),
        ((9, 8, 1), 1),
        ((15, 14, 13, 1), 1),
        ((9, 8, 7), 0),
        ((8, 7, 6), 3),
    ],
)
def test_no_credit_lasts_over_a_week(world: FlowWorld, days: tuple[int, ...], earned: int) -> None:
    """Seven days between two sessions, or since the last, and counting begins anew."""
    runa = athlete(world, LADDER[0])
    for ago in days:
        held(world, runa, ago)
    assert proposal(world, runa) == (earned, LADDER[1] if earned == 3 else None)


def test_no_credit_lasts_over_a_pause(world: FlowWorld) -> None:
    """Two days before a pause and one after it are one credit."""
    runa = athlete(world, LADDER[0])
    for ago in (6, 5, 1):
        held(world, runa, ago)
    assert proposal(world, runa)[0] == 3
    world.run(pauses.pause, runa, date(2026, 11, 22), T0 - timedelta(days=4), actor=runa)
    assert proposal(world, runa) == (1, None)


def test_a_pause_by_mistake_costs_nothing(world: FlowWorld) -> None:
    """Paused and resumed within the day: the credits stay."""
    runa = athlete(world, LADDER[0])
    for ago in (3, 2, 1):
        held(world, runa, ago)
    world.run(pauses.pause, runa, None, world.now, actor=runa)
    world.later(minutes=5)
    world.run(pauses.resume, runa, world.now, actor=runa)
    assert proposal(world, runa) == (3, LADDER[1])


def test_away_needs_holds(world: FlowWorld) -> None:
    """A session that was opened and left does not end the days away."""
    runa = athlete(world)
    held(world, runa, 15)

    def opened(db: Db) -> None:
        plan, at = people.plan(db, runa).id or 0, T0 - timedelta(days=2)
        row = SessionRow(athlete_id=runa, plan_id=plan, phase="closed", opened_at=at)
        row.closed_at, row.outcome = at, Outcome.PARTIAL
        db.add(row)

    world.run(opened)
    barred = world.read(eligibility.barred, runa, world.now)
    assert barred is not None
    assert barred.why is Bar.AWAY
    assert asks(world, runa) == FIRST
