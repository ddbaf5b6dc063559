"""How late the loop gets while pictures are drawn: in the worker, and in the loop itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Final

from bench.table import Part, ms
from bench.ticker import EVERY_S, Ticker
from bot.charts.chart_data import HoldBar, SessionChart
from bot.charts.session_chart import session_chart
from bot.charts.worker import ChartWorker
from bot.protocol.report.period import Became, ChartDay, PeriodChart, ReportPage

CHARTS: Final = 3
ALBUM: Final = 10
WAITING: Final = 20
SESSION: Final = SessionChart(
    "Sun 22 Nov",
    tuple(HoldBar(number, "left", 15, 15, number % 4, "done") for number in range(1, 11)),
    2,
    3,
)
MONTH: Final = PeriodChart(
    athlete_id=1,
    name="Maria",
    pain_limit=3,
    days=tuple(
        ChartDay(
            day=date(2026, 10, 26) + timedelta(days=number),
            became=Became.DONE,
            first=3,
            last=number % 3,
            worst=3,
            morning=number % 4,
            held_s=150,
            planned_s=150,
        )
        for number in range(28)
    ),
)
WEEK: Final = PeriodChart(athlete_id=1, name="Maria", pain_limit=3, days=MONTH.days[:7])
PAGE: Final = ReportPage(
    title="Maria",
    lines=("Every day 07:30",),
    chart=MONTH,
    figures=tuple((f"Figure {number}", "12") for number in range(10)),
    columns=("Day", "Became", "Pain", "Held"),
    sessions=tuple((f"{number} Nov", "done", "3 → 1", "150 of 150 s") for number in range(28)),
    foot="No medical advice.",
)

Row = tuple[str, str, str, str]
Job = Callable[[], Awaitable[object]]


async def _beside(name: str, job: Job, times: int = CHARTS) -> Row:
    """Do a job several times; return how long one takes, and how late the ticker was meanwhile."""
    await job()
    async with Ticker() as ticker:
        start = time.perf_counter()
        for _ in range(times):
            await job()
            await asyncio.sleep(2 * EVERY_S)
        each = (time.perf_counter() - start) / times - 2 * EVERY_S
    return name, ms(each), ms(ticker.worst), ms(ticker.p99)


async def _in_loop() -> None:
    session_chart(SESSION)


async def _rows() -> tuple[list[Row], float]:
    """Return a row for each kind, and how long a session's chart waits behind many others."""
    worker = ChartWorker(limit_s=30)

    async def album() -> None:
        for _ in range(ALBUM):
            await worker.draw(WEEK)

    try:
        rows = [
            await _beside("a session, in the loop", _in_loop),
            await _beside("a session", lambda: worker.draw(SESSION)),
            await _beside("a week", lambda: worker.draw(WEEK)),
            await _beside("28 days", lambda: worker.draw(MONTH)),
            await _beside("a page to print", lambda: worker.print_page(PAGE)),
            await _beside(f"an album of {ALBUM} weeks", album, times=1),
        ]
        others = [asyncio.create_task(worker.draw(WEEK)) for _ in range(WAITING)]
        await asyncio.sleep(EVERY_S)
        start = time.perf_counter()
        await worker.draw(SESSION)
        waited = time.perf_counter() - start
        await asyncio.gather(*others)
    finally:
        await worker.aclose()
    return rows, waited


def measure() -> Part:
    """Draw every kind of picture beside a ticker."""
    rows, waited = asyncio.run(_rows())
    return Part(
        "Drawing pictures",
        ("drawn", "takes", "loop late by, at worst", "99th percentile"),
        tuple(rows),
        f"A ticker wants to run every {EVERY_S * 1000:.0f} ms meanwhile. All but the first row in "
        "the process of their own that Holdfast uses; it yields to everything else (nice 10), and "
        f"the drawing code is loaded. With {WAITING} weeks waiting, a session's chart was there "
        f"after {ms(waited)}: it goes before all of them but the one being drawn.",
    )
