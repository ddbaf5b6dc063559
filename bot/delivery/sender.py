"""The outbox on its way to the Bot API: the most urgent first, claimed before it is sent."""

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session as Db
from telegram import Bot
from telegram.error import TelegramError

from bot.delivery import results
from bot.delivery.carrier import Alone, Carrier
from bot.delivery.choice import Choice, Unknown, all_known, in_order
from bot.delivery.limiter import ANSWER, OWN, URGENT, Lane, Pace, Slot, lane_of
from bot.delivery.ports import (
    Call,
    Knows,
    MayLeave,
    Memory,
    News,
    Render,
    SenderClock,
    Unwatched,
    Watch,
)
from bot.delivery.results import Fate, Late, Ledger
from bot.store import audience, outbox, outbox_claims
from bot.store.engine import Store, quiet
from bot.store.outbox_claims import Claimed, Look

log = structlog.get_logger()

LOOK: Final = 64
"""Letters looked at in one step, to begin with."""
LOOK_MOST: Final = 4096
AT_ONCE: Final = 200
"""Calls under way at the same time."""
SOON_S: Final = 0.05
"""When there is no room for so long, nothing is looked at meanwhile."""
SHORTEST_S: Final = 1e-4
AGAIN_S: Final = 1.0
"""After a step that failed: the database was locked, perhaps."""
SHUT_S: Final = 0.1
"""While nothing may leave, nothing is claimed; until it is looked at again."""
GATHER_S: Final = 0.005
"""After being woken: what is written by several at once is claimed together."""


