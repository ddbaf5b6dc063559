"""A restart with many live sessions: until each has its time again."""

import asyncio
import time
from pathlib import Path
from typing import Final

from sqlmodel import Session as Db

from bench.house import MORNING, NOON, fill, opened, tomorrow
from bench.table import Part, ms
from bot.delivery import sender
from bot.flows import news, training
from bot.flows import time as flows_time
from bot.protocol.events import Due, Pain
from bot.store import sessions
from bot.store.engine import Store
from bot.store.migrate import migrate

LIVE: Final = 500


def _begin(db: Db) -> None:
    """Open a session of each athlete; two of three are in a hold, the others are asked."""
    for athlete in range(1, LIVE + 1):
        stored = training.open_session(db, athlete, None, NOON)
        if athlete % 3:
            for event in (Pain(1), Due()):
                stored = sessions.get(db, stored.id) or stored
                training.happen(db, stored, event, stored.value.due_at or NOON)


async def _start(url: str) -> tuple[float, float]:
    """Do what a start does; return the seconds to open the database, and those to recover."""
    start = time.perf_counter()
    migrate(url)
    with Store(url) as store:
        opened_at = time.perf_counter()
        await store.write(sender.recover, NOON, news)
        found = await store.write(flows_time.recover, NOON)
        await store.read(flows_time.earliest)
        recovered_at = time.perf_counter()
    if found != LIVE:
        raise RuntimeError(f"{found} sessions were live, not {LIVE}")
    return opened_at - start, recovered_at - opened_at


def measure(folder: Path) -> Part:
    """Start on a database with 500 live sessions."""
    url = f"sqlite:///{folder / 'restart.db'}"
    with opened(url) as store:
        store.write_now(fill, LIVE, tomorrow(MORNING))
        store.write_now(_begin)
    opening, recovering = asyncio.run(_start(url))
    return Part(
        f"A restart with {LIVE} live sessions",
        ("database opened", "all sessions found, told and re-armed", "each"),
        ((ms(opening), ms(recovering), ms(recovering / LIVE)),),
        "Without the start of Python and the first call of Telegram. Two of three were in a hold "
        "and are told that it was cut; the others are asked again.",
    )
