"""Draws charts and pages in a process of its own, so that no cue waits for a picture."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from bot.charts.chart_data import SessionChart
from bot.processes import START_LIMIT_S, Worker, WorkError
from bot.protocol.report.period import PeriodChart, ReportPage
from bot.protocol.report.week_sheet import WeekSheet

__all__ = ["START_LIMIT_S", "ChartError", "ChartWorker"]

P = ParamSpec("P")
T = TypeVar("T")


class ChartError(Exception):
    """The chart could not be drawn; the message it belongs to goes out without a picture."""


class ChartWorker(Worker):
    """Draws one chart at a time, in a process that starts with the first.

    A session's chart, which an athlete waits for, goes before all charts of days and pages: of
    those only one at a time stands in the same line. What takes longer than ``limit_s`` seconds is
    given up.
    """

    def __init__(self, *, limit_s: float = 10.0) -> None:
        super().__init__(_load, limit_s=limit_s)
        self._later = asyncio.Lock()

    async def draw(self, data: SessionChart | PeriodChart) -> bytes:
        """Return the chart as PNG; raises ChartError and nothing else."""
        if isinstance(data, SessionChart):
            return await self._run(_draw_session, data)
        async with self._later:
            return await self._run(_draw_days, data)

    async def print_page(self, page: ReportPage | WeekSheet) -> bytes:
        """Return the page, or the sheet of all athletes, as PDF; raises ChartError alone."""
        async with self._later:
            return await self._run(_print, page)

    async def _run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await super()._run(job, *args, **kwargs)
        except WorkError as error:
            raise ChartError(f"Not drawn. {error}") from error


def _load() -> None:
    """Load what draws and prints, in the child alone: it would cost the bot a second and memory."""
    import bot.charts.pdf_page  # noqa: PLC0415
    import bot.charts.session_chart  # noqa: PLC0415
    import bot.charts.week_pdf  # noqa: F401, PLC0415


def _draw_session(data: SessionChart) -> bytes:
    from bot.charts.session_chart import session_chart  # noqa: PLC0415

    return session_chart(data)


def _draw_days(data: PeriodChart) -> bytes:
    from bot.charts.period_chart import period_chart  # noqa: PLC0415

    return period_chart(data)


def _print(page: ReportPage | WeekSheet) -> bytes:
    from bot.charts.pdf_page import pdf  # noqa: PLC0415
    from bot.charts.week_pdf import week_pdf  # noqa: PLC0415

    return week_pdf(page) if isinstance(page, WeekSheet) else pdf(page)
