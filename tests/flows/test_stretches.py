"""Rows become a stretch: everything planned became one thing, every answer counts once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import Session as Db
from sqlmodel import delete

from bot.protocol.report.period import (
    Became,
    Planned,
    ReportedSession,
    Stretch,
    whole_seconds,
)
from bot.protocol.session import events
from bot.protocol.session.state import Outcome, StopReason
from bot.store import people, sessions
from bot.store.sessions import Stored
from bot.store.tables import (
    HoldRow,
    MorningRow,
    OccurrenceRow,
    OccurrenceState,
    RatingRow,
    SessionRow,
)
from bot.training.history import stretches
from bot.training.session import apply_event
from tests.flows.world import RUNA, FlowWorld

MONDAY = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)
WEEK = (MONDAY, SUNDAY)
EVENING = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with Runa, without anything planned."""
    with FlowWorld(tmp_path, EVENING) as made:
        made.athlete()
        made.run(lambda db: db.connection().execute(delete(OccurrenceRow)))
        yield made


def stretch(world: FlowWorld, span: tuple[date, date] = WEEK) -> Stretch:
    """Return Runa's days."""

    def read(db: Db) -> Stretch:
        runa = people.by_telegram(db, RUNA)
        assert runa is not None
        assert runa.id is not None
        return stretches(db, [runa], {runa.id: span}, runa.id)[runa.id]

    return world.store.read_now(read)


def occurs(world: FlowWorld, day: date, state: str = "started", slot: int = 0, **more: Any) -> int:
    """Add an occurrence of Runa's; return its id."""

    def add(db: Db) -> int:
        row = OccurrenceRow(
            athlete_id=1, local_date=day, slot=slot, planned_at=EVENING, state=state, **more
        )
        db.add(row)
        db.flush()
        assert row.id is not None
        return row.id

    return world.run(add)


def sits(
    world: FlowWorld, outcome: str | None, of: int | None = None, opened_at: datetime = EVENING
) -> None:
    """Add a session of Runa's without holds; None is still running."""
    row = SessionRow(
        athlete_id=1,
        plan_id=1,
        occurrence_id=of,
        phase="asked_before" if outcome is None else "closed",
        outcome=outcome,
        opened_at=opened_at,
    )
    world.run(lambda db: db.add(row))


@pytest.mark.parametrize(
    ("state", "outcomes", "became"),
    [
        ("planned", [], Became.OPEN),
        ("nudged", [], Became.OPEN),
        ("skipped", [], Became.SKIPPED),
        ("missed", [], Became.MISSED),
        ("not_delivered", [], Became.NOT_DELIVERED),
        ("rested", [], Became.RESTED),
        ("started", [None], Became.OPEN),
        ("started", ["lessening"], Became.DONE),
        ("started", ["level"], Became.DONE),
        ("started", ["rising"], Became.RISING),
        ("started", ["partial"], Became.UNFINISHED),
        ("started", ["stopped_early"], Became.UNFINISHED),
        ("started", ["stopped_pain"], Became.STOPPED),
        ("started", ["stopped_hard"], Became.STOPPED),
        ("started", ["red_flag"], Became.FLAGGED),
        ("started", ["rested_on_pain"], Became.RESTED),
        ("started", ["partial", "level"], Became.DONE),
        ("started", ["partial", "stopped_pain"], Became.STOPPED),
        ("started", ["partial", None], Became.OPEN),
    ],
)
def test_what_became_of_an_occurrence(
    world: FlowWorld, state: str, outcomes: list[str | None], became: Became
) -> None:
    """Its sessions say, the one that counts most; without any, its state."""
    of = occurs(world, MONDAY, state, reason="time" if state == "skipped" else None)
    for outcome in outcomes:
        sits(world, outcome, of)
    (planned,) = stretch(world).planned
    assert planned == Planned(MONDAY, 0, became, "time" if state == "skipped" else None)


def test_a_reminder_inside_another_session_became_what_that_became(world: FlowWorld) -> None:
    """The second slot's reminder came while a session ran: nothing is missed."""
    first = occurs(world, MONDAY)
    occurs(world, MONDAY, slot=1)
    sits(world, "level", first)
    assert [one.became for one in stretch(world).planned] == [Became.DONE, Became.DONE]