class Sender:
    """Sends what is due, one message a chat at a time, within Telegram's limits.

    `rate` is messages a second over all chats. With `paid_rate` reminders, summaries and
    broadcasts go at that rate instead, which Telegram bills. `patience` is how long they wait
    behind people's own answers before they get a share. What it does not `know` is not claimed.
    """

    def __init__(
        self,
        store: Store,
        bot: Bot,
        render: Render,
        news: News,
        clock: SenderClock,
        rate: float,
        *,
        paid_rate: float = 0.0,
        patience: timedelta = timedelta(minutes=10),
        watch: Watch | None = None,
        gate: MayLeave | None = None,
        knows: Knows = all_known,
    ) -> None:
        self._store = store
        self._unknown = Unknown(knows)
        self._news = news
        self._clock = clock
        self._patience = patience
        self._watch = watch or Unwatched()
        self._gate = gate or Alone()
        self.pace = Pace(rate, paid_rate)
        self._ledger = Ledger(store, news, clock, self._settled)
        self._render = render
        self._carrier = Carrier(
            bot, self._rendered, self.pace, clock, self._watch, self._ledger.add, self._audience,
            self._gate,
        )  # fmt: skip
        self._woken = asyncio.Event()
        self._busy: Counter[int] = Counter()
        self._freed: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stepping = asyncio.Lock()
        self._told_rate = 0.0
        self._look_at = LOOK
        self._passed_over = False
        self._counted_at, self._waiting = float("-inf"), 0
        self._ends = False

    @property
    def memory(self) -> Memory:
        """What keeps in mind who waits for a cue."""
        return self._carrier.memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._carrier.memory = memory

    @property
    def fatal(self) -> TelegramError | None:
        """Why nothing can be sent any more, if that is so."""
        return self._carrier.fatal

    def wake(self) -> None:
        """Something may have become due."""
        self._woken.set()

    async def run(self) -> None:
        """Send until cancelled. Raises `InvalidToken` when Telegram does not know the token."""
        while self.fatal is None:
            self._woken.clear()
            # A step is not cut in the middle: what it has claimed would be neither sent nor free.
            wait = await asyncio.shield(asyncio.ensure_future(self._try()))
            await self._rest(wait)
        raise self.fatal

    async def _rest(self, wait: float | None) -> None:
        """Wait until woken, or for `wait`; once woken a moment more, in case others write too."""
        begun = self._clock.ticks()
        await self._clock.wait(self._woken, wait)
        left = GATHER_S if wait is None else wait - (self._clock.ticks() - begun)
        if self._woken.is_set() and left > 0:
            await self._clock.wait(asyncio.Event(), min(GATHER_S, left))

    async def _try(self) -> float | None:
        """Make a step; one that fails is tried again, since nothing else sends."""
        try:
            return await self.step()
        except Exception:
            log.exception("sending_failed")
            return AGAIN_S

    async def step(self) -> float | None:
        """Claim and start what may go out now; return how many seconds nothing more will."""
        async with self._stepping:
            return await self._step()

    async def _step(self) -> float | None:
        if self.fatal is not None or self._ends:
            return None
        if not self._gate.sends():
            return SHUT_S
        await self._call_off()
        now, ticks = self._clock.now(), self._clock.ticks()
        opens_in = self.pace.opens_at(Lane.CUE, ticks) - ticks
        self._passed_over = len(self._tasks) >= AT_ONCE
        if self._passed_over or 0 < opens_in <= SOON_S:
            return max(SHORTEST_S, opens_in) if opens_in else None
        least = self._least(ticks)
        look = await self._store.read(self._look, now, least, self.pace.owes_bulk)
        choice = self._choose(look, ticks)
        if choice.chosen or choice.held or choice.unknown or look.expired:
            await self._claim(choice, look, now, ticks)
        if self._told_rate != self.pace.free.rate:
            self._told_rate = self.pace.free.rate
            await self._store.write(self._news.paced, self._told_rate, now)
        self._watch.paced(self.pace.free.used(ticks), self.pace.free.rate, self._waiting)
        return self._pause(look, choice, least, now, ticks)

    async def drain(self, seconds: float) -> None:
        """Send what is due and wait for the answers, up to `seconds`: the program ends.

        A session's messages are waited for even where the pace allows none just now.
        """
        try:
            async with asyncio.timeout(seconds) if seconds else contextlib.nullcontext():
                await self._drain()
        finally:
            await self._carrier.hush()

    async def hand_over(self, seconds: float) -> None:
        """Claim nothing more, and wait for the answers to what is under way, up to `seconds`.

        Another process goes on with all the rest.
        """
        self.rest()
        try:
            async with asyncio.timeout(seconds), self._stepping:
                await self.settled()
        finally:
            await self.abandon()

    def rest(self) -> None:
        """Claim nothing more; what is under way goes its way."""
        self._ends = True

    async def abandon(self) -> None:
        """Let go of all that is under way: nothing can be stored about it, another decides."""
        self.rest()
        found = set(self._tasks)
        for one in found:
            one.cancel()
        await asyncio.gather(*found, return_exceptions=True)
        await self._ledger.abandon()
        await self._carrier.hush()

    async def _drain(self) -> None:
        wait = await self.step()
        while self._tasks or await self._session_waits():
            if self._tasks:
                await asyncio.wait(set(self._tasks))
                await self._ledger.settled()
            else:
                await self._clock.wait(asyncio.Event(), wait or SOON_S)
            wait = await self.step()
        await self._ledger.settled()

    async def _session_waits(self) -> bool:
        if self.fatal is not None:
            return False
        ready = await self._store.read(outbox_claims.ready, self._clock.now(), LOOK)
        return any(letter.session_id is not None for letter in ready)

    async def settled(self) -> None:
        """Wait until what is being sent was answered, and the answers are stored."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))
        await self._ledger.settled()

    async def _call_off(self) -> None:
        """Keep letters from leaving whose session was silenced since they were claimed."""
        if not self._carrier.of_sessions:
            return
        for letter in self._carrier.call_off(await self._store.read(outbox_claims.silenced)):
            self._freed.add(letter.id)  # what is said instead does not wait for it
            self._free(letter)

    # ---- claiming ----------------------------------------------------------------------

    def _least(self, ticks: float) -> int:
        """Return the last priority that has room now."""
        if self.pace.opens_at(Lane.BULK, ticks) <= ticks:
            return outbox_claims.ANY
        return OWN if self.pace.opens_at(Lane.PERSON, ticks) <= ticks else URGENT

    def _look(self, db: Db, now: datetime, least: int, owes: bool) -> Look:  # noqa: FBT001 - passed on by the store
        """Return what waits; once a second how many letters wait is counted with it."""
        ticks = self._clock.ticks()
        count = ticks - self._counted_at >= 1
        look = outbox_claims.look(db, now, self._look_at, least, count=count)
        if look.waiting is not None:
            self._counted_at, self._waiting = ticks, look.waiting
        if not owes or self._waiting <= len(look.letters):
            return look
        before = now - self._patience
        if least == outbox_claims.ANY and len(look.letters) < self._look_at:  # nothing else waits
            return replace(look, owed=outbox_claims.overdue_among(look.letters, before))
        return replace(look, owed=outbox_claims.overdue(db, now, before))

    def _choose(self, look: Look, ticks: float) -> Choice:
        chosen: list[tuple[Claimed, Slot]] = []
        chats, held = set(self._busy), dict[int, float]()
        again_at: float | None = None
        letters, unknown = self._unknown.sorted(in_order(look))
        for letter in letters:
            alone = lane_of(letter.priority) is not Lane.CUE and letter.kind != ANSWER
            if alone and letter.chat_id in chats:
                self._passed_over = True
                continue
            if len(chosen) + len(self._tasks) >= AT_ONCE:
                self._passed_over = True
                break
            place = self.pace.take(letter, ticks, owed=letter is look.owed)
            if isinstance(place, Slot):
                chosen.append((letter, place))
                if letter.kind != ANSWER:
                    chats.add(letter.chat_id)
                continue
            again_at = place if again_at is None else min(again_at, place)
            if (until := self.pace.chats.held_until(letter.chat_id)) > ticks:
                held[letter.chat_id] = until
        return Choice(chosen, held, again_at, unknown)

    async def _claim(self, choice: Choice, look: Look, now: datetime, ticks: float) -> None:
        ids = [letter.id for letter, _ in choice.chosen]
        held = {chat: now + timedelta(seconds=until - ticks) for chat, until in choice.held.items()}
        claimed, dropped = await self._store.write(
            self._write_claim, ids, held, choice.unknown, now, look.expired
        )
        for letter in dropped:
            self._carrier.note_dropped(letter)
        for letter, place in choice.chosen:
            if letter.id in claimed:
                self._start(letter, place)
            else:
                self.pace.budget_of(lane_of(letter.priority)).give_back(place)

    def _write_claim(
        self,
        db: Db,
        ids: list[int],
        held: dict[int, datetime],
        unknown: list[Claimed],
        now: datetime,
        expired: bool,  # noqa: FBT001 - passed on by the store
    ) -> tuple[set[int], list[Claimed]]:
        """Claim letters; put off what waits for a chat or a version; drop what has expired."""
        dropped = outbox_claims.expired(db, now) if expired else []
        for letter in dropped:
            results.tell_lost(db, self._news, letter, now)
        for chat_id, until in held.items():
            outbox_claims.hold_chat(db, chat_id, until)
        if unknown:
            self._unknown.put_by(db, unknown, now)
        if not dropped:
            quiet(db)
        return outbox_claims.claim(db, ids, now) if ids else set(), dropped

    def _start(self, letter: Claimed, place: Slot) -> None:
        if letter.kind != ANSWER:
            self._busy[letter.chat_id] += 1
        task = asyncio.create_task(self._carrier.carry(letter, place))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _pause(
        self, look: Look, choice: Choice, least: int, now: datetime, ticks: float
    ) -> float | None:
        waits = []
        if look.next_at is not None:
            waits.append((look.next_at - now).total_seconds())
        if choice.again_at is not None:
            waits.append(choice.again_at - ticks)
        if least != outbox_claims.ANY:
            waits.append(self.pace.opens_at(Lane.BULK, ticks) - ticks)
        if least < OWN:
            waits.append(self.pace.opens_at(Lane.PERSON, ticks) - ticks)
        if self._looks_on(look, choice, ticks):
            waits.append(0.0)
        return max(SHORTEST_S, min(waits)) if waits else None

    def _looks_on(self, look: Look, choice: Choice, ticks: float) -> bool:
        """Whether to look again at once: there is room, and more waits than was looked at.

        If all of it waits for its chat, it is looked deeper.
        """
        full = len(look.letters) >= self._look_at
        roomy = full and self.pace.opens_at(lane_of(look.letters[-1].priority), ticks) <= ticks
        stuck = roomy and not choice.chosen
        looks_on = roomy and not (stuck and self._look_at == LOOK_MOST)
        if stuck:
            self._look_at = min(LOOK_MOST, 2 * self._look_at)
        elif not full:
            self._look_at = LOOK
        return looks_on

    async def _rendered(self, letter: Claimed, now: datetime) -> Call | None:
        return await self._render(letter, now)

    async def _audience(self, letter: Claimed) -> frozenset[int] | None:
        named = outbox.named(letter.body)
        if not named:
            return named
        return await self._store.read(audience.allowed, letter.id, letter.chat_id, named)

    def _settled(self, fate: Fate) -> None:
        """A letter's fate is stored: its chat may have the next one, if one was passed over."""
        if isinstance(fate, Late):  # its chat has gone on since
            return
        if fate.letter.id in self._freed:
            self._freed.discard(fate.letter.id)
        else:
            self._free(fate.letter)
        if self._passed_over:
            self.wake()

    def _free(self, letter: Claimed) -> None:
        """Let the letter's chat have another one."""
        if letter.kind == ANSWER:
            return
        self._busy[letter.chat_id] -= 1
        if not self._busy[letter.chat_id]:
            del self._busy[letter.chat_id]
