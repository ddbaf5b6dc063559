"""What time costs: a look when nothing is due, and 1,000 reminders at once."""

import asyncio
import itertools
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from bench.population import MORNING, NOON, bring_forward, fill, tomorrow
from bench.table import Part, ms
from bench.ticker import Ticker
from bot.dispatch import due_work, updates
from bot.dispatch.updates import Arrived
from bot.store import outbox
from bot.store.engine import Store
from testkit.database import opened

ATHLETES: Final = (100, 10_000, 100_000)
LOOKS: Final = 100
DUE: Final = 1_000
ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Acted:
    """What acting on reminders took: seconds for all, and how late loop and writer got."""

    seconds: float
    late: float
    wait: float


def measure_looks(store: Store, now: datetime) -> float:
    """Return the median seconds of a sweep with nothing due."""
    return asyncio.run(_looks(store, now))


async def _looks(store: Store, now: datetime) -> float:
    found = []
    for _ in range(LOOKS):
        start = time.perf_counter()
        at = await store.read(due_work.earliest)
        found.append(time.perf_counter() - start)
        if at is None or at <= now:
            raise RuntimeError(f"a row was due at {at}")
    return median(found)


async def _probe(store: Store, waits: list[float]) -> None:
    """Store an update again and again, as if athletes answered meanwhile."""
    for number in itertools.count(1):
        start = time.perf_counter()
        update = Arrived(number, 1, "{}")
        await store.write(updates.receive, [update], NOON, backlog=False)
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(0.02)


def measure_reminders(store: Store, now: datetime) -> Acted:
    """Act on DUE reminders, while updates are stored beside them; return the best of ROUNDS."""
    rounds = []
    for _ in range(ROUNDS):
        store.write_now(bring_forward, DUE, now - timedelta(minutes=1))
        before = store.read_now(outbox.depth)
        rounds.append(act(store, now, DUE))
        written = store.read_now(outbox.depth) - before
        if written != DUE:
            raise RuntimeError(f"{written} reminders were written, not {DUE}")
    return min(rounds, key=lambda one: one.seconds)


def act(store: Store, now: datetime, due: int) -> Acted:
    """Act on all that is due, which is so many reminders, while updates are stored beside it."""
    return asyncio.run(_reminders(store, now, due))


async def _reminders(store: Store, now: datetime, due: int) -> Acted:
    waits: list[float] = []
    async with Ticker() as ticker:
        probe = asyncio.create_task(_probe(store, waits))
        start = time.perf_counter()
        done = 0
        while (found := await store.write(due_work.act_due, now))[0]:
            done += found[0] - len(found[1])
        seconds = time.perf_counter() - start
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
    if done != due:
        raise RuntimeError(f"{done} rows were acted on, not {due}")
    return Acted(seconds, ticker.worst, max(waits))


def measure(folder: Path) -> list[Part]:
    """Look into ever larger databases; let 1,000 reminders of the largest be due."""
    looks = []
    for count in ATHLETES:
        with opened(folder / f"sweep{count}.db", inline=False) as store:
            store.write_now(fill, count, tomorrow(MORNING))
            looks.append((f"{count:,}", ms(measure_looks(store, NOON))))
            if count == ATHLETES[-1]:
                acted = measure_reminders(store, NOON)
    return [
        Part(
            "A sweep with nothing due",
            ("athletes", "one look"),
            tuple(looks),
            f"Every second, whatever the number of athletes. The median of {LOOKS} looks at what "
            "comes next.",
        ),
        Part(
            f"{DUE:,} reminders due at once",
            (
                "among athletes",
                "all",
                "each",
                "loop late by, at worst",
                "another write waits, at worst",
            ),
            (
                (
                    f"{ATHLETES[-1]:,}",
                    ms(acted.seconds),
                    ms(acted.seconds / DUE),
                    ms(acted.late),
                    ms(acted.wait),
                ),
            ),
            "Claimed, written into the outbox, and the next day planned, in batches of "
            f"{due_work.REMINDED}; the best of {ROUNDS} rounds. Sending them takes longer: 28 a "
            "second.",
        ),
    ]
