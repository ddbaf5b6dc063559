"""The inbox's edge: every stored update is handled once, in order within its chat."""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final

import structlog

from bot.dispatch import updates as dispatch_updates
from bot.dispatch.commands.catalogue import Rules
from bot.dispatch.updates import Arrived, Caller, PostedLate
from bot.telegram import router
from bot.telegram.ports import Delivered, EdgeClock, EdgeFlows, EdgeWatch
from bot.telegram.unsaved import Saving
from bot.telegram.update import Said, dated, key_of, narrow

log = structlog.get_logger()


JUDGED_S: Final = 2.0
"""So long a start waits for Telegram's word on what came late."""
STALLED_S: Final = 5.0
"""How long until another try where not even a failure could be stored."""


class Inbox:
    """Hands stored updates to the router; one slow chat never delays another.

    What was just stored is handed over by `wake` and need not be read again. Only after a start,
    or when handling stalled, are the rows looked through for what is not handled yet; until that
    is queued, `wake` queues nothing, so that the order within a chat is kept.

    With a `webhook` others store the updates that it brings: the rows are looked through when
    somebody wakes this, each second at least. What was posted while not all came through may be
    old.
    """

    def __init__(
        self,
        desk: EdgeFlows,
        clock: EdgeClock,
        rules: Rules,
        watch: EdgeWatch | None = None,
        saving: Saving = nullcontext,
        webhook: Delivered | None = None,
    ) -> None:
        self._saving = saving
        self._webhook = webhook
        self._desk = desk
        self._clock = clock
        self._rules = rules
        self._watch = watch
        self._woken = asyncio.Event()
        self._queues: dict[int | None, deque[Arrived]] = {}
        self._known: set[int] = set()
        self._behind = True
        self._stalled = False
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self, updates: Sequence[Arrived] = ()) -> None:
        """Handle these updates, which were stored just now; without any, look for some."""
        if self._behind or not updates:
            self._behind = True
            self._woken.set()
        else:
            self._queue(updates)

    async def run(self) -> None:
        """Handle until cancelled."""
        if self._webhook is not None:  # else what comes would be judged in ignorance
            await self._clock.wait(self._webhook.looked, JUDGED_S)
        while True:
            if self._stalled:
                self._stalled = False
                await self._clock.wait(asyncio.Event(), STALLED_S)
            await self._try()
            await self._clock.wait(self._woken, None)

    async def _try(self) -> None:
        """Look for updates; if the rows cannot be read, look again a little later."""
        try:
            await self.step()
        except Exception:
            log.exception("inbox_stalled")
            self._behind = self._stalled = True
            self._woken.set()

    async def step(self) -> int:
        """Queue what is stored and not yet queued; return how many updates that were.

        Of each chat only so many are queued at a time, and the next when a chat is done: a flood
        delays nobody else.
        """
        self._woken.clear()
        found = await self._desk.read(dispatch_updates.waiting, frozenset(self._known))
        self._queue(found.updates)
        self._behind = bool(found.updates) or found.more or self._woken.is_set()
        if found.updates:
            self._woken.set()
        return len(found.updates)

    def _queue(self, updates: Sequence[Arrived]) -> None:
        for update in updates:
            if update.update_id in self._known:
                continue
            self._known.add(update.update_id)
            running = update.chat_id in self._queues
            self._queues.setdefault(update.chat_id, deque()).append(update)
            if not running:
                task = asyncio.create_task(self._work(update.chat_id))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until everything queued is handled."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _work(self, chat_id: int | None) -> None:
        queue = self._queues[chat_id]
        try:
            while queue:
                await self.handle(queue[0])
                self._known.discard(queue.popleft().update_id)
            if self._behind:
                self._woken.set()
        except Exception:  # nothing could be stored: all of it is found again at the next look
            log.exception("inbox_stalled")
            self._known.difference_update(update.update_id for update in queue)
            self._behind = self._stalled = True
            self._woken.set()
        finally:
            del self._queues[chat_id]

    async def handle(self, update: Arrived) -> None:
        """Handle one stored update; a failure is noted, tried again, and then set aside."""
        said: Said | None = None
        try:
            raw = json.loads(update.payload)
            said = narrow(raw)
            with self._saving([update]):
                act = await router.prepare(said, self._desk, self._rules)
                caller, now = _caller(said, raw), self._clock.now()
                since = await self._desk.write(
                    dispatch_updates.handle, update.update_id, caller, act, now, self._late(raw)
                )
            if since is not None and self._watch is not None:
                self._watch.handled((self._clock.now() - since).total_seconds())
        except Exception as error:
            if dispatch_updates.is_of_the_file(error):  # not the update's fault: it is found again
                raise
            log.exception("update_failed", update=update.update_id)
            if not await self._failed(update.update_id, said, error):
                await self.handle(update)

    def _late(self, raw: dict[str, Any]) -> PostedLate | None:
        posting = None if self._webhook is None else self._webhook.posting
        return None if posting is None else PostedLate(dated(raw), posting)

    async def _failed(self, update_id: int, said: Said | None, error: Exception) -> bool:
        caller, name = None if said is None else said.caller, type(error).__name__
        last: bool = await self._desk.write(
            dispatch_updates.failed, update_id, caller, name, self._clock.now()
        )
        return last


def _caller(said: Said | None, raw: dict[str, Any]) -> Caller | None:
    """Return who said it, with what tells this press or message from all others."""
    return None if said is None else replace(said.caller, key=key_of(raw))
