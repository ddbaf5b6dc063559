"""Backups as they are made: beside everything else, whatever becomes of them."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path

import pytest

from bot.clock.clock import SystemClock
from bot.operations import backups
from bot.operations.backup_job import Backups
from bot.operations.backups import BackupError, Copied
from bot.store import erasures, facts
from bot.store.engine import Store
from bot.store.erasures import Erasure
from testkit.database import opened

NIGHT = time(3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open an empty database with its writer thread."""
    with opened(tmp_path / "holdfast.db", inline=False) as store:
        yield store


def copy(_now: datetime, _stopped: Callable[[], bool]) -> Copied:
    """Copy nothing."""
    return Copied(Path("holdfast-x.db"), 12)


def refuse(_now: datetime, _stopped: Callable[[], bool]) -> Copied:
    """Find no room."""
    raise BackupError("No backup was made in x: there is no room left on the disk.")


async def test_the_night_is_served_once(store: Store) -> None:
    """The first look makes a backup, the second finds it made."""
    made = Backups(store, SystemClock(), copy, NIGHT)
    assert await made.step()
    assert not await made.step()
    assert await store.read(facts.fact, backups.DONE) is not None


async def test_a_failure_is_noted_and_ends_nothing(store: Store) -> None:
    """It is not tried again at once."""
    made = Backups(store, SystemClock(), refuse, NIGHT)
    assert await made.step()
    assert not await made.step()
    noted = await store.read(facts.fact, backups.FAILED)
    assert noted is not None
    assert "no room" in noted.value


async def test_the_loop_goes_on_and_an_end_is_heard(store: Store) -> None:
    """While a copy takes its time nothing waits for it; it is given up when the program ends."""
    begun, given_up = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(now: datetime, stopped: Callable[[], bool]) -> Copied:
        loop.call_soon_threadsafe(begun.set)
        while not stopped():
            pass
        loop.call_soon_threadsafe(given_up.set)
        return copy(now, stopped)

    made = Backups(store, SystemClock(), slowly, NIGHT)
    running = asyncio.create_task(made.run())
    made.ring()
    async with asyncio.timeout(10):
        await begun.wait()
        await store.write(facts.set_fact, "k", "v", datetime(2026, 11, 23, tzinfo=UTC))
        running.cancel()
        await given_up.wait()
    assert await store.read(facts.fact, backups.DONE) is None


async def test_f121_who_was_erased_is_put_down_beside_the_backups(
    store: Store, tmp_path: Path
) -> None:
    """At the next look, once; where that fails it is tried again."""
    folder = tmp_path / "backups"
    folder.touch()
    made = Backups(store, SystemClock(), copy, None, partial(erasures.write, folder))
    one = Erasure("ab", "cd", datetime(2026, 11, 24, tzinfo=UTC))
    await store.write(erasures.keep, [one])
    await made.step()
    assert await store.read(erasures.unlisted) == [one]
    folder.unlink()
    await made.step()
    assert await store.read(erasures.unlisted) == []
    assert erasures.read(folder) == [one]
    await store.write(erasures.keep, [Erasure("ef", "cd", one.at)])
    await made.step()
    assert {found.hash for found in erasures.read(folder)} == {"ab", "ef"}
