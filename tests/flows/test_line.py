"""When many train at once: who may begin, who waits for how long, and what ends the wait."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import select

from bot.dispatch import due_work
from bot.protocol.dose.exercises import WITHOUT_BAND
from bot.protocol.session import events
from bot.protocol.session.state import Phase
from bot.store import people, sessions
from bot.store.tables import OccurrenceRow, SessionRow, StartRow
from bot.training.session import actions, start_queue
from bot.training.session.start_queue import SHARE, Stay, first_room, in_step
from tests.flows.world import T0, FlowWorld, the, topics

FULL = 5
"""Sessions of 5 x 10 s that use 80 % of a budget of 0.9 messages a second."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """A bot whose budget is full with five sessions, of which none is live."""
    with FlowWorld(tmp_path) as made:
        made.run(start_queue.note_rate, FULL * start_queue.load_of(10, 20) / SHARE + 0.01, T0)
        yield made


def crowd(world: FlowWorld, count: int) -> list[int]:
    """Let so many athletes begin, each in step, and stand in their lead-in; return their ids."""
    ids = []
    for number in range(count):
        telegram_id = 800_000_000 + number
        athlete = world.athlete(telegram_id, f"A{number}")
        world.does(telegram_id, actions.begin)
        world.happens(athlete, events.Pain(1))
        ids.append(telegram_id)
        world.later(seconds=6)
    return ids


def act(world: FlowWorld) -> None:
    """Let time do what is due."""
    count, failures = world.run(due_work.act_due, world.now)
    assert failures == []
    assert count >= 0


def test_there_is_room(world: FlowWorld) -> None:
    """Under 80 % of the budget a session opens at once."""
    crowd(world, FULL - 1)
    world.athlete()
    told = world.does(700_000_001, actions.begin)
    assert topics(told) == ["HowTo", "SetUp"]


def test_beyond_80_percent_a_start_is_offered_in_so_many_seconds(world: FlowWorld) -> None:
    """The sixth waits until the first are done: 5 holds of 10 s with 20 s of rest."""
    crowd(world, FULL)
    world.athlete()
    told = the(world.does(700_000_001, actions.begin), "in_line")
    assert datetime.fromisoformat(told["at"]) == world.now + timedelta(seconds=150)
    assert world.count(SessionRow) == FULL


def test_who_asks_again_in_line_still_has_no_band(world: FlowWorld) -> None:
    """An impatient /session changes nothing; a reminder's Start is with the band after all."""
    crowd(world, FULL)
    athlete = world.athlete()

    def first(db: Db) -> int | None:
        return db.exec(select(OccurrenceRow.id).where(OccurrenceRow.athlete_id == athlete)).first()

    def held() -> str | None:
        found: str | None = world.row(StartRow, athlete).exercise
        return found

    for exercise, occurrence, kept in (
        (WITHOUT_BAND, None, WITHOUT_BAND),
        (None, None, WITHOUT_BAND),
        (None, world.read(first), None),
    ):
        world.run(start_queue.join, athlete, occurrence, world.now, exercise)
        assert held() == kept


def test_it_begins_by_itself(world: FlowWorld) -> None:
    """At the time that was told the first question comes, without another press."""
    ids = crowd(world, FULL)
    athlete = world.athlete()
    world.does(700_000_001, actions.begin)
    for telegram_id in ids:
        world.does(telegram_id, actions.stop)
    world.later(seconds=150)
    act(world)
    live = world.store.read_now(sessions.live, athlete)
    assert live is not None
    assert live.value.phase is Phase.ASKED_BEFORE
    assert world.count(StartRow) == 0


def test_its_reminder_counts_as_begun(world: FlowWorld) -> None:
    """The session that opens belongs to the day's occurrence, as one begun at once does."""
    world.later(hours=-1)
    athlete = world.athlete()
    (row,) = world.store.read_now(
        lambda db: [one.id for one in db.exec(select(OccurrenceRow)) if one.athlete_id == athlete]
    )
    crowd(world, FULL)
    world.does(700_000_001, actions.begin, row)
    assert world.row(OccurrenceRow, row).state == "planned"
    world.run(start_queue.note_rate, 28.0, world.now)
    world.later(seconds=150)
    act(world)
    assert world.row(OccurrenceRow, row).state == "started"


