"""The outbox on its way to the Bot API: the most urgent first, claimed before it is sent."""

import asyncio
import contextlib
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session as Db
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.delivery.errors import Outcome, classify
from bot.delivery.pace import Pace
from bot.delivery.ports import Clock, News, Render
from bot.delivery.verdict import Do, Verdict, judge
from bot.store import outbox
from bot.store.engine import Store
from bot.store.outbox import Claimed
from bot.store.tables import OutboxState

log = structlog.get_logger()

LOOK_AHEAD: Final = 300
"""Letters looked at in one step."""
URGENT: Final = 2
"""Priorities up to this one (stop, release, hold) wait neither for another message of their chat
nor for its pace: what is felt in the body goes first."""
ANSWER: Final = "Answer"
"""The kind that answers a pressed button: no message to the chat, so it waits for none."""
GLOBAL_WITHIN_S: Final = 3.0
"""Refusals of two chats within this time are taken as one of all chats."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Letters claimed for sending; whether more wait, and when the next one will be due."""

    letters: list[Claimed]
    more: bool
    next_at: datetime | None
    dropped: list[Claimed]


class Sender:
    """Sends what is due, one message a chat at a time, within Telegram's limits."""

    def __init__(
        self, store: Store, bot: Bot, render: Render, news: News, clock: Clock, rate: float
    ) -> None:
        self._store = store
        self._bot = bot
        self._render = render
        self._news = news
        self._clock = clock
        self.pace = Pace(rate)
        self._woken = asyncio.Event()
        self._busy: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._refusals: deque[tuple[float, int]] = deque(maxlen=8)
        self.fatal: TelegramError | None = None

    def wake(self) -> None:
        """Something may have become due."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled. Raises `InvalidToken` when Telegram does not know the token."""
        while self.fatal is None:
            self._woken.clear()
            wait = await self.step()
            await self._clock.wait(self._woken, wait)
        raise self.fatal

    async def step(self) -> float | None:
        """Claim and start what may go out now; return how many seconds nothing more will."""
        now, ticks = self._clock.now(), self._clock.ticks()
        busy = frozenset(self._busy)
        taken = await self._store.write(self._take, now, ticks, busy)
        for letter in taken.dropped:
            log.warning("letter_dropped", kind=letter.kind, letter=letter.id)
        for letter in taken.letters:
            self.pace.took(None if letter.kind == ANSWER else letter.chat_id, ticks)
            self._busy[letter.chat_id] += 1
            task = asyncio.create_task(self._deliver(letter, now))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self._pause(taken, now, ticks)

    def _pause(self, taken: Taken, now: datetime, ticks: float) -> float | None:
        waits = []
        if taken.next_at is not None:
            waits.append((taken.next_at - now).total_seconds())
        if taken.more:
            waits.append(max(0.02, self.pace.frees_at(ticks) - ticks) if self._tasks else 0.05)
        return min(waits, default=None)

    async def drain(self, seconds: float) -> None:
        """Send what is due and wait for the answers, up to `seconds`: the program ends.

        A session's messages are waited for even where the pace allows none just now.
        """
        async with asyncio.timeout(seconds) if seconds else contextlib.nullcontext():
            wait = await self.step()
            while self._tasks or await self._session_waits():
                if self._tasks:
                    await asyncio.wait(set(self._tasks))
                else:
                    await self._clock.wait(asyncio.Event(), wait or 0.05)
                wait = await self.step()

    async def _session_waits(self) -> bool:
        ready = await self._store.read(outbox.ready, self._clock.now(), LOOK_AHEAD)
        return any(letter.session_id is not None for letter in ready)

    async def settled(self) -> None:
        """Wait for the answers of everything that is being sent."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    # ---- claiming ----------------------------------------------------------------------

    def _take(self, db: Db, now: datetime, ticks: float, busy: frozenset[int]) -> Taken:
        dropped = outbox.expired(db, now)
        for letter in dropped:
            self._news.lost(db, letter, now)
        found = outbox.ready(db, now, LOOK_AHEAD)
        chosen = self._choose(found, ticks, busy)
        claimed = outbox.claim(db, [letter.id for letter in chosen], now) if chosen else set()
        letters = [letter for letter in chosen if letter.id in claimed]
        return Taken(letters, len(found) > len(letters), outbox.next_send(db, now), dropped)

    def _choose(self, found: list[Claimed], ticks: float, busy: frozenset[int]) -> list[Claimed]:
        room, chosen, chats = self.pace.room(ticks), list[Claimed](), set(busy)
        for letter in found:
            if len(chosen) >= room:
                break
            urgent = letter.priority <= URGENT or letter.kind == ANSWER
            if not urgent and letter.chat_id in chats:
                continue
            if not urgent and self.pace.chat_free_at(letter.chat_id, ticks) > ticks:
                continue
            chosen.append(letter)
            chats.add(letter.chat_id)
        return chosen

    # ---- sending -----------------------------------------------------------------------

    async def _deliver(self, letter: Claimed, handed_at: datetime) -> None:
        try:
            await self._send(letter, handed_at)
        except Exception:
            log.exception("letter_broken", kind=letter.kind, letter=letter.id)
            await self._store.write(self._settle_lost, letter, OutboxState.FAILED, "broken")
        finally:
            self._busy[letter.chat_id] -= 1
            if not self._busy[letter.chat_id]:
                del self._busy[letter.chat_id]
            self.wake()

    async def _send(self, letter: Claimed, handed_at: datetime) -> None:
        call = await self._render(letter, handed_at)
        if call is None:
            await self._store.write(self._settle_lost, letter, OutboxState.CANCELLED, None)
            return
        method, arguments = call
        try:
            answer = await getattr(self._bot, method)(**arguments)
        except TelegramError as error:
            await self._refused(letter, error)
            return
        message_id = getattr(answer, "message_id", None) or letter.message_id
        await self._store.write(self._settle_sent, letter, message_id, handed_at)

    def _settle_sent(
        self, db: Db, letter: Claimed, message_id: int | None, handed_at: datetime
    ) -> None:
        now = self._clock.now()
        if outbox.settle(db, letter.id, OutboxState.SENT, now, message_id=message_id):
            self._news.sent(db, letter, handed_at, now)

    def _settle_lost(self, db: Db, letter: Claimed, state: OutboxState, error: str | None) -> None:
        now = self._clock.now()
        if outbox.settle(db, letter.id, state, now, error=error):
            self._news.lost(db, letter, now)

    # ---- refusals ----------------------------------------------------------------------

    async def _refused(self, letter: Claimed, error: TelegramError) -> None:
        outcome = classify(error)
        verdict = judge(outcome, letter)
        log.warning(
            "send_refused",
            kind=letter.kind,
            letter=letter.id,
            outcome=outcome.kind,
            action=verdict.do,
        )
        if verdict.do is Do.FATAL:
            self.fatal = InvalidToken("Telegram does not accept the bot's token.")
        if verdict.do is Do.HOLD_CHAT:
            self._note_refusal(letter.chat_id, verdict.seconds)
        await self._store.write(self._carry_out, letter, verdict, outcome)

    def _note_refusal(self, chat_id: int, seconds: float) -> None:
        """Take refusals of several chats at once as one of all chats."""
        ticks = self._clock.ticks()
        self._refusals.append((ticks, chat_id))
        recent = {chat for at, chat in self._refusals if ticks - at <= GLOBAL_WITHIN_S}
        if len(recent) > 1:
            self.pace.refused(ticks, seconds)

    def _carry_out(self, db: Db, letter: Claimed, verdict: Verdict, outcome: Outcome) -> None:
        now = self._clock.now()
        later = now + timedelta(seconds=verdict.seconds)
        match verdict.do:
            case Do.DONE:
                self._settle_sent(db, letter, letter.message_id, now)
            case Do.AGAIN:
                outbox.again(db, letter.id, later, error=outcome.kind)
            case Do.HOLD_CHAT:
                outbox.again(db, letter.id, later, error=outcome.kind)
                outbox.hold_chat(db, letter.chat_id, later)
            case Do.ANEW:
                outbox.unbind(db, letter.id, now)
            case Do.MOVE:
                assert outcome.new_chat_id is not None
                outbox.readdress(db, letter.chat_id, outcome.new_chat_id)
                outbox.again(db, letter.id, now)
            case Do.UNREACHABLE:
                self._settle_lost(db, letter, OutboxState.FAILED, outcome.kind)
                self._news.unreachable(db, letter.chat_id, now)
            case Do.UNSURE:
                self._settle_lost(db, letter, OutboxState.UNSURE, outcome.kind)
            case Do.FAIL | Do.FATAL:
                self._settle_lost(db, letter, OutboxState.FAILED, outcome.kind)


def recover(db: Db, now: datetime, news: News) -> int:
    """Decide about what a former run was sending: again where safe, never a HOLD."""
    found = outbox.found_sending(db)
    for letter in found:
        if letter.repeatable:
            outbox.again(db, letter.id, now, error="restart")
        elif outbox.settle(db, letter.id, OutboxState.UNSURE, now, error="restart"):
            news.lost(db, letter, now)
    return len(found)
