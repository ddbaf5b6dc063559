"""The inbox's edge: every stored update is handled once, in order within its chat."""

import asyncio
import json
from collections import deque
from typing import Final

import structlog
from telegram import Bot, Update

from bot.chat import router
from bot.chat.commands import Rules
from bot.chat.ports import Clock, Desk
from bot.chat.said import Said, essence, narrow
from bot.flows import mail

log = structlog.get_logger()

FEW: Final = 100
"""With so few left of what was looked at, it is time to look for more."""


class Inbox:
    """Hands stored updates to the router; one slow chat never delays another."""

    def __init__(self, bot: Bot, desk: Desk, clock: Clock, rules: Rules) -> None:
        self._bot = bot
        self._desk = desk
        self._clock = clock
        self._rules = rules
        self._woken = asyncio.Event()
        self._queues: dict[int | None, deque[int]] = {}
        self._known: set[int] = set()
        self._cut = False
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """New updates were stored."""
        self._woken.set()

    async def run(self) -> None:
        """Handle until cancelled."""
        while True:
            self._woken.clear()
            await self.step()
            await self._clock.wait(self._woken, 5.0 if self._known else None)

    async def step(self) -> int:
        """Queue what is stored and not yet queued; return how many updates that were.

        Of each chat only so many are queued at a time: a flood delays nobody else.
        """
        rows = await self._desk.read(mail.waiting)
        found = [row for row in rows if row[0] not in self._known]
        self._cut = mail.cut(rows)
        for update_id, chat_id in found:
            self._known.add(update_id)
            running = chat_id in self._queues
            self._queues.setdefault(chat_id, deque()).append(update_id)
            if not running:
                task = asyncio.create_task(self._work(chat_id))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        return len(found)

    async def settled(self) -> None:
        """Wait until everything queued is handled."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _work(self, chat_id: int | None) -> None:
        queue = self._queues[chat_id]
        try:
            while queue:
                await self.handle(queue[0])
                self._known.discard(queue.popleft())
            if self._cut and len(self._known) <= FEW:
                self.wake()
        except Exception:  # nothing could be stored: all of it is found again at the next look
            log.exception("inbox_stalled")
            self._known.difference_update(queue)
        finally:
            del self._queues[chat_id]

    async def handle(self, update_id: int) -> None:
        """Handle one stored update; a failure is noted, tried again, and then set aside."""
        payload = await self._desk.read(mail.open_payload, update_id)
        if payload is None:
            return
        said: Said | None = None
        try:
            said = self._narrow(payload)
            act = await router.prepare(said, self._desk, self._rules)
            caller = None if said is None else said.caller
            await self._desk.write(mail.handle, update_id, caller, act, self._clock.now())
        except Exception as error:
            log.exception("update_failed", update=update_id)
            if not await self._failed(update_id, said, error):
                await self.handle(update_id)

    async def _failed(self, update_id: int, said: Said | None, error: Exception) -> bool:
        caller, name = None if said is None else said.caller, type(error).__name__
        last: bool = await self._desk.write(mail.failed, update_id, caller, name, self._clock.now())
        return last

    def _narrow(self, payload: str) -> Said | None:
        return narrow(Update.de_json(essence(json.loads(payload)), self._bot))
