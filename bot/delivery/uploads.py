"""An upload that stands still: aiohttp bounds connecting and reading, this bounds writing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import aiohttp

AT_ONCE_S: Final = 1e-6
"""asyncio and aiohttp take 0 for "no limit"; the transport's contract takes it for "at once"."""
_LOOKS: Final = 4
"""A stalled upload is noticed at most this part of its limit late."""


class _UploadWatch:
    """Ends a request whose body makes no progress for ``limit`` seconds.

    aiohttp bounds connecting and reading; a peer that stops taking bytes would hold it for ever.
    Until the first byte is written the time to connect is granted as well.
    """

    __slots__ = (
        "_connect",
        "_deadline",
        "_limit",
        "_loop",
        "_pace",
        "_seen",
        "_since",
        "_size",
        "_timer",
        "_upload",
    )

    def __init__(
        self,
        upload: aiohttp.UploadTracker,
        size: int,
        limit: float,
        connect: float,
        deadline: asyncio.Timeout,
    ) -> None:
        self._upload = upload
        self._size = size
        self._limit = limit
        self._connect = connect
        self._deadline = deadline
        self._loop = asyncio.get_running_loop()
        self._pace = max(limit, AT_ONCE_S) / _LOOKS
        self._seen = 0
        self._since = self._loop.time()
        self._timer = self._loop.call_later(self._pace, self._look)

    def _look(self) -> None:
        written, now = self._upload.bytes_written, self._loop.time()
        if written >= self._size:
            return
        if written != self._seen:
            self._seen, self._since = written, now
        if now - self._since >= self._limit + (0.0 if written else self._connect):
            self._deadline.reschedule(now)
        else:
            self._timer = self._loop.call_later(self._pace, self._look)

    def stop(self) -> None:
        """Look no more."""
        self._timer.cancel()


@asynccontextmanager
async def keeps_moving(
    upload: aiohttp.UploadTracker, size: int, limit: float, connect: float
) -> AsyncIterator[None]:
    """Raise TimeoutError when the body stands still for ``limit`` seconds while being written."""
    async with asyncio.timeout(None) as deadline:
        watch = _UploadWatch(upload, size, limit, connect, deadline)
        try:
            yield
        finally:
            watch.stop()
