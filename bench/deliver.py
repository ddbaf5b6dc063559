"""A morning delivered: by Holdfast's outbox and sender, and by python-telegram-bot's limiter.

Both make the same calls at the same instants through the same rule-book. What is measured is when
each call was handed to the Bot API that took it.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from sqlmodel import Session as Db
from telegram import Bot
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import BaseRequest

from bench.crowd import CUES, Morning, Planned, What, put
from bot.delivery.ports import Call, SenderClock, Taken
from bot.delivery.sender import Sender
from bot.store.engine import Store
from bot.store.outbox_claims import Claimed
from testkit.bot_api import TOKEN, Fields
from testkit.near import Handed
from testkit.rules import busiest, idlest

SPAN_S: Final = 10.0
"""In which the use of the budget is looked at."""
LONGEST_S: Final = 3_000.0
"""After which a scenario is given up."""
AFTER_S: Final = 5.0
"""How long what is under way is waited for when the last reminder is out."""
RETRIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Api:
    """Where the Bot API is, and what makes a transport to it that tells what is handed over."""

    url: str
    request: Callable[[Handed], BaseRequest]


class NothingFollows:
    """News that nobody acts on."""

    def sent(self, _db: Db, _letters: Sequence[Taken], _now: datetime) -> bool:
        """Letters were delivered."""
        return False

    def lost(self, db: Db, letter: Claimed, now: datetime) -> None:
        """A letter was not."""

    def unreachable(self, db: Db, chat_id: int, now: datetime) -> None:
        """A chat cannot be reached."""

    def paced(self, db: Db, rate: float, now: datetime) -> None:
        """So many messages a second are allowed from now on."""

    def too_many(self, db: Db, now: datetime) -> None:
        """Telegram refused a letter because too many were sent."""


@dataclass(slots=True)
class Delivered:
    """What became of a morning. Seconds count from its beginning."""

    morning: Morning
    due: dict[str, Planned] = field(default_factory=dict)
    """Every call that became due, by its key."""
    handed: dict[str, float] = field(default_factory=dict)
    """When the call of a key was handed over and taken."""
    calls: list[tuple[float, bool]] = field(default_factory=list)
    """Every call: when, and whether Telegram counts it."""
    done_at: float | None = None
    """When the last reminder was handed over; None if that never came."""

    def late(self, *what: What) -> list[float]:
        """Return how late each call of these kinds was, ascending; the lost ones are left out."""
        return sorted(
            self.handed[key] - call.at
            for key, call in self.due.items()
            if call.what in what and key in self.handed and call.at >= self.morning.reminders_at
        )

    @property
    def lost(self) -> int:
        """How many cues were never handed over."""
        return sum(call.what in CUES and key not in self.handed for key, call in self.due.items())

    @property
    def reminders_s(self) -> float | None:
        """How long the reminders took."""
        return None if self.done_at is None else self.done_at - self.morning.reminders_at

    def least_use(self, *, with_answers: bool) -> float:
        """Return the smallest part of the budget that was used in any 10 s of the backlog."""
        times = [at for at, counted in self.calls if counted or with_answers]
        start = self.morning.reminders_at
        end = times[-1] if self.done_at is None else self.done_at
        return idlest(times, SPAN_S, start, end) / SPAN_S / self.morning.rate

    def busiest_second(self, *, with_answers: bool) -> int:
        """Return the most calls in any rolling second."""
        return busiest([at for at, counted in self.calls if counted or with_answers])


def percentile(ascending: list[float], part: float) -> float:
    """Return what `part` of the values are not over."""
    return ascending[min(len(ascending) - 1, int(part * len(ascending)))]


class _Course:
    """Walks through a morning, and notes what is handed over."""

    def __init__(self, morning: Morning) -> None:
        self.result = Delivered(morning)
        self.over = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._begun = self._loop.time()
        self._left = morning.reminders

    def handed(self, method: str, fields: Fields, at: float, taken: bool) -> None:  # noqa: FBT001 - as `Handed`
        """Note a call."""
        key = fields.get("callback_query_id") or fields.get("text", "")
        if key not in self.result.due:
            return
        since = at - self._begun
        self.result.calls.append((since, method != "answerCallbackQuery"))
        if not taken:
            return
        self.result.handed[key] = since
        if self.result.due[key].what is What.REMINDER:
            self._left -= 1
            if not self._left:
                self.result.done_at = since
                self.over.set()

    async def walk(self, act: Callable[[list[Planned]], Awaitable[None]]) -> None:
        """Let `act` do what is due, instant by instant, until all reminders are out."""
        walking = asyncio.create_task(self._walk(act))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_S):
                await self.over.wait()
        self.over.set()
        await walking
        await asyncio.sleep(AFTER_S)

    async def _walk(self, act: Callable[[list[Planned]], Awaitable[None]]) -> None:
        for at, calls in groupby(self.result.morning.plan(), lambda call: call.at):
            wait = self._begun + at - self._loop.time()
            if wait > 0:
                await asyncio.sleep(wait)
            if self.over.is_set():
                return
            due = list(calls)
            self.result.due.update((call.key, call) for call in due)
            await act(due)


async def plainly(letter: Claimed, _now: datetime) -> Call | None:
    """Render a letter as its key."""
    words = {"chat_id": letter.chat_id, "text": letter.key}
    if letter.kind == "TakeBack":
        return "delete_message", {"chat_id": letter.chat_id, "message_id": 1}
    if letter.kind == "Answer":
        return "answer_callback_query", {"callback_query_id": letter.key, "text": "Noted"}
    if letter.edits is not None and letter.message_id is not None:
        return "edit_message_text", {**words, "message_id": letter.message_id}
    return "send_message", words


async def ours(morning: Morning, api: Api, store: Store, clock: SenderClock) -> Delivered:
    """Deliver by the outbox and the sender."""
    course, begun = _Course(morning), clock.now()
    bot = Bot(TOKEN, base_url=api.url, request=api.request(course.handed))
    await bot.initialize()
    sender = Sender(store, bot, plainly, NothingFollows(), clock, morning.rate)
    store.on_commit.append(sender.wake)
    sending = asyncio.create_task(sender.run())

    async def act(calls: list[Planned]) -> None:
        await store.write(put, calls, begun)

    await course.walk(act)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    await sender.settled()
    store.on_commit.clear()
    await bot.shutdown()
    return course.result


async def _made(bot: Bot, call: Planned) -> None:
    """Make one call itself."""
    match call.what:
        case What.ANSWER:
            await bot.answer_callback_query(call.key, "Noted")
        case What.REST:
            await bot.edit_message_text(call.key, call.chat, message_id=1)
        case _:
            await bot.send_message(call.chat, call.key)


async def theirs(morning: Morning, api: Api) -> Delivered:
    """Deliver as handlers and jobs of python-telegram-bot do: each call when it is due."""
    course = _Course(morning)
    limiter = AIORateLimiter(
        overall_max_rate=morning.rate, overall_time_period=1, max_retries=RETRIES
    )
    request = api.request(course.handed)
    bot: ExtBot[int] = ExtBot(TOKEN, base_url=api.url, request=request, rate_limiter=limiter)
    await bot.initialize()
    tasks: set[asyncio.Task[Any]] = set()

    async def act(calls: list[Planned]) -> None:
        for call in calls:
            task = asyncio.create_task(_made(bot, call))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    await course.walk(act)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LONGEST_S):
            while tasks:
                await asyncio.wait(set(tasks))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await bot.shutdown()
    return course.result
