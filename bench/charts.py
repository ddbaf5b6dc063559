"""How late the loop gets while a chart is drawn: in the worker, and in the loop itself."""

import asyncio
import time
from typing import Final

from bench.table import Part, ms, times
from bench.ticker import EVERY_S, Ticker
from bot.reports.chart_data import HoldBar, SessionChart
from bot.reports.charts import session_chart
from bot.reports.worker import ChartWorker

CHARTS: Final = 3
DATA: Final = SessionChart(
    "Sun 22 Nov",
    tuple(HoldBar(number, "left", 15, 15, number % 4, "done") for number in range(1, 11)),
    2,
    3,
)


async def _both() -> tuple[float, float, float, float]:
    """Return seconds a chart and the worst lateness, with the worker and without."""
    worker = ChartWorker(limit_s=30)
    try:
        await worker.warm_up()
        await worker.draw(DATA)
        async with Ticker() as beside:
            start = time.perf_counter()
            for _ in range(CHARTS):
                await worker.draw(DATA)
            worker_s = (time.perf_counter() - start) / CHARTS
    finally:
        await worker.aclose()
    session_chart(DATA)
    async with Ticker() as inside:
        inline_s = 0.0
        for _ in range(CHARTS):
            start = time.perf_counter()
            session_chart(DATA)
            inline_s += (time.perf_counter() - start) / CHARTS
            await asyncio.sleep(2 * EVERY_S)
    return worker_s, beside.worst, inline_s, inside.worst


def measure() -> Part:
    """Draw a session of ten holds."""
    worker_s, beside, inline_s, inside = asyncio.run(_both())
    return Part(
        "Drawing a chart",
        ("drawn", "one chart", "loop late by, at worst"),
        (
            ("in the loop", ms(inline_s), ms(inside)),
            ("in a process of its own (Holdfast)", ms(worker_s), ms(beside)),
            ("ratio", "", times(inside / beside)),
        ),
        f"A ticker wants to run every 10 ms meanwhile. Ten holds a chart, {CHARTS} charts, the "
        "drawing code loaded. The worker yields to everything else (nice 10).",
    )