def test_without_room_then_a_new_time_is_told(world: FlowWorld) -> None:
    """Sessions take longer than expected: nobody is left without a word."""
    crowd(world, FULL)
    world.athlete()
    world.does(700_000_001, actions.begin)
    world.later(seconds=150)
    for number in range(FULL):  # all still train
        stored = world.store.read_now(sessions.live, number + 1)
        assert stored is not None
        world.run(_due, stored.id, world.now + timedelta(minutes=10))


def _due(db: Db, session_id: int, at: datetime) -> None:
    row = db.get(SessionRow, session_id)
    assert row is not None
    row.due_at = at


def _paused(db: Db, athlete_id: int, at: datetime) -> None:
    people.athlete(db, athlete_id).paused_at = at


def test_the_line_is_in_order(world: FlowWorld) -> None:
    """Who comes later begins later; who asks again keeps the place."""
    crowd(world, FULL)
    starts = []
    for number in range(FULL + 1):
        world.athlete(810_000_000 + number, f"B{number}")
        told = the(world.does(810_000_000 + number, actions.begin), "in_line")
        starts.append(told["at"])
        world.later(seconds=1)
    assert starts == sorted(starts)
    assert starts[-1] > starts[0]
    again = the(world.does(810_000_000, actions.begin), "in_line")
    assert again["at"] == starts[0]


def test_stop_leaves_the_line(world: FlowWorld) -> None:
    """By word or by button; then nothing begins by itself."""
    crowd(world, FULL)
    athlete = world.athlete()
    world.does(700_000_001, actions.begin)
    assert topics(world.does(700_000_001, actions.stop)) == ["line_left"]
    world.does(700_000_001, actions.begin)
    assert "line_left" in topics(world.presses(700_000_001, actions.leave_line))
    world.later(minutes=10)
    act(world)
    assert not world.store.read_now(sessions.is_live, athlete)


def test_a_pause_meanwhile_wins(world: FlowWorld) -> None:
    """Whatever bars a session bars one that waited; the athlete is told."""
    crowd(world, FULL)
    athlete = world.athlete()
    world.does(700_000_001, actions.begin)
    world.run(_paused, athlete, world.now)
    world.later(seconds=150)
    act(world)
    assert topics(world.letters(700_000_001))[-1] == "line_over"
    assert not world.store.read_now(sessions.is_live, athlete)


def test_a_question_nobody_answers_keeps_nobody_waiting(world: FlowWorld) -> None:
    """A session whose athlete went away sends nothing, so it takes no room."""
    for number in range(FULL):
        world.athlete(820_000_000 + number, f"C{number}")
        world.does(820_000_000 + number, actions.begin)
        world.later(seconds=6)
    world.later(seconds=90)
    world.athlete()
    assert topics(world.does(700_000_001, actions.begin)) == ["HowTo", "SetUp"]


STAYS = st.lists(
    st.builds(
        lambda load, length: Stay(load, T0 + timedelta(seconds=length)),
        st.floats(0.05, 0.5),
        st.integers(0, 300),
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(STAYS, st.floats(0.05, 0.5), st.floats(0.6, 3.0))
def test_room_is_where_it_fits(stays: list[Stay], mine: float, most: float) -> None:
    """From the time that is told on, all together never want more than the share."""
    at = first_room(stays, mine, most, T0)
    assert at >= T0
    load = sum(one.load for one in stays if at < one.end)
    assert load + mine <= most + 1e-9


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 30), max_size=60), st.floats(1.0, 24.0))
def test_starts_keep_step(offsets: list[float], most: float) -> None:
    """However many press at once: a start follows the one before by what its cues take."""
    starts = list[datetime]()
    for offset in sorted(offsets):
        at = in_step(starts, most, T0 + timedelta(seconds=offset))
        starts.append(at)
    apart = timedelta(seconds=start_queue.CALLS / most)
    for before, after in pairwise(sorted(starts)):
        assert after - before >= apart - timedelta(microseconds=2)
