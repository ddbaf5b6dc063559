"""Stores fates as they come in, many in one transaction, and keeps them until that worked."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from sqlmodel import Session as Db

from bot.delivery import results
from bot.delivery.ports import Clock, News
from bot.delivery.results import Fate, Late, Lost, SettledBeforeError
from bot.store.engine import Store, is_passing
from bot.store.outbox import BROKEN
from bot.store.tables import OutboxState

log = structlog.get_logger()

AGAIN_S: Final = 0.5
"""Seconds until a database that would not take a fate is asked again."""


class Ledger:
    """Takes fates; `stored` is called with each once it is on disk, or was given up."""

    def __init__(
        self, store: Store, news: News, clock: Clock, stored: Callable[[Fate], None]
    ) -> None:
        self._store = store
        self._news = news
        self._clock = clock
        self._stored = stored
        self._waiting: list[Fate] = []
        self._work: asyncio.Task[None] | None = None

    def add(self, fate: Fate) -> None:
        """Store a fate soon."""
        self._waiting.append(fate)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())

    async def settled(self) -> None:
        """Wait until everything is stored."""
        while self._work is not None and not self._work.done():
            await asyncio.wait({self._work})

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._keep(batch)

    async def _keep(self, batch: list[Fate]) -> None:
        """Store a batch at once; if that fails, each by itself, so that one harms no other.

        A database that is locked or full is asked again until it answers: what Telegram has taken
        must not be sent twice.
        """
        try:
            await self._store.write(self._write, batch)
        except Exception as error:  # noqa: BLE001 - about one of them, or about the file: see below
            if is_passing(error):
                log.error("fates_not_stored", count=len(batch), error=type(error).__name__)  # noqa: TRY400 - passing
                self._waiting = [*batch, *self._waiting]
                await self._clock.wait(asyncio.Event(), AGAIN_S)
            elif len(batch) > 1:
                for fate in batch:
                    await self._keep([fate])
            else:
                self._set_aside(batch[0], error)
            return
        for fate in batch:
            self._stored(fate)

    def _set_aside(self, fate: Fate, error: Exception) -> None:
        """Give a fate up that can not be stored: what follows from it is broken."""
        letter = fate.letter
        if not isinstance(error, SettledBeforeError):  # else it was erased meanwhile
            log.error("letter_broken", kind=letter.kind, letter=letter.id, exc_info=error)
            if not isinstance(fate, Lost | Late):
                self._waiting.append(Lost(letter, OutboxState.FAILED, BROKEN))
                return
        self._stored(fate)

    def _write(self, db: Db, batch: list[Fate]) -> None:
        results.store(db, batch, self._news, self._clock.now)
