"""Looks at the pages of the database's file: at the start, and when something has failed."""

import asyncio
import threading
from collections.abc import Callable
from typing import Final

from bot.clock.ports import Waiter

REST_S: Final = 60.0
"""Seconds between two looks: what fails again and again is not looked at all the time."""

Look = Callable[[Callable[[], bool]], None]
"""Looks at all pages, which takes its time; gives up soon after its argument says so."""


class Checks:
    """Looks once at the start, and after failures: what is damaged may show as anything."""

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
            while True:
                self._failed.clear()
                await asyncio.to_thread(self._look, self._ended.is_set)
                await self._clock.wait(asyncio.Event(), REST_S)
                await self._failed.wait()
        finally:
            self._ended.set()
