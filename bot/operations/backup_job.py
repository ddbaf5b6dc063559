"""Backups, made outside any transaction and beside everything else, in a thread of their own."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, time

import structlog

from bot.clock.ports import BackupClock, ClockFlows
from bot.operations import backups
from bot.operations.backups import BackupError, Copied
from bot.store import erasures
from bot.store.engine import StoreError
from bot.store.erasures import Erasure

log = structlog.get_logger()

Copy = Callable[[datetime, Callable[[], bool]], Copied]
"""Makes a backup, which takes its time; gives up soon after its second argument says so."""
PutDown = Callable[[list[Erasure]], None]
"""Adds to the list of who was erased."""


class Backups:
    """Makes a backup whenever one is wanted. `nightly` is a time of the UTC day, or None.

    Who was erased is put down beside the backups by `put_down`, so that none brings them back.
    """

    def __init__(
        self,
        desk: ClockFlows,
        clock: BackupClock,
        copy: Copy,
        nightly: time | None,
        put_down: PutDown = lambda _erased: None,
    ) -> None:
        self._put_down = put_down
        self._told = False
        self._desk = desk
        self._clock = clock
        self._copy = copy
        self._nightly = nightly
        self._rung = asyncio.Event()
        self._ended = threading.Event()

    def ring(self) -> None:
        """Have a look soon."""
        self._rung.set()

    async def run(self) -> None:
        """Look at every ring until cancelled; a copy under way is given up then."""
        try:
            while True:
                await self._rung.wait()
                self._rung.clear()
                try:
                    await self.step()
                except Exception:  # the next ring tries again
                    log.exception("backups_stalled")
        finally:
            self._ended.set()

    async def step(self) -> bool:
        """Make a backup if one is wanted; return whether one was."""
        await self._list_erasures()
        if not await self._desk.read(backups.wanted, self._clock.now(), self._nightly):
            return False
        start = self._clock.ticks()
        try:
            made = await asyncio.to_thread(self._copy, self._clock.now(), self._ended.is_set)
        except BackupError as error:
            log.error("backup_failed", reason=str(error))  # noqa: TRY400 - expected, and told
            await self._desk.write(backups.failed, str(error), self._clock.now())
            return True
        seconds = self._clock.ticks() - start
        log.info("backup_made", name=made.path.name, bytes=made.size, seconds=round(seconds, 3))
        await self._desk.write(backups.done, made, seconds, self._clock.now())
        return True

    async def _list_erasures(self) -> None:
        """Put down who was erased; what cannot be written now is tried again at the next ring."""
        erased = await self._desk.read(erasures.unlisted)
        if not erased:
            return
        try:
            await asyncio.to_thread(self._put_down, erased)
        except (OSError, StoreError) as error:
            if not self._told:
                log.warning("erasures_not_listed", error=error)
            self._told = True
        else:
            self._told = False
            await self._desk.write(erasures.listed, erased)
