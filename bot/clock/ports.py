"""What the composition root gives to the clock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol


class ClockFlows(Protocol):
    """Runs flows: `write` in a transaction on the writer thread, `read` beside it."""

    def write(self, flow: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Run a flow and return its value once that is committed."""

    def read(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Run a query that changes nothing."""


class BackupClock(Protocol):
    """Time, as the backups need it."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""

    def ticks(self) -> float:
        """Return seconds of a clock that only goes forward."""


class Waiter(Protocol):
    """The clock, for code that only waits."""

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""