def test_a_session_belongs_to_its_occurrences_day_else_to_the_athletes(world: FlowWorld) -> None:
    """Over midnight it stays with its day; beside the plan too, until four."""
    late = datetime(2026, 11, 16, 23, 30, tzinfo=UTC)  # Tuesday 00:30 in Berlin
    sits(world, "level", occurs(world, MONDAY), opened_at=late)
    sits(world, "level", opened_at=late)
    found = stretch(world).trained
    assert [(one.day.weekday(), one.became) for one in found] == [(0, Became.DONE), (0, None)]


def test_paused_days_are_not_planned(world: FlowWorld) -> None:
    """A day put aside by a pause counts as paused, unless something else was planned on it."""
    occurs(world, MONDAY, "paused")
    occurs(world, MONDAY + timedelta(days=1), "paused")
    occurs(world, MONDAY + timedelta(days=1), "missed", slot=1)
    found = stretch(world)
    assert (found.paused, len(found.planned)) == (frozenset({MONDAY}), 1)


def test_f77_a_corrected_answer_counts_once(world: FlowWorld) -> None:
    """2 corrected to 7 is 7: it stopped the second hold's set, at the first hold."""
    world.trains(1, 2)
    world.happens(1, events.Pain(7, 0))
    (found,) = stretch(world).trained
    assert (found.first, found.last, found.worst) == (None, 7, 7)  # of one hold
    assert (found.outcome, found.stop_hold, found.stop_pain) == (Outcome.STOPPED_HARD, 1, 7)


def test_f77_an_undone_answer_does_not_count(world: FlowWorld) -> None:
    """Taken back and given anew: the new one counts."""
    world.trains(1, 3)
    world.happens(1, events.Undo())
    world.happens(1, events.Pain(1, 0))
    (found,) = stretch(world).trained
    assert (found.last, found.worst) == (1, 1)


def test_f77_late_answers_are_marked(world: FlowWorld) -> None:
    """Answered in a session that runs over midnight is in time; after its end it is late.

    A morning that is answered the next day is late as well.
    """
    world.now = datetime(2026, 11, 16, 22, 59, 40, tzinfo=UTC)
    world.trains(1, 1)
    assert not stretch(world).trained[0].late
    world.happens(1, events.Stop())
    world.happens(1, events.Reason(StopReason.TIRED))
    world.later(minutes=1)

    def later(db: Db) -> None:
        stored = sessions.newest(db, 1)
        assert stored is not None
        assert isinstance(apply_event.happen(db, stored, events.Pain(2, 0), world.now), Stored)

    world.run(later)
    morning = MorningRow(athlete_id=1, local_date=MONDAY, value=2, answered_at=world.now)
    world.run(lambda db: db.add(morning))
    found = stretch(world)
    assert (found.trained[0].day, found.trained[0].late) == (MONDAY, True)
    assert [one.late for one in found.mornings] == [True]


def test_an_interrupted_hold_is_no_tension(world: FlowWorld) -> None:
    """What an outage cut is never counted; a hold that was stopped is, up to the stop."""
    world.holding(1)
    world.happens(1, events.Pause())
    assert stretch(world).tension_s == 0
    world.happens(1, events.Finish())
    world.later(hours=20)
    world.holding(1)
    world.happens(1, events.Stop())
    world.happens(1, events.Reason(StopReason.PAIN))
    world.happens(1, events.Pain(5))
    found = stretch(world)
    assert found.tension_s == 5
    assert (found.trained[-1].stop_hold, found.trained[-1].stop_pain) == (1, 5)


def test_an_average_and_a_worst_of_nothing(world: FlowWorld) -> None:
    """A week without data divides by nothing (F77)."""
    found = stretch(world)
    assert (found.worst, found.followed, found.tension_s, dict(found.counts)) == (None, 0, 0, {})


def test_the_number_of_statements_does_not_depend_on_the_number_of_athletes(
    world: FlowWorld,
) -> None:
    """One athlete or thirty: the same seven statements."""
    for number in range(30):
        world.athlete(900_000_000 + number, f"Athlete {number}")

    def statements(db: Db, count: int) -> int:
        athletes = people.athletes(db, None)[:count]
        run: list[str] = []
        listened = db.connection().engine
        with _listening(listened, run):
            found = stretches(db, athletes, {one.id: WEEK for one in athletes if one.id}, 1)
        assert len(found) == count
        return len(run)

    assert [world.store.read_now(statements, count) for count in (1, 5, 30)] == [8, 8, 8]


