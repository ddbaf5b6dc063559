"""The one place that reads the machine's clock and sleeps."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        return datetime.now(UTC)

    def ticks(self) -> float:
        """Return seconds of a clock that only goes forward."""
        return time.monotonic()

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds is None else max(0.0, seconds)):
                await woken.wait()
