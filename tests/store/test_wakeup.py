"""What one process stores wakes another, by LISTEN and NOTIFY of a real server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bot.clock.clock import SystemClock
from bot.store import wakeup
from bot.store.wakeup import Waker
from testkit import postgresql

pytestmark = pytest.mark.one_database("of a server")
PATIENCE_S = 20.0
ENDS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def url() -> str:
    """Return the address of a database with this version's tables."""
    return postgresql.server().url(postgresql.databases().fresh())


class Ear:
    """Counts how often it was woken."""

    def __init__(self) -> None:
        self.woken = 0
        self._news = asyncio.Event()

    def __call__(self) -> None:
        """Be woken."""
        self.woken += 1
        self._news.set()

    async def until(self, enough: Callable[[int], bool]) -> None:
        """Wait until it was woken often enough."""
        async with asyncio.timeout(PATIENCE_S):
            while not enough(self.woken):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Ear]:
    """Listen within the block."""
    ear = Ear()
    task = asyncio.create_task(wakeup.listen(url, SystemClock(), ear))
    try:
        await ear.until(lambda times: times == 1)  # it listens
        yield ear
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def telling(url: str) -> AsyncIterator[Waker]:
    """Tell within the block."""
    waker = Waker(url)
    try:
        yield waker
    finally:
        await asyncio.to_thread(waker.close)


async def test_what_is_told_is_heard(url: str) -> None:
    """Also what is told just before the end."""
    async with listening(url) as ear:
        async with telling(url) as waker:
            waker.tell()
            await ear.until(lambda times: times > 1)
            before = ear.woken
            waker.tell()
        await ear.until(lambda times: times > before)


async def test_many_at_once_wake_a_few_times(url: str) -> None:
    """A thousand commits are not a thousand looks."""
    async with listening(url) as ear, telling(url) as waker:
        for _ in range(1_000):
            waker.tell()
        await ear.until(lambda times: times > 1)
        assert ear.woken < 500


async def test_another_bots_rows_wake_nobody(url: str) -> None:
    """Each has a schema of its own, in the same database perhaps."""
    server, name = postgresql.server(), url.rpartition("/")[2]
    server.run("CREATE SCHEMA other", database=name)
    other = f"{url}?options=-csearch_path%3Dother"
    async with listening(url) as ear, listening(other) as theirs, telling(other) as waker:
        waker.tell()
        await theirs.until(lambda times: times > 1)
        async with telling(url) as ours:
            ours.tell()
            await ear.until(lambda times: times > 1)
            assert ear.woken == 2


async def test_a_connection_that_is_ended_is_made_anew(url: str) -> None:
    """Who listens is woken then, as something may have been missed; who tells tells again."""
    server, name = postgresql.server(), url.rpartition("/")[2]
    async with listening(url) as ear, telling(url) as waker:
        waker.tell()
        await ear.until(lambda times: times > 1)
        before = ear.woken
        server.run(ENDS, database=name)
        await ear.until(lambda times: times > before)
        before = ear.woken
        waker.tell()
        await ear.until(lambda times: times > before)
