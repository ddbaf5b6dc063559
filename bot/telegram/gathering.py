"""Updates that are posted at the same time, stored together.

A statement for many costs little more than one for each: so while some are being stored, what comes
meanwhile waits, and goes together next.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final, Protocol

from bot.dispatch import updates as dispatch_updates
from bot.dispatch.updates import Arrived

AT_ONCE: Final = 100
"""Updates that are stored together at most: as many as Telegram gives to who fetches them."""
LARGEST: Final = 1024 * 1024
"""Characters of them together; a single one may have more."""
MOST_WAITING: Final = 1_000
"""More wait only where the database hangs: what comes then is refused at once."""


class PostDesk(Protocol):
    """The database, which may be away, and its time."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""

    def write(self, flow: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Run a flow and return its value once that is committed."""


class CrowdedError(Exception):
    """Too many wait already."""


class Gathering:
    """Stores updates, those together that come while others are being stored."""

    def __init__(self, desk: PostDesk) -> None:
        self._desk = desk
        self._waiting: list[tuple[Arrived, asyncio.Future[None]]] = []
        self._work: asyncio.Task[None] | None = None

    async def store(self, update: Arrived) -> None:
        """Return once an update is committed; raise what kept it from that."""
        if len(self._waiting) >= MOST_WAITING:
            raise CrowdedError
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((update, done))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())
        await done

    async def _run(self) -> None:
        while self._waiting:
            await self._keep(self._next())

    def _next(self) -> list[tuple[Arrived, "asyncio.Future[None]"]]:
        """Take what goes together from what waits, and leave out what nobody waits for any more."""
        self._waiting = [one for one in self._waiting if not one[1].done()]
        count = size = 0
        for update, _ in self._waiting[:AT_ONCE]:
            size += len(update.payload)
            if count and size > LARGEST:
                break
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken

    async def _keep(self, some: list[tuple[Arrived, "asyncio.Future[None]"]]) -> None:
        """Store updates; where that fails each by itself, so that one harms no other."""
        if not some:
            return
        updates, now = [update for update, _ in some], self._desk.now()
        try:
            await self._desk.write(
                dispatch_updates.receive, updates, now, backlog=False, posted=True
            )
        except Exception as error:  # noqa: BLE001 - whoever posted it is told
            if len(some) == 1 or dispatch_updates.is_of_the_file(error):
                for _, done in some:
                    if not done.done():
                        done.set_exception(error)
                return
            for one in some:
                await self._keep([one])
            return
        for _, done in some:
            if not done.done():
                done.set_result(None)
