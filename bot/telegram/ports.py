"""What the composition root gives to Telegram's edge."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

from bot.charts.chart_data import SessionChart
from bot.dispatch.updates import Posting
from bot.protocol.load.activities import Activity, UnreadFile
from bot.protocol.report.period import PeriodChart, ReportPage
from bot.protocol.report.week_sheet import WeekSheet


class EdgeFlows(Protocol):
    """Runs flows: `write` in a transaction on the writer thread, `read` beside it."""

    def write(self, flow: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Run a flow and return its value once that is committed."""

    def read(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Awaitable[Any]:
        """Run a query that changes nothing."""


class EdgeClock(Protocol):
    """Time, as the chat's edge needs it."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""


class Delivered(Protocol):
    """Knows how updates come that a webhook brings."""

    looked: asyncio.Event
    """Set once that is known, or cannot be known."""

    @property
    def posting(self) -> Posting | None:
        """When not all came through, the last time; None where that never was."""


class Incoming(Protocol):
    """Brings updates in, by fetching them or by a webhook."""

    gives_way: bool
    """Whether another program is let do so at once."""

    def begin_from(self, since: datetime | None) -> None:
        """Another process did so until `since`, in good order."""

    async def run(self) -> None:
        """Run until cancelled."""


class EdgeWatch(Protocol):
    """Is told what happens, to count it; nothing depends on it."""

    def handled(self, took_s: float) -> None:
        """An update was handled, and that is committed, so long after it was received."""


class Pictures(Protocol):
    """Draws, beside the bot; raises ChartError for what cannot be drawn."""

    def draw(self, data: SessionChart | PeriodChart) -> Awaitable[bytes]:
        """Return a chart as PNG."""

    def print_page(self, page: ReportPage | WeekSheet) -> Awaitable[bytes]:
        """Return a page as PDF."""


class FileReading(Protocol):
    """Reads watches' files, beside the bot."""

    def read(self, data: bytes) -> Awaitable[tuple[Activity, ...] | UnreadFile]:
        """Return what was done, or why nothing can be read; raises nothing."""
