"""Everybody presses Start in the same second: who begins when, and whether cues stay on time.

All of it is the product's: the line, sessions, time's acts, the outbox, the sender. Only the people
and the Bot API are made, and the clock is virtual.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import Session as Db
from sqlmodel import col
from telegram import Bot

from bench.deliver import percentile, plainly
from bench.lateness import RATE
from bench.population import fill
from bench.table import Part, seconds
from bot.conversation.interaction import Interaction
from bot.delivery.sender import Sender
from bot.dispatch import delivery_events
from bot.store import people
from bot.store.engine import Store
from bot.store.tables import OutboxRow, OutboxState, SessionRow
from bot.training.session import actions, start_queue
from testkit import time_acts, virtual
from testkit.bot_api import TOKEN, BotApi, Fields, Latency, Report
from testkit.database import in_memory
from testkit.near import LATENCY_S, NearRequest
from testkit.rules import LIMITS, Rules
from testkit.virtual import VirtualClock

ATHLETES: Final = 400
ANSWER_S: Final = (2.0, 6.0)
"""How long somebody takes to answer."""
LOOKED_AT_S: Final = 200.0
P99_S: Final = 0.5
LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of the cues, in seconds and numbers; `waits` are those that were told."""

    late: list[float]
    dropped: int
    waits: list[float]
    opened: int
    report: Report


class Crowd:
    """Athletes who press Start and answer every question; 1 and 2 of 10, in turn."""

    def __init__(self, store: Store, clock: VirtualClock) -> None:
        self._store = store
        self._clock = clock
        self._draw = random.Random(1)  # noqa: S311 - a scenario
        self._updates = count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    def handed(self, _method: str, fields: Fields, _at: float, taken: bool) -> None:  # noqa: FBT001 - as `Handed`
        """Read what came, and answer what is a question."""
        session, _, what = fields.get("text", "").partition(":")
        kind, _, index = what.partition(":")
        if taken and session.startswith("s") and kind in {"setup", "release"}:
            about = -1 if kind == "setup" else int(index)
            chat = int(fields["chat_id"])
            self._go(self._answers(chat, int(session[1:]), about))

    async def press(self, chat: int) -> None:
        """Press Start within the second."""
        await asyncio.sleep(self._draw.random())
        await self._act(chat, actions.begin)

    async def _answers(self, chat: int, session: int, about: int) -> None:
        await asyncio.sleep(self._draw.uniform(*ANSWER_S))
        await self._act(chat, lambda turn: actions.answer_pain(turn, 1, session, about))

    async def _act(self, chat: int, act: Callable[[Interaction], None]) -> None:
        update, now = next(self._updates), self._clock.now()

        def acts(db: Db) -> None:
            who = people.who_is(db, chat)
            act(Interaction(db, who, update, now, message_id=1, query_id=f"u{update}"))

        await self._store.write(acts)

    def _go(self, act: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(act)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _scenario(clock: VirtualClock) -> Seen:
    with in_memory() as store:
        store.write_now(fill, ATHLETES, clock.now() + timedelta(days=1))
        crowd, moved, api = Crowd(store, clock), asyncio.Event(), BotApi(Rules(LIMITS))
        bot = Bot(TOKEN, request=NearRequest(api, Latency(*LATENCY_S), crowd.handed))
        await bot.initialize()
        sender = Sender(store, bot, plainly, delivery_events, clock, RATE)
        store.on_commit += [sender.wake, moved.set]
        working = [
            asyncio.create_task(sender.run()),
            asyncio.create_task(time_acts.act(store, clock, moved, look_s=LOOK_S)),
            *(asyncio.create_task(crowd.press(chat)) for chat in range(1, ATHLETES + 1)),
        ]
        await asyncio.sleep(LOOKED_AT_S)
        for task in working:
            task.cancel()
        for ended in await asyncio.gather(*working, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
        await sender.settled()
        return store.read_now(_seen, api.report())


def _seen(db: Db, report: Report) -> Seen:
    cues = select(OutboxRow.due, OutboxRow.handed_at, OutboxRow.state).where(  # type: ignore[call-overload]
        col(OutboxRow.kind).in_(("Hold", "Release"))
    )
    rows = list(db.connection().execute(cues))
    sent = [(due, at) for due, at, state in rows if state == OutboxState.SENT]
    told = select(OutboxRow.due, OutboxRow.body).where(  # type: ignore[call-overload]
        col(OutboxRow.body).contains('"in_line"')
    )
    return Seen(
        late=sorted((at - due).total_seconds() for due, at in sent),
        dropped=sum(state == OutboxState.DROPPED for _due, _at, state in rows),
        waits=sorted(_wait(due, body) for due, body in db.connection().execute(told)),
        opened=len(list(db.exec(select(SessionRow.id)))),  # type: ignore[call-overload]
        report=report,
    )


def _wait(due: datetime, body: str) -> float:
    at = body.partition('"at": "')[2].partition('"')[0]
    return (datetime.fromisoformat(at) - due).total_seconds()


def measure() -> Part:
    """Let 400 press Start, and look on for a while."""
    seen = virtual.run(_scenario)
    carried = int(start_queue.SHARE * RATE / start_queue.load_of(10, 20))
    return Part(
        f"{ATHLETES} athletes press Start in the same second",
        ("", "to reach", "Holdfast"),
        (
            ("HOLD and RELEASE handed over", "", f"{len(seen.late):,}"),
            ("late, 99th percentile", f"≤ {P99_S} s", seconds(percentile(seen.late, 0.99))),
            ("latest", "", seconds(seen.late[-1])),
            ("HOLD not sent, being too late", "0", f"{seen.dropped}"),
            ("refused with 429", "0", f"{seen.report.refused}"),
            ("sessions begun", "", f"{seen.opened}"),
            ("starts offered later", "", f"{len(seen.waits)}"),
            ("in, median", "", seconds(percentile(seen.waits, 0.5))),
            ("in, at most", "", seconds(seen.waits[-1])),
        ),
        f"{RATE:.0f} a second, on a virtual clock; the first {LOOKED_AT_S:.0f} s. A budget of 80 % "
        f"carries {carried} sessions of 5 × 10 s at a time.",
    )
