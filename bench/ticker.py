"""How late the event loop gets: a ticker that wants to run every 10 ms."""

import asyncio
import time
from types import TracebackType
from typing import Final, Self

EVERY_S: Final = 0.01


class Ticker:
    """Runs beside the block; `late` is how late each tick was, in seconds."""

    def __init__(self) -> None:
        self.late = list[float]()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start ticking."""
        self._task = asyncio.create_task(self._tick())
        await asyncio.sleep(5 * EVERY_S)
        self.late.clear()
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
            self.late.append(time.perf_counter() - wanted)

    @property
    def worst(self) -> float:
        """The latest tick."""
        return max(self.late, default=0.0)

    @property
    def p99(self) -> float:
        """What 99 of 100 ticks are not later than."""
        return sorted(self.late)[int(0.99 * len(self.late))] if self.late else 0.0
