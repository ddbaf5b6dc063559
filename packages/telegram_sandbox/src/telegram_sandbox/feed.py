"""What changed, in order, for the chat page: a short memory that a reader resumes from."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram_sandbox.chats import Message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEPT = 5000


@dataclass(frozen=True)
class Change:
    """One change. What it names is looked up when it is told, so a reader sees the newest state."""

    id: int
    kind: str
    """ "message", "chat", "toast", "query", "action" or "profile"."""
    chat_id: int | None = None
    message: Message | None = None
    data: dict[str, Any] | None = None


class Feed:
    """Remembers the last changes and wakes the readers."""

    def __init__(self) -> None:
        self._changes: deque[Change] = deque(maxlen=KEPT)
        self._last = 0
        self._run = secrets.token_hex(4)
        self._wakers: set[asyncio.Event] = set()

    @property
    def last(self) -> int:
        """The number of the newest change."""
        return self._last

    def mark(self, number: int | None = None) -> str:
        """Return the name of a change for readers to resume from; the newest one's by default."""
        return f"{self._run}-{self._last if number is None else number}"

    def number(self, mark: str) -> int:
        """Return the change that a mark names; -1, which is always lost, for another run's."""
        run, _, number = mark.partition("-")
        return int(number) if run == self._run and number.isdecimal() else -1

    def message(self, message: Message) -> None:
        """Tell that a message came, changed or went."""
        self._add("message", message.chat.id, message=message)

    def chat(self, chat_id: int) -> None:
        """Tell that a chat changed otherwise: blocked, its keyboard, a new person."""
        self._add("chat", chat_id)

    def tell(self, kind: str, chat_id: int | None, **data: Any) -> None:
        """Tell a passing event: a toast, a query's end, "typing"."""
        self._add(kind, chat_id, data=data)

    def _add(self, kind: str, chat_id: int | None, **more: Any) -> None:
        self._last += 1
        self._changes.append(Change(self._last, kind, chat_id, **more))
        for waker in self._wakers:
            waker.set()

    def since(self, number: int) -> list[Change] | None:
        """Return the changes after a number; None if some of them are forgotten."""
        oldest = self._changes[0].id - 1 if self._changes else self._last
        if not oldest <= number <= self._last:
            return None
        fresh: list[Change] = []
        for change in reversed(self._changes):
            if change.id <= number:
                break
            fresh.append(change)
        return fresh[::-1]

    async def follow(self, number: int, *, beat: float) -> AsyncIterator[list[Change] | None]:
        """Yield what comes after a number: changes, [] every `beat` seconds, None when lost."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            while True:
                waker.clear()
                fresh = self.since(number)
                if fresh is None:
                    number = self._last
                    yield None
                    continue
                if fresh:
                    number = fresh[-1].id
                    yield fresh
                    continue
                try:
                    await asyncio.wait_for(waker.wait(), beat)
                except TimeoutError:
                    yield []
        finally:
            self._wakers.discard(waker)
