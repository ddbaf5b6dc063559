"""Looks at the pages of the database's file: at the start, and when something has failed."""

import asyncio
import threading
from collections.abc import Callable
from typing import Final

from bot.clock.ports import Waiter

REST_S: Final = 60.0
"""Seconds between two looks: what fails again and again is not looked at all the time."""

Look = Callable[[Callable[[], bool], bool], None]
"""Looks at all pages, which takes its time; gives up soon after its first argument says so.

With the second it looks closely: rows may be missing from pages that are in order by themselves.
"""


class Checks:
    """Looks once at the start, and closely after failures: damage may show as anything."""

    def __init__(self, clock: Waiter, look: Look) -> None:
        self._clock = clock
        self._look = look
        self._ended = threading.Event()
        self._failed = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def ring(self) -> None:
        """Something has failed; may be called in any thread."""
        if not self._failed.is_set() and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._failed.set)

    async def run(self) -> None:
        """Look until cancelled; a look under way is given up then."""
        try:
            await asyncio.to_thread(self._look, self._ended.is_set, False)
            while True:
                await self._failed.wait()
                self._failed.clear()
                await asyncio.to_thread(self._look, self._ended.is_set, True)
                await self._clock.wait(asyncio.Event(), REST_S)
        finally:
            self._ended.set()
