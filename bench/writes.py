"""Small transactions per second: many at once, and one after the other."""

import asyncio
import itertools
import time
from pathlib import Path
from typing import Final

from bench.population import NOON
from bench.table import Part, ms, times
from bot.dispatch import updates
from bot.dispatch.updates import Arrived
from bot.store.engine import Store
from testkit.database import opened

SECONDS: Final = 1.5
AT_ONCE: Final = (1, 16, 64, 256)


async def keep_storing(store: Store, at_once: int, ids: "itertools.count[int]") -> float:
    """Store updates for SECONDS; return how many a second."""
    done, start = 0, time.perf_counter()
    end = start + SECONDS

    async def work() -> None:
        nonlocal done
        while time.perf_counter() < end:
            number = next(ids)
            update = Arrived(number, 1001, f'{{"update_id": {number}}}')
            await store.write(updates.receive, [update], NOON, backlog=False)
            done += 1

    await asyncio.gather(*(work() for _ in range(at_once)))
    return done / (time.perf_counter() - start)


def measure(folder: Path) -> Part:
    """Store updates as the poller does, each in a flow of its own."""
    ids = itertools.count(1)
    with opened(folder / "writes.db", inline=False) as store:
        found = {count: asyncio.run(keep_storing(store, count, ids)) for count in AT_ONCE}
    return Part(
        "Writing",
        ("flows waiting at once", "committed per second", "each", "ratio"),
        tuple(
            (f"{count}", f"{rate:,.0f}", ms(1 / rate), times(rate / found[1]))
            for count, rate in found.items()
        ),
        "One stored update a flow, through `Store.write`, `synchronous=FULL`; what waits is "
        f"committed together. {SECONDS} s for each row.",
    )