@contextmanager
def _listening(engine: Any, run: list[str]) -> Iterator[None]:
    def heard(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        run.append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", heard)


# ---- any history ----------------------------------------------------------------------

OUTCOMES = st.one_of(st.none(), st.sampled_from([*Outcome]))
SITTING = st.tuples(
    OUTCOMES,
    st.lists(st.tuples(st.sampled_from(["done", "stopped", "interrupted"]), st.floats(0, 60))),
    st.lists(st.tuples(st.integers(-1, 9), st.integers(0, 10), st.booleans())),
)
DAY = st.tuples(
    st.integers(-2, 9), st.sampled_from([*OccurrenceState]), st.lists(SITTING, max_size=2)
)
HISTORY = st.lists(DAY, max_size=8, unique_by=lambda day: day[0])


@given(history=HISTORY, extra=st.lists(SITTING, max_size=2))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_f76_counts_always_add_up_to_what_was_planned(
    world: FlowWorld, history: list[Any], extra: list[Any]
) -> None:
    """Any history: each planned occurrence became exactly one thing, our fault is never theirs."""
    world.run(_store, history, extra)
    found = stretch(world)
    inside = [one for one in history if 0 <= one[0] <= 6]
    planned = [one for one in inside if one[1] != OccurrenceState.PAUSED]
    assert sum(found.counts.values()) == len(found.planned) == len(planned)
    assert found.paused_days == len(inside) - len(planned)
    ours = [d for d in planned if d[1] == OccurrenceState.NOT_DELIVERED and not d[2]]
    assert found.counts[Became.NOT_DELIVERED] == len(ours)
    held = (sum(s for status, s in one if status[0] != "i") for one in _holds(inside, extra))
    assert found.tension_s == sum(map(whole_seconds, held))
    assert all(_within(one) for one in found.trained)
    halves = found.part(MONDAY, MONDAY), found.part(MONDAY + timedelta(days=1), SUNDAY)
    assert halves[0].counts + halves[1].counts == found.counts


def _holds(inside: list[Any], extra: list[Any]) -> Iterator[Any]:
    for sitting in [*extra, *(one for day in inside for one in day[2])]:
        yield sitting[1]


def _within(one: ReportedSession) -> bool:
    pains = [p for p in (one.before, one.first, one.last, one.worst) if p is not None]
    return all(0 <= pain <= (one.worst or 0) for pain in pains) and one.tension_s >= 0


def _store(db: Db, history: list[Any], extra: list[Any]) -> None:
    """Put a history in the place of the last one."""
    for table in (RatingRow, HoldRow, SessionRow, OccurrenceRow):
        db.connection().execute(delete(table))
    live = False
    for offset, state, sittings in history:
        day = MONDAY + timedelta(days=offset)
        row = OccurrenceRow(athlete_id=1, local_date=day, slot=0, planned_at=EVENING, state=state)
        db.add(row)
        db.flush()
        opened_at = EVENING + timedelta(days=offset)
        for sitting in sittings:
            live = _sit(db, sitting, row.id, opened_at, live=live)
    for sitting in extra:
        live = _sit(db, sitting, None, EVENING, live=live)
    db.flush()


def _sit(db: Db, sitting: Any, of: int | None, opened_at: datetime, *, live: bool) -> bool:
    """Store a session; only one at a time may be running."""
    outcome, holds, ratings = sitting
    if outcome is None and live:
        outcome = Outcome.PARTIAL
    row = SessionRow(
        athlete_id=1,
        plan_id=1,
        occurrence_id=of,
        phase="resting" if outcome is None else "closed",
        outcome=outcome,
        opened_at=opened_at,
    )
    db.add(row)
    db.flush()
    assert row.id is not None
    for idx, (status, seconds) in enumerate(holds):
        db.add(
            HoldRow(
                session_id=row.id,
                idx=idx,
                side="left",
                set_no=1,
                number=idx + 1,
                planned_s=10,
                actual_s=seconds,
                status=status,
                started_at=opened_at,
            )
        )
    for idx, value, undone in ratings:
        db.add(
            RatingRow(
                athlete_id=1,
                session_id=row.id,
                moment="before" if idx < 0 else "hold",
                hold_idx=None if idx < 0 else idx,
                value=value,
                at=opened_at,
                undone=undone,
            )
        )
    return live or outcome is None
