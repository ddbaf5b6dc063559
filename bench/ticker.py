"""How late the event loop gets: a ticker that wants to run every 10 ms."""

import asyncio
import time
from types import TracebackType
from typing import Final, Self

EVERY_S: Final = 0.01


class Ticker:
    """Runs beside the block; `worst` is the latest tick in seconds."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start ticking."""
        self._task = asyncio.create_task(self._tick())
        await asyncio.sleep(5 * EVERY_S)
        self.worst = 0.0
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let it notice what has just happened, and stop."""
        await asyncio.sleep(5 * EVERY_S)
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _tick(self) -> None:
        while True:
            wanted = time.perf_counter() + EVERY_S
            await asyncio.sleep(EVERY_S)
            self.worst = max(self.worst, time.perf_counter() - wanted)
