"""From an update that can be fetched to its first answer: the bot, and PTB's own Application.

Each runs in a process of its own against the same Bot API in another one. `Application` answers the
press and stores nothing; Holdfast has stored the pain and what follows from it before it answers.
"""

import asyncio
import gc
import logging
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import structlog
from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col
from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from bench.population import fill, tomorrow
from bench.table import Part, ms, times
from bot import app
from bot.clock.clock import SystemClock
from bot.protocol.session.events import Due, Pain
from bot.settings import Database, Delivery, Embedded, Telegram
from bot.store.engine import Store
from bot.store.sessions import Stored
from bot.store.tables import OutboxRow, OutboxState, PlanRow
from bot.training.session import apply_event
from testkit.bot_api import TOKEN
from testkit.database import made
from testkit.loopback import Loopback, Seen, Setup, served

PER_S: Final = 100.0
SECONDS: Final = 6
ANSWERS: Final = round(PER_S) * SECONDS
"""One of each athlete, all of whom were just released."""
FIRST: Final = 100
"""Answers that are not counted: a program that has just started compiles what it does."""
ROUNDS: Final = 3
TARGET_S: Final = 0.05
GRACE_S: Final = 10.0
"""How long answers are waited for after the last update."""
QUESTION: Final = (
    "RELEASE · 1 of 5\n\nWorst pain at your sitting bone during that hold?\n"
    "0 = no pain, 10 = pain as bad as you can imagine."
)


# ---- what comes in --------------------------------------------------------------------


