"""A node's life: it stands by until it gets the lock, leads for a term, and stands by again."""

import asyncio
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from sqlmodel import Session as Db

from bot.clock.clock import SystemClock
from bot.nodes.line import TRIES, DirectLine
from bot.nodes.reach import Reach
from bot.nodes.remains import Remains
from bot.nodes.term import SOON_S, TRUE_S, Term
from bot.nodes.waiting import unless
from bot.store import lease, own_bot
from bot.store.engine import Store
from bot.store.faults import is_passing
from bot.store.home import Home
from bot.store.lease import OLD_S, LookedAt, Process, Won
from bot.store.server_connection import ServerConnection

log = structlog.get_logger()

TRY_S: Final = 0.25
"""So often a node that stands by tries to get the lock."""
LOOK_S: Final = 0.5
"""So often it looks who leads, and is seen itself."""
SEEN_OFF: Final = 8
"""So many tries a node that ends in order gives the others."""
OTHERS_FIRST_S: Final = 10.0
"""A node that did not reach Telegram lets others try for so long, unless it hears it before."""
READERS_WARM: Final = 2


Lead = Callable[[Term, asyncio.Event, Mapping[int, bool]], Awaitable[Remains]]
"""Leads for a term, until it is over or the event is set; `cut` is what an earlier one left."""


