"""A term: from when a node got the lock until it ends, or cannot know that it still leads."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from bot.clock.clock import SystemClock
from bot.nodes.gate import Gate
from bot.nodes.line import TRIES, DirectLine
from bot.nodes.over import TermOverError, WhyOver
from bot.nodes.reach import CUT_OFF_S, Reach
from bot.store import lease, wakeup
from bot.store.engine import Store
from bot.store.lease import OLD_S, Beaten, Won
from bot.store.server_connection import ServerConnection

BEAT_S: Final = 0.4
TICK_S: Final = 0.1
"""So often it is looked whether a beat that was asked for has come."""
AWAY_TICKS: Final = 6
"""A beat that waits for so many looks says that the database is out of reach. Looks are counted,
and not seconds: a process that was frozen has looked at nothing meanwhile."""
TRUE_S: Final = 0.25
"""A round trip that took longer says too little of the database's time."""
LEADERLESS: Final = timedelta(seconds=30)
"""Where nobody has led for longer, a term begins as a start does."""
SOON_S: Final = 3.0


class _Round(NamedTuple):
    """A beat's answer, with when it was asked for and came."""

    answer: Beaten | None
    begun: float
    came: float


class Term:
    """One term of this node. `store` has the right to write; nothing of it outlives the term.

    It `is_start` where nobody led lately: what was under way then is broken off, and told so.
    """

    def __init__(
        self,
        node: str,
        store: Store,
        line: DirectLine,
        won: Won,
        begun: float,
        clock: SystemClock,
        reach: Reach,
    ) -> None:
        self._node = node
        self._line = line
        self._clock = clock
        self._reach = reach
        self._others = 0
        self.store = store
        self.epoch = won.epoch
        self.former_beat_at = at = won.beat_at
        self.is_start = at is None or clock.now() - at > LEADERLESS
        self._former_reached_at = won.reached_at
        self.gate = Gate(clock.elapsed, lambda: store.is_cut)
        self.gate.beaten(begun)
        self.in_doubt = self.given_back = False
        self._beating: asyncio.Task[None] | None = None

    @property
    def fetched_until(self) -> datetime | None:
        """Until when another fetched what people said, in good order; None where nobody did."""
        beat, reached = self.former_beat_at, self._former_reached_at
        if self.is_start or beat is None or reached is None:
            return None
        return beat if reached >= beat else reached - timedelta(seconds=CUT_OFF_S)

    def begin(self) -> None:
        """Beat from now on."""
        self._beating = asyncio.create_task(self._beats())

    async def kept(self) -> None:
        """Wait as long as the term lasts. Raises `TermOverError`."""
        assert self._beating is not None
        await asyncio.shield(self._beating)

    async def listen(self, callback: Callable[[], None]) -> None:
        """Call `callback` for rows that others have stored, until cancelled."""
        await wakeup.listen(self._line.url, self._clock, callback)

    def over(self, why: WhyOver) -> TermOverError:
        """Note that it is over, and return what tells so."""
        over = TermOverError(why)
        self.in_doubt = self.in_doubt or over.in_doubt
        if not over.in_doubt:
            self.gate.away = False
        self.gate.shut()
        return over

    async def _beats(self) -> None:
        failed = 0
        while True:
            failed = 0 if await self._beat(failed) else failed + 1
            await self._clock.wait(asyncio.Event(), TICK_S if failed else BEAT_S)

    async def _beat(self, failed: int) -> bool:
        """Beat once; return whether the server answered."""
        reaches = not self._reach.cut_off
        asked = asyncio.wrap_future(self._line.call(self._round, reaches=reaches))
        looks = 0
        while not asked.done():
            await asyncio.wait({asked}, timeout=TICK_S)
            looks += 1
            if looks > AWAY_TICKS and not asked.done():
                self.gate.away = True
            self._look(in_vain=looks > AWAY_TICKS)
        try:
            found = asked.result()
        except TRIES:
            # Its own connection may have been ended: only when a new one fails, the server is away.
            self.gate.away = self.gate.away or failed > 0
            self._look(in_vain=failed > 0)
            return False
        self._heard(found)
        self._look(in_vain=False)
        return True

    def _round(self, line: ServerConnection, *, reaches: bool) -> _Round:
        process = self._line.process
        assert process is not None
        begun = self._clock.elapsed()
        answer = lease.beat(line, self._node, process, self.epoch, reaches=reaches)
        return _Round(answer, begun, self._clock.elapsed())

    def _heard(self, found: _Round) -> None:
        answer = found.answer
        if answer is None:
            raise self.over(WhyOver.TAKEN)
        self.gate.beaten(found.begun)
        if found.came - found.begun <= TRUE_S:
            self._clock.follow(answer.at, (found.begun + found.came) / 2)
        self._others = answer.others
        self._reach.wanted = answer.others > 0
        if answer.reaching and self._reach.cut_off:
            raise self.over(WhyOver.CUT_OFF)

    def _look(self, *, in_vain: bool) -> None:
        """Raise where the term is over. A silence counts where the server was asked in vain.

        A process that was frozen may find that nobody wanted to lead meanwhile.
        """
        if self.store.is_cut:
            raise self.over(WhyOver.LOST)
        if in_vain and self.gate.silent_s > OLD_S:
            raise self.over(WhyOver.SILENT)

    async def has_others(self) -> bool:
        """Whether another node is there, which will go on when this one ends."""
        with suppress(*TRIES, TimeoutError):
            found = await self._line.ask(self._round, SOON_S, reaches=True)
            return found.answer is not None and found.answer.others > 0
        return self._others > 0

    async def give_back(self) -> None:
        """It ends in order, and nobody is there to go on: the next term is a start."""
        self.given_back = True
        with suppress(*TRIES, TimeoutError):
            await self._line.ask(lease.give_back, SOON_S, self.epoch)

    async def leave(self) -> None:
        """The process ends: it is not among the nodes any more."""
        with suppress(*TRIES, TimeoutError):
            await self._line.ask(lease.leave, SOON_S, self._node)

    async def close(self) -> None:
        """Let go of the connections, and so of the right to write; never waits for a server."""
        self.gate.shut()
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        self._line.close()
        if self.in_doubt:
            self.store.sever()
        await asyncio.to_thread(self.store.close)
