"""SQLite and PostgreSQL in one run: what the bot stores most, on each of them.

Both lie on the same disk and keep what they have committed. Alone: `python -m bench databases`.
"""

import asyncio
import itertools
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, func, select

from bench.answers import ask, presses
from bench.both import Kind, Speed, both, speed
from bench.population import NOON, fill, tomorrow
from bench.table import Part, ms
from bench.throughput import letter
from bench.writes import SECONDS
from bot.clock.clock import SystemClock
from bot.delivery.results import Fate, Ledger, Sent
from bot.dispatch import delivery_events, updates
from bot.dispatch.commands.catalogue import Rules
from bot.store import outbox, outbox_claims
from bot.store.engine import Store
from bot.store.inbox import Arrived
from bot.store.tables import OutboxRow
from bot.telegram.gathering import Gathering
from bot.telegram.inbox import Inbox
from bot.telegram.update import arrived

ROUNDS: Final = 3
AT_ONCE: Final = 64
LETTERS: Final = 3_000
ANSWERS: Final = 400
BATCH: Final = 100
"""Updates in one answer of Telegram, which are stored together."""
WANTED: Final = 0.5


class _Desk:
    """The database as what gathers posts has it."""

    def __init__(self, store: Store) -> None:
        self.write = store.write

    def now(self) -> datetime:
        """Return any time."""
        return NOON


def _store_updates(store: Store) -> int:
    return asyncio.run(_keep_storing(store))


async def _keep_storing(store: Store) -> int:
    """Store updates for SECONDS as `holdfast ingress` does, AT_ONCE waiting; return how many."""
    gathering, ids = Gathering(_Desk(store)), itertools.count(1)
    end = time.perf_counter() + SECONDS

    async def post() -> None:
        while time.perf_counter() < end:
            number = next(ids)
            await gathering.store(Arrived(number, 1001, f'{{"update_id": {number}}}'))

    await asyncio.gather(*(post() for _ in range(AT_ONCE)))
    return next(ids) - 1


# ---- letters --------------------------------------------------------------------------


def _put_letters(db: Db) -> None:
    outbox.put_many(db, (letter(number, NOON) for number in range(1, LETTERS + 1)))


def _deliver(store: Store) -> int:
    return asyncio.run(_claim_and_settle(store))


async def _claim_and_settle(store: Store) -> int:
    """Look for AT_ONCE letters, claim them, and store that they were sent, as the sender does."""
    done: list[Fate] = []
    ledger = Ledger(store, delivery_events, SystemClock(), done.append)
    while letters := (await store.read(outbox_claims.look, NOON, AT_ONCE)).letters:
        claimed = await store.write(outbox_claims.claim, [one.id for one in letters], NOON)
        if len(claimed) != len(letters):
            raise RuntimeError("some letters were not free")
        for one in letters:
            ledger.add(Sent(one, one.id, NOON))
        await ledger.settled()
    if len(done) != LETTERS:
        raise RuntimeError(f"{len(done)} letters were settled, of {LETTERS}")
    return len(done)


# ---- answers --------------------------------------------------------------------------


def _released(db: Db) -> list[tuple[int, int]]:
    """Enrol athletes, all of whom were just released; return (session, chat) of each."""
    fill(db, ANSWERS, tomorrow(SystemClock().now()))
    return ask(db, ANSWERS)


def _answering(asked: list[tuple[int, int]]) -> Callable[[Store], int]:
    came = [arrived(one) for one in presses(asked)]

    def answer(store: Store) -> int:
        asyncio.run(_handle(store, came))
        return len(came)

    return answer


async def _handle(store: Store, came: list[Arrived]) -> None:
    """Store the presses as the poller does, and handle all of them."""
    clock = SystemClock()
    inbox = Inbox(store, clock, Rules("bench_bot", open_enrolment=False))
    await inbox.step()
    for first in range(0, len(came), BATCH):
        some = came[first : first + BATCH]
        inbox.wake(await store.write(updates.receive, some, clock.now(), backlog=False))
    await inbox.settled()


def _handled(db: Db) -> int:
    """Return how many rests were told."""
    query = select(func.count()).where(col(OutboxRow.kind) == "Rest")
    return int(db.connection().execute(query).scalar_one())


# ---- the table ------------------------------------------------------------------------

_UPDATES: Final = f"updates stored, {AT_ONCE} waiting"
_LETTERS: Final = f"letters claimed and settled, {AT_ONCE} at once"
_ANSWERS: Final = "pain answers handled"


def _round(kind: Kind, number: int, answer: Callable[[Store], int]) -> dict[str, Speed]:
    """Do each once on a kind of database."""
    stored = kind.fresh(f"stored{number}", None)
    letters = kind.fresh(f"letters{number}", None)
    answers = kind.fresh(f"answers{number}", "released")
    with Store(letters) as store:
        store.write_now(_put_letters)
    found = {
        _UPDATES: speed(kind, stored, _store_updates),
        _LETTERS: speed(kind, letters, _deliver),
        _ANSWERS: speed(kind, answers, answer),
    }
    with Store(answers) as store:
        if (done := store.read_now(_handled)) != ANSWERS:
            raise RuntimeError(f"{done} answers were handled, not {ANSWERS}")
    return found


def _prepared(kind: Kind) -> Callable[[Store], int]:
    """Make the database `released`; return what handles all answers on a copy of it."""
    with Store(kind.fresh("released", None)) as store:
        return _answering(store.write_now(_released))


def answers_on(kind: Kind) -> Speed:
    """Return what an answer takes on a kind of database: the best of ROUNDS."""
    answer = _prepared(kind)
    addresses = [kind.fresh(f"answers{number}", "released") for number in range(ROUNDS)]
    return min((speed(kind, one, answer) for one in addresses), key=lambda one: one.bot_s)


def measure(folder: Path) -> list[Part]:
    """Do all of it on both by turns; the best round of each counts."""
    found: dict[str, list[dict[str, Speed]]] = {}
    with both(folder) as kinds:
        answer = {kind.name: _prepared(kind) for kind in kinds}
        for number in range(ROUNDS):
            for kind in kinds:
                found.setdefault(kind.name, []).append(_round(kind, number, answer[kind.name]))
    rows = []
    for what in (_UPDATES, _LETTERS, _ANSWERS):
        file, server = (
            max((one[what] for one in rounds), key=lambda one: one.per_s)
            for rounds in found.values()
        )
        ratio = f"{server.per_s / file.per_s:.2f} ×"
        speeds = (f"{file.per_s:,.0f}", f"{server.per_s:,.0f}", ratio)
        costs = (ms(file.bot_s), ms(server.bot_s), ms(server.server_s))
        rows.append((what, *speeds, f"≥ {WANTED} ×", *costs))
    return [
        Part(
            "SQLite and PostgreSQL",
            (
                *("a second", "SQLite", "PostgreSQL", "ratio", "to reach"),
                *("CPU of one: SQLite's bot", "PostgreSQL's bot", "its server"),
            ),
            tuple(rows),
            "On the same disk, each with what it committed kept through a loss of power (SQLite: "
            "`synchronous=FULL`; PostgreSQL: fsync, synchronous_commit and full_page_writes on), "
            "by turns, "
            f"the best of {ROUNDS} rounds. Updates wait as posts do at `holdfast ingress`: those "
            "that come while others are stored go together. Letters are looked for, claimed, and "
            "settled with what follows from it, as the sender does. Answers are by button: stored "
            f"as the poller does it, {BATCH} at a time, then each handled in a flow of its own "
            "with its rest, both messages and what time brings next. The server is on the same "
            "cores as the bot.",
        )
    ]