class Node:
    """One process of several; `name` is what the others, and people, know it by.

    `bot` is the id of the bot whose token it has: it leads that one's database, and no other's.
    """

    def __init__(self, home: Home, bot: str, clock: SystemClock, reach: Reach, lead: Lead) -> None:
        self._home = home
        self._bot = bot
        self._clock = clock
        self._reach = reach
        self._lead = lead
        # Containers of one machine may have its name, and each a process 1.
        self.name = f"{socket.gethostname()}:{os.getpid()}-{secrets.token_hex(2)}"
        self.role: str | None = None
        self._greeted = self._seeing_off = False
        self._remains: Remains | None = None
        self._remaining: asyncio.Task[None] | None = None
        self._ended: Term | None = None
        self._others_first_until = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """Stand by and lead, until `stop` is set. Raises what leading raises, `OtherBotError`."""
        try:
            while not stop.is_set():
                term = await unless(stop, self._stand_by())
                if term is not None:
                    await self._lead_for(term, stop)
        finally:
            await self._end()

    async def _lead_for(self, term: Term, stop: asyncio.Event) -> None:
        cut = dict(self._remains.cut) if self._remains is not None else {}
        await self._forget()
        self.role = "leader"
        term.begin()
        try:
            remains = await self._lead(term, stop, cut)
        except Exception as error:  # noqa: BLE001 - judged there
            term.in_doubt = True
            await term.close()
            await self._gone(error)
            return
        self.role, self._greeted = "standby", False
        if self._reach.cut_off:
            self._others_first_until = self._clock.elapsed() + OTHERS_FIRST_S
        if stop.is_set():
            await term.leave()
        if not term.in_doubt:
            await term.close()
            if stop.is_set() and not term.given_back:
                await self._see_off(term.epoch, stop)
            return
        self._ended, self._remains = term, remains
        self._remaining = asyncio.create_task(remains.run())

    async def _see_off(self, epoch: int, stop: asyncio.Event) -> None:
        """Wait until another goes on; if none does, lead once more, and end as the last one does.

        All nodes may have been told to end at the same moment.
        """
        line, self._seeing_off = DirectLine(self._home.url), not self._seeing_off
        try:
            for _ in range(SEEN_OFF):
                if not self._seeing_off or await line.ask(lease.epoch, SOON_S) > epoch:
                    return
                await self._clock.wait(asyncio.Event(), TRY_S)
            async with asyncio.timeout(SOON_S):
                term = await self._stand_by()
            await self._lead_for(term, stop)
        except (*TRIES, TimeoutError):
            return
        finally:
            line.close()

    # ---- what is left of a term -------------------------------------------------------------

    async def _forget(self) -> None:
        """Let go of what is left of the last term: somebody leads."""
        remaining, self._remaining = self._remaining, None
        remains, self._remains = self._remains, None
        ended, self._ended = self._ended, None
        if remaining is not None:
            remaining.cancel()
            await asyncio.gather(remaining, return_exceptions=True)
        if remains is not None:
            await remains.close()
        if ended is not None:
            await ended.close()

    def _out_of_reach(self, *, away: bool) -> None:
        """The server answers, or does not: what was promised in memory is said then alone."""
        if self._ended is not None:
            self._ended.gate.away = away

    async def _end(self) -> None:
        if self._remains is not None and self._ended is not None and self._ended.gate.away:
            await self._remains.last_words()
        await self._forget()

    # ---- standing by ------------------------------------------------------------------------

    async def _stand_by(self) -> Term:
        """Return a term as soon as there is one; a server that is gone is waited for."""
        while True:
            line = DirectLine(self._home.url)
            try:
                store = await asyncio.to_thread(Store, self._home.url)
            except Exception as error:  # noqa: BLE001 - judged there
                line.close()
                await self._gone(error)
                continue
            term: Term | None = None
            try:
                term = await self._contend(store, line)
            except Exception as error:  # noqa: BLE001 - judged there
                await self._gone(error)
            else:
                return term
            finally:
                if term is None:
                    await self._let_go(store, line)

    async def _gone(self, error: Exception) -> None:
        """Wait a little where it is the server that failed; raise anything else."""
        if not (isinstance(error, TimeoutError) or is_passing(error)):
            raise error
        if self.role is not None:
            log.warning("database_away", error=type(error).__name__)
        self.role = None
        self._out_of_reach(away=True)
        await self._clock.wait(asyncio.Event(), TRY_S)

    async def _let_go(self, store: Store, line: DirectLine) -> None:
        with suppress(*TRIES, TimeoutError):
            if self.role == "standby" and line.process is not None:
                await line.ask(lease.leave, TRY_S, self.name)
        line.close()
        store.sever()
        await asyncio.shield(asyncio.to_thread(store.close))

    async def _contend(self, store: Store, line: DirectLine) -> Term:
        async with asyncio.timeout(SOON_S):
            nothing = [store.read(lambda _db: None) for _ in range(READERS_WARM)]
            await asyncio.gather(*nothing)
        looked, current, shown = float("-inf"), False, False
        while True:
            begun = self._clock.elapsed()
            if begun - looked >= LOOK_S:
                looked = begun
                current = current or await asyncio.to_thread(self._home.is_current)
                shown = shown or current or await asyncio.to_thread(self._home.shows_nodes)
                if shown:  # else who ends would break off what is under way: nobody is there
                    await self._look(line)
                self._out_of_reach(away=False)
            if begun >= self._others_first_until:
                term = await self._try(store, line, current=current)
                if term is not None:
                    return term
            await self._clock.wait(asyncio.Event(), TRY_S)

    async def _look(self, line: DirectLine) -> None:
        reaches = self._reach.wanted and self._reach.heard_lately
        seen, begun, came = await line.ask(self._seen, SOON_S, reaches=reaches)
        self.role = "standby"
        own_bot.require(seen.bot, self._bot)
        if came - begun <= TRUE_S or not self._clock.follows:
            self._clock.follow(seen.at, (begun + came) / 2, anew=True)
        if not self._greeted:
            log.info("standby", node=self.name, leader=seen.holder or None, epoch=seen.epoch)
        self._greeted = True
        fresh = seen.beat_age_s is not None and seen.beat_age_s <= OLD_S
        held_back = begun < self._others_first_until
        self._reach.wanted = held_back or (fresh and seen.cut_off)
        if seen.others == 0 or self._reach.heard_lately:
            self._others_first_until = float("-inf")
        if self._ended is not None and seen.epoch > self._ended.epoch:
            await self._forget()
        if seen.beat_age_s is not None and not fresh:
            ended = await line.ask(lease.end_holder, SOON_S)
            if ended:
                log.warning("holder_ended", holder=seen.holder, silent_s=round(seen.beat_age_s, 1))

    def _seen(self, line: ServerConnection, *, reaches: bool) -> tuple[LookedAt, float, float]:
        """Return what is seen, and when that was asked for and came."""
        begun = self._clock.elapsed()
        seen = lease.stand_by(line, self.name, reaches=reaches)
        return seen, begun, self._clock.elapsed()

    async def _try(self, store: Store, line: DirectLine, *, current: bool) -> Term | None:
        """Try to get the lock. Older tables are changed, or new ones made, by who has it alone."""
        async with asyncio.timeout(SOON_S):
            if not current and not await store.write(lease.try_to_lead):
                return None
        if not current:
            own_bot.require(await asyncio.to_thread(self._home.bot), self._bot)
            await asyncio.to_thread(self._home.migrate)
            await self._look(line)
        process, begun = line.process, self._clock.elapsed()
        if process is None:
            return None
        async with asyncio.timeout(SOON_S):
            now = self._clock.now()
            won = await store.write(_take, self.name, process, self._bot, now)
        if won is None:
            return None
        return Term(self.name, store, line, won, begun, self._clock, self._reach)


def _take(db: Db, node: str, process: Process, bot: str, now: datetime) -> Won | None:
    """Begin a term, if nobody leads; with the first one the database is this bot's.

    Raises `OtherBotError` where it is another's by now, and nothing is written.
    """
    won = lease.take(db, node, process)
    if won is not None:
        own_bot.claim(db, bot, now)
    return won
