"""The drawing process: it draws, is replaced when it dies or hangs, and leaves nothing behind."""

import asyncio
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable

import pytest
import pytest_asyncio

from bot.charts.chart_data import HoldBar, SessionChart
from bot.charts.worker import ChartError, ChartWorker
from tests.reports.days import CHARTS
from tests.reports.pages import USUAL

DATA = SessionChart("Sun 22 Nov", (HoldBar(1, "left", 10, 10, 2, "done"),), 1, 3)
WEEK = CHARTS["week"]
PNG = b"\x89PNG\r\n\x1a\n"

# One process draws for most of the file, on one loop.
pytestmark = [pytest.mark.xdist_group("drawing"), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[ChartWorker]:
    """Open a worker for all who leave it working, and close it whatever happens."""
    worker = ChartWorker(limit_s=20)
    yield worker
    await worker.aclose()
    assert multiprocessing.active_children() == []


@pytest_asyncio.fixture(loop_scope="module")
async def own() -> AsyncIterator[ChartWorker]:
    """Open a worker to be broken or closed; it leaves no process."""
    before = set(multiprocessing.active_children())
    worker = ChartWorker(limit_s=20)
    yield worker
    await worker.aclose()
    assert set(multiprocessing.active_children()) <= before


def pid(worker: ChartWorker) -> int:
    """Return the process id of a started worker."""
    assert worker._process is not None
    assert worker._process.pid is not None
    return worker._process.pid


async def gone(process: int) -> bool:
    """Wait up to 5 s for a process that is not our child to end."""
    for _ in range(500):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        await asyncio.sleep(0.01)
    return False


async def test_draws_and_survives(worker: ChartWorker) -> None:
    """A killed process is replaced within the next chart; Ctrl-C does not end it."""
    assert (await worker.draw(DATA)).startswith(PNG)
    first = pid(worker)
    os.kill(first, signal.SIGINT)
    assert (await worker.draw(DATA)).startswith(PNG)
    assert pid(worker) == first
    os.kill(first, signal.SIGKILL)
    assert (await worker.draw(DATA)).startswith(PNG)
    assert pid(worker) != first
    assert await gone(first)


async def test_a_session_goes_before_albums_and_pages(worker: ChartWorker) -> None:
    """An athlete's chart waits for what is being drawn, and for nothing else; all of it comes."""
    await worker.warm_up()
    done = list[bytes]()

    async def finish(drawing: Awaitable[bytes]) -> bytes:
        done.append(await drawing)
        return done[-1]

    later = [worker.draw(WEEK), worker.draw(WEEK), worker.print_page(USUAL)]
    tasks = [asyncio.create_task(finish(one)) for one in later]
    await asyncio.sleep(0)
    session = await finish(worker.draw(DATA))
    week, again, page = await asyncio.gather(*tasks)
    assert done.index(session) <= 1
    assert week == again
    assert week.startswith(PNG)
    assert page.startswith(b"%PDF-")


async def test_dying_twice_is_an_error(own: ChartWorker) -> None:
    """A chart whose process dies is tried once more, and then given up."""
    with pytest.raises(ChartError, match="died twice"):
        await own._run(os._exit, 3)


async def test_hang_is_ended(worker: ChartWorker) -> None:
    """A chart over its limit is given up and its process killed; charts waiting still come."""
    await worker.warm_up()
    hung = pid(worker)
    worker._limit_s = 0.2
    slow = asyncio.create_task(worker._run(time.sleep, 60))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(worker.draw(DATA))
    with pytest.raises(ChartError, match="too long"):
        await slow
    worker._limit_s = 20
    assert (await waiting).startswith(PNG)
    assert await gone(hung)


async def test_low_priority_and_bad_data(worker: ChartWorker) -> None:
    """The process runs behind the bot; data it cannot draw is a ChartError and costs no process."""
    await worker.warm_up()
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, pid(worker)) == min(ours + 10, 19)
    before = pid(worker)
    bad = SessionChart("Sun", (HoldBar(1, "left", 10, 10, "two", "done"),), 1, 3)  # type: ignore[arg-type]
    with pytest.raises(ChartError, match="It failed: TypeError"):
        await worker.draw(bad)
    assert pid(worker) == before


async def test_close_ends_a_chart_under_way(own: ChartWorker) -> None:
    """Closing kills the process in the middle of a chart, and nothing is drawn any more."""
    await own.warm_up()
    process = pid(own)
    slow = asyncio.create_task(own._run(time.sleep, 60))
    await asyncio.sleep(0.05)
    await own.aclose()
    with pytest.raises(ChartError):
        await slow
    assert await gone(process)
    with pytest.raises(ChartError, match="closed"):
        await own.draw(DATA)
    await own.aclose()


async def test_cancelled_and_closed_while_starting(own: ChartWorker) -> None:
    """A start that is given up half way leaves nothing that closing does not end."""
    starting = asyncio.create_task(own.warm_up())
    await asyncio.sleep(0.01)
    process = pid(own)
    starting.cancel()
    await own.aclose()
    assert await gone(process)


async def test_close_before_start() -> None:
    """A worker that never drew closes without starting anything."""
    before = set(multiprocessing.active_children())
    await ChartWorker().aclose()
    assert set(multiprocessing.active_children()) == before


PARENT = """
import asyncio, os, signal
from bot.charts.worker import ChartWorker

async def main():
    worker = ChartWorker()
    await worker.warm_up()
    print(worker._process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_ends_with_its_parent() -> None:
    """The process ends when the bot is killed without a chance to close it."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    process = int(await parent.stdout.readline())
    assert await parent.wait() == -signal.SIGKILL
    assert await gone(process)


async def test_matplotlib_stays_out_of_the_bot() -> None:
    """Importing the worker does not load matplotlib."""
    code = "import sys, bot.charts.worker; sys.exit('matplotlib' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0
