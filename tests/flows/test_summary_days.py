"""F96: however a summary's day, time or zone changes, each day is told in exactly one summary."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session as Db
from sqlmodel import col, delete, select, update

from bot.coaching.messages import Summary
from bot.coaching.weekly.words import summary as look
from bot.dispatch import due_work
from bot.programme import summary_schedule
from bot.programme.summary_schedule import Wish
from bot.store import people, summaries
from bot.store.tables import (
    CoachRow,
    OccurrenceRow,
    OutboxRow,
    OutboxState,
    SummaryRow,
    ToldDaysRow,
)
from testkit.people import shared
from tests.flows.chatting import types
from tests.flows.world import COACH, RUNA, FlowWorld, the

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
DAY = timedelta(days=1)
ZONES = (
    "Europe/Berlin",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Africa/Cairo",
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """Return a world with a coach and two athletes at the ends of the day, and nothing planned."""
    with FlowWorld(tmp_path, START) as made:
        coach = made.coach(made.athlete())
        second = made.athlete(RUNA + 50, "Liv")

        def settle(db: Db) -> None:
            db.add(shared(second, coach, START))
            db.connection().execute(delete(OccurrenceRow))

        made.run(settle)
        made.run(summary_schedule.for_all, START)
        yield made


def begins_again(db: Db) -> None:
    """Forget all summaries, and what was set."""
    for table in (ToldDaysRow, SummaryRow, OutboxRow, CoachRow):
        db.connection().execute(delete(table))
    for person in people.athletes(db, None):
        person.zone = "Europe/Berlin"
    people.person(db, 2).zone = "Europe/Berlin"
    summary_schedule.for_all(db, START)


def time_passes(world: FlowWorld, until: datetime, *, arrives: bool) -> None:
    """Let every summary that is due until then be made, and arrive or be lost."""
    while True:
        due = world.row(CoachRow, 2).summary_due_at
        if due is None or due > until:
            break
        world.now = due
        world.run(due_work.act_due, due)
        world.run(_settle, due, arrives)
    world.now = until


def _settle(db: Db, now: datetime, arrives: bool) -> None:  # noqa: FBT001 - handed on
    state = OutboxState.SENT if arrives else OutboxState.FAILED
    db.connection().execute(
        update(OutboxRow).where(col(OutboxRow.state) == OutboxState.PENDING).values(state=state)
    )
    newest = summaries.newest(db, 2)
    if arrives and newest is not None:
        newest.told_at = now
        db.add(newest)


def told_days(world: FlowWorld) -> dict[int, list[date]]:
    """Return the days of each athlete in the summaries that arrived, in their order."""

    def found(db: Db) -> dict[int, list[date]]:
        query = (
            select(ToldDaysRow)
            .join(SummaryRow, col(SummaryRow.id) == col(ToldDaysRow.summary_id))
            .where(col(SummaryRow.told_at).is_not(None))
            .order_by(col(SummaryRow.as_of))
        )
        days: dict[int, list[date]] = {1: [], 3: []}
        for row in db.exec(query):
            count = (row.last_day - row.first_day).days + 1
            days[row.athlete_id] += [row.first_day + n * DAY for n in range(count)]
        return days

    return world.store.read_now(found)


CHANGE = st.one_of(
    st.tuples(st.just("when"), st.integers(0, 6), st.integers(0, 23)),
    st.tuples(st.just("coach"), st.sampled_from(ZONES), st.just(0)),
    st.tuples(st.sampled_from(["1", "3"]), st.sampled_from(ZONES), st.just(0)),
)
YEAR = st.lists(st.tuples(st.integers(1, 24 * 20), CHANGE, st.booleans()), max_size=14)


def changes(world: FlowWorld, what: str, value: int | str, hour: int) -> None:
    """Let the coach set another day and time, or somebody move to another zone."""

    def change(db: Db) -> None:
        if what == "when":
            wish = Wish(int(value), time(hour))
            summary_schedule.change(db, 2, wish, world.now, actor=2)
            return
        moves = 2 if what == "coach" else int(what)
        people.person(db, moves).zone = str(value)
        if moves == 2:
            summary_schedule.replan(db, 2, world.now)

    world.run(change)


@given(year=YEAR)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_f96_no_change_leaves_a_day_untold_or_tells_it_twice(
    world: FlowWorld, year: list[tuple[int, tuple[str, int | str, int], bool]]
) -> None:
    """Another weekday, time or zone, of the coach or an athlete; a summary may be lost, too."""
    world.now = START
    world.run(begins_again)
    for hours, change, arrives in year:
        time_passes(world, world.now + timedelta(hours=hours), arrives=arrives)
        changes(world, *change)
    time_passes(world, world.now + 30 * DAY, arrives=True)
    for days in told_days(world).values():
        assert days == [days[0] + n * DAY for n in range(len(days))]
        assert days[0] <= START.date()
        assert (world.now.date() - days[-1]).days <= 15


def test_f96_the_next_summary_says_how_many_days_it_covers(world: FlowWorld) -> None:
    """Told on Monday, moved to Wednesday, and back: two days, then twelve, and none twice."""
    time_passes(world, datetime(2026, 2, 9, 8, tzinfo=UTC), arrives=True)
    types(world, COACH, "/summary wed 13:00")
    time_passes(world, datetime(2026, 2, 11, 18, tzinfo=UTC), arrives=True)
    said = the(types(world, COACH, "/summary mon 07:00"), "summary_set")
    assert said["next_at"].startswith("2026-02-23")
    time_passes(world, datetime(2026, 2, 23, 18, tzinfo=UTC), arrives=True)
    letters = [one for one in world.letters(COACH) if isinstance(one, Summary)]
    heads = [look(one, world.now).text.splitlines()[:2] for one in letters]
    assert heads == [
        ["<b>Week 06: Mon 2 – Sun 8 Feb 2026</b>", "2 athletes. Nothing needs you."],
        [
            "<b>Week 07: Mon 9 – Tue 10 Feb 2026</b>",
            "It covers 2 days: those before were told already.",
        ],
        [
            "<b>Week 08: Wed 11 – Sun 22 Feb 2026</b>",
            "It covers 12 days: so that none is left out.",
        ],
    ]
    again = types(world, COACH, "/summary 2026-W07")
    assert isinstance(again[0], Summary)
    assert (again[0].days, again[0].repeat) == (2, True)


def test_f96_a_summary_that_was_lost_is_in_the_next_one(world: FlowWorld) -> None:
    """Telegram refused it for good: its days are not told yet, and the next one has them."""
    time_passes(world, datetime(2026, 2, 9, 8, tzinfo=UTC), arrives=False)
    time_passes(world, datetime(2026, 2, 16, 8, tzinfo=UTC), arrives=True)
    _lost, letter = (one for one in world.letters(COACH) if isinstance(one, Summary))
    assert letter.days == 14
    assert [(one.first_day, one.days) for one in letter.athletes] == [(date(2026, 2, 2), 14)] * 2