def presses(asked: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Return a press of "1" by each of these (session, chat), in turn."""
    return [_press(number, *one) for number, one in enumerate(asked, start=1)]


def _press(number: int, session: int, chat: int) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Athlete"}
    rows = [[f"1:p:{session}:0:{pain}" for pain in row] for row in (range(4), range(4, 11))]
    buttons = [[{"text": data[-1], "callback_data": data} for data in row] for row in rows]
    message = {
        "message_id": chat,
        "date": 1_764_000_000,
        "chat": {"id": chat, "type": "private", "first_name": "Athlete"},
        "from": {"id": 1, "is_bot": True, "first_name": "Holdfast", "username": "bench_bot"},
        "text": QUESTION,
        "reply_markup": {"inline_keyboard": buttons},
    }
    query = {"id": str(number), "from": person, "message": message, "chat_instance": "1"}
    return {"update_id": number, "callback_query": {**query, "data": rows[0][1]}}


def ask(db: Db, athletes: int = ANSWERS) -> list[tuple[int, int]]:
    """Bring a session of every athlete to its first RELEASE; return (session, chat) of each."""
    db.connection().execute(update(PlanRow).values(rest_s=180))  # no hold begins in the measure
    begun = SystemClock().now() - timedelta(seconds=20)
    asked = [_released(db, athlete, begun) for athlete in range(1, athletes + 1)]
    sent = {"state": OutboxState.SENT, "message_id": col(OutboxRow.chat_id)}
    db.connection().execute(update(OutboxRow).values(sent))
    return asked


def _released(db: Db, athlete: int, begun: datetime) -> tuple[int, int]:
    stored = apply_event.open_session(db, athlete, None, begun)
    for event in (Pain(2), Due(), Due()):
        result = apply_event.happen(db, stored, event, stored.value.due_at or begun)
        if not isinstance(result, Stored):
            raise TypeError(result)
        stored = result
    return stored.id, athlete


# ---- who answers ----------------------------------------------------------------------

Answering = Callable[[str, str, Awaitable[object]], Coroutine[Any, Any, None]]
"""Answers what comes from the Bot API at the first address, until the awaitable is there."""


async def _holdfast(url: str, database: str, end: Awaitable[object]) -> None:
    """Run all of the bot but what a start does with sessions a former run left."""
    settings = Embedded(
        telegram=Telegram(token=SecretStr(TOKEN), api_base_url=url),
        database=Database(url=database),
        delivery=Delivery(rate=1000),
    )
    async with AsyncExitStack() as stack:
        made = await app.build(settings, stack)
        made.store.on_commit.append(made.committed)
        made.alarm.start()
        parts = (made.sender, made.inbox, made.incoming)
        jobs = [asyncio.create_task(part.run()) for part in parts]
        await end
        made.alarm.stop()
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


async def _application(url: str, _database: str, end: Awaitable[object]) -> None:
    """Run python-telegram-bot's own, as its examples do."""

    async def answer(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer("Noted: 1.")

    application = Application.builder().token(TOKEN).base_url(f"{url}/bot").build()
    application.add_handler(CallbackQueryHandler(answer))
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling()
        await end
        await application.updater.stop()
        await application.stop()


def _run(pipe: Connection, answering: Answering, url: str, database: str) -> None:
    """Answer until the other end wants to know what it cost."""
    logging.disable(logging.CRITICAL)
    gc.freeze()  # as the program does at its start
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

    async def run() -> None:
        await answering(url, database, asyncio.to_thread(pipe.recv))

    asyncio.run(run())
    pipe.send(time.process_time())


@contextmanager
def _beside(answering: Answering, url: str, database: str) -> Iterator[Callable[[], float]]:
    """Run it in a process of its own; what is given ends it and returns its CPU seconds."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, answering, url, database), daemon=True)
    process.start()

    def ended() -> float:
        ours.send(None)
        seconds: float = ours.recv()
        process.join(5)
        return seconds

    try:
        yield ended
    finally:
        process.kill()
        process.join()


# ---- the measure ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """How long each update waited for its first answer, in seconds, shortest first."""

    waits: list[float]
    cpu_s: float

    def at(self, share: float) -> float:
        """Return what this share of all updates did not wait longer than."""
        return self.waits[min(round(share * len(self.waits)), len(self.waits) - 1)]


def _round(answering: Answering, updates: list[dict[str, Any]], database: str) -> Found:
    setup = Setup(updates=updates, updates_per_s=PER_S)
    with served(setup) as api, _beside(answering, api.url, database) as ended:
        while (begun := api.report().begun) is None:
            time.sleep(0.5)
        time.sleep(begun + SECONDS - time.monotonic())
        return Found(_all_waits(api), ended())


def _all_waits(api: Loopback) -> list[float]:
    """Return how long each update waited, as soon as all are answered."""
    end = time.monotonic() + GRACE_S
    while (waits := _waits(api.report()))[-1] == float("inf") and time.monotonic() < end:
        time.sleep(1)
    return waits


def _waits(seen: Seen) -> list[float]:
    """Return for updates how long after their handing out the first call about it came."""
    first: dict[int, float] = {}
    for _method, about, at, _taken in seen.api.record:
        first.setdefault(about, at)
    waits = [first.get(number, float("inf")) - at for number, at in enumerate(seen.handed, start=1)]
    return sorted(waits[FIRST:])


def _both(path: Path) -> tuple[Found, Found]:
    """Return how python-telegram-bot's own and Holdfast did, with a database made for this."""
    url = made(path)
    with Store(url) as store:
        store.write_now(fill, ANSWERS, tomorrow(SystemClock().now()))
        asked = store.write_now(ask)
    updates = presses(asked)
    return _round(_application, updates, url), _round(_holdfast, updates, url)


def measure(folder: Path) -> list[Part]:
    """Let both answer the same presses, 100 a second, by turns; the best round of each counts."""
    rounds = [_both(folder / f"answers{number}.db") for number in range(ROUNDS)]
    theirs, ours = (min(found, key=lambda one: one.at(0.99)) for found in zip(*rounds, strict=True))
    rows = [
        _row("`Application` (python-telegram-bot's own), nothing stored", theirs),
        _row("Holdfast", ours),
        ("to reach", "", ms(TARGET_S), "", ""),
        (
            "ratio",
            times(theirs.at(0.5) / ours.at(0.5)),
            times(theirs.at(0.99) / ours.at(0.99)),
            times(theirs.at(1) / ours.at(1)),
            times(theirs.cpu_s / ours.cpu_s),
        ),
    ]
    return [
        Part(
            "Update to first answer",
            ("who answers", "median", "99th percentile", "worst", "CPU an update"),
            tuple(rows),
            f"{ANSWERS} pain answers by button, {PER_S:.0f} a second, of as many athletes who were "
            f"just released, the first {FIRST} not counted, {ROUNDS} rounds by turns, the best of "
            f"each; from an update's handing out by a Bot "
            "API on this machine to the first call about it. Holdfast has committed the update, "
            "the pain, the rest and both messages by then, with `synchronous=FULL`, at a rate of "
            "1,000 a second; its CPU includes the second message, and for both the start of "
            "Python.",
        )
    ]


def _row(name: str, found: Found) -> tuple[str, ...]:
    cells = (found.at(0.5), found.at(0.99), found.at(1), found.cpu_s / ANSWERS)
    return (name, *map(ms, cells))
