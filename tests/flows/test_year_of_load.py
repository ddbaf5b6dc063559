"""A year of somebody who runs, forgets, notes late and sends files: what is told stays rare."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import select

from bot.conversation.message import Say
from bot.dispatch import upkeep
from bot.protocol.load.activities import Activity
from bot.protocol.load.entries import LoadKind
from bot.store import load, watch_files
from bot.store.tables import (
    GivenTipRow,
    LoadEntryRow,
    MorningRow,
    OutboxRow,
    WatchFileRow,
    WeeklyCheckRow,
)
from bot.training.checks import flow as checks
from bot.training.checks.messages import Asks
from bot.training.load import diary, files
from bot.training.mornings import answers
from testkit.database import memory_folder
from tests.flows.world import RUNA, FlowWorld, topics

DAYS = 365
LINES = (
    *("run 40 4", "run 45 5 uphill", "run 70 4 hills trail", "bike 1h 3", "gym 40 6 deadlift"),
    *("none", "none sit", "run 30 6 fast", "run 50 4 yesterday", "swim 30 3 2 days ago"),
)


@pytest.fixture
def world() -> Iterator[FlowWorld]:
    """Runa in Berlin, at six on New Year's evening; no disk is waited for."""
    with (
        memory_folder() as folder,
        FlowWorld(Path(folder), datetime(2026, 1, 1, 17, tzinfo=UTC)) as made,
    ):
        made.coach(made.athlete())
        made.run(upkeep.tidy, made.now)
        yield made


def live(world: FlowWorld, chance: random.Random) -> dict[date, int]:
    """Let her live for a year; return how many messages came unasked each day."""
    unasked: dict[date, int] = {}
    for _ in range(DAYS):
        if chance.random() < 0.7:
            world.does(RUNA, diary.load, chance.choice(LINES))
        if chance.random() < 0.2:
            sends(world, chance)
        world.later(hours=15)  # eight in the morning
        morning(world, chance)
        world.later(hours=9)
        came = world.read(newest_letter)
        world.run(checks.act, 1, world.now)
        unasked[world.now.date()] = world.read(newest_letter) - came
        if unasked[world.now.date()] and chance.random() < 0.6:
            newest = world.count(WeeklyCheckRow)
            for asks, value in ((Asks.WORST, "3"), (Asks.SIT, "30"), (Asks.BETTER, "0")):
                world.presses(RUNA, checks.press, newest, asks, value)
    return unasked


def newest_letter(db: Db) -> int:
    """Return the id of the newest letter."""
    return db.exec(select(func.max(OutboxRow.id))).one() or 0


def sends(world: FlowWorld, chance: random.Random) -> None:
    """Send today's run as FIT, then as GPX: some seconds apart, as formats are."""
    start = world.now - timedelta(hours=chance.randint(2, 9))
    for seconds, later in ((2_400, 0), (2_370, 31)):
        world.run(watch_files.keep, 1, "f", "run.fit", world.now)
        (row,) = world.read(lambda db: db.exec(select(WatchFileRow.id)).all())
        assert row is not None
        outing = Activity(
            kind=LoadKind.RUN,
            started_at=start + timedelta(seconds=later),
            moving_s=seconds,
            metres=8_000,
        )
        world.run(files.done, row, (outing,), f"{start}{later}", world.now)


def morning(world: FlowWorld, chance: random.Random) -> None:
    """Answer the morning, if it is asked about, and mostly."""
    today = MorningRow.local_date == world.now.date()
    asked = world.read(lambda db: db.exec(select(MorningRow.id).where(today)).all())
    for row in asked:
        world.run(ask, row, world.now)
        assert row is not None
        if chance.random() < 0.8:
            world.presses(RUNA, answers.answer, row, chance.choice((0, 1, 1, 2, 4, 5)))


def ask(db: Db, row_id: int | None, now: datetime) -> None:
    """Let the question be asked."""
    row = db.get(MorningRow, row_id)
    assert row is not None
    row.asked_at, row.due_at = now, now + timedelta(hours=36)
    db.add(row)


def test_f161_a_year(world: FlowWorld) -> None:
    """Never two lines in a week, never the same within 28 days; each run of two files once."""
    unasked = live(world, random.Random(17))
    given = world.read(
        lambda db: [
            (row.local_date, row.tip)
            for row in db.exec(select(GivenTipRow).order_by(GivenTipRow.id))  # type: ignore[arg-type]
        ]
    )
    assert len(given) > 20
    assert len({tip for _, tip in given}) >= 4
    assert all(two - one >= timedelta(days=7) for (one, _), (two, _) in pairwise(given))
    for tip in {tip for _, tip in given}:
        days = [day for day, one in given if one == tip]
        assert all(two - one >= timedelta(days=28) for one, two in pairwise(days)), tip
    starts = world.read(
        lambda db: [
            row.started_at
            for row in db.exec(select(LoadEntryRow))
            if row.started_at is not None and not row.gone
        ]
    )
    assert len(starts) > 40
    assert all(abs(two - one) > timedelta(minutes=2) for one, two in pairwise(sorted(starts)))
    assert world.count(WatchFileRow) == 0
    assert max(unasked.values()) == 1
    assert sum(unasked.values()) == world.count(WeeklyCheckRow) <= 53
    asked = [one for one in world.letters(RUNA) if isinstance(one, Say)]
    assert "weekly_check" in topics(list(asked))


def test_none_and_something_never_stand_together(world: FlowWorld) -> None:
    """Whatever was noted in whatever order."""
    chance = random.Random(5)
    for _ in range(60):
        world.does(RUNA, diary.load, chance.choice(LINES))
        world.later(hours=chance.choice((0, 1, 7)))
        if chance.random() < 0.2:
            sends(world, chance)
    found = world.read(load.entries, [1], date(2025, 1, 1), date(2027, 1, 1))[1]
    for day in {one.day for one in found}:
        kinds = {one.kind is LoadKind.NONE for one in found if one.day == day}
        assert len(kinds) == 1
