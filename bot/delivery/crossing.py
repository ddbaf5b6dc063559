"""A letter's way onto the wire: until its first byte leaves, it can be called off.

A cue is worth sending for three seconds. Looking up, connecting, shaking hands and waiting for a
free connection have what is left of them, together; so a HOLD never leaves late. Once it has left,
nobody can call it back: its answer is waited for a little, and then listened for in the
background, because what came late has to be taken back.

The sender makes a crossing for each letter. The transport finds it in the context of the call,
which python-telegram-bot passes through unseen, and tells it when the request leaves. A transport
that knows nothing of crossings sends as ever.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final

ANSWER_S: Final = 1.5
"""So long after a cue's deadline its answer is waited for. The shortest hold takes 5 s."""
LISTEN_S: Final = 60.0
"""So long a late answer is listened for. Then the connection is cut, and nothing more leaves it."""
LEAST_S: Final = 0.05
"""A letter at its very deadline has so long to leave."""

Answer = tuple[int, bytes]
"""Status and body."""


class HeldBackError(Exception):
    """The request did not leave: it was called off, or its time was over."""


class UnansweredError(Exception):
    """The request has left, and no answer came in time."""


class Crossing:
    """One letter on its way. With `listens` a late answer is listened for.

    `barred` is asked at the last moment whether it may not leave after all.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        not_after: datetime | None = None,
        *,
        listens: bool = False,
        barred: Callable[[], bool] = lambda: False,
    ) -> None:
        self._now = now
        self._barred = barred
        self._not_after = not_after
        self.listens = listens
        self.called_off = False
        self.left_at: datetime | None = None
        self.late: asyncio.Task[Answer] | None = None
        self._leaving: asyncio.Future[None] | None = None
        self._exchange: asyncio.Task[Answer] | None = None

    @property
    def leave_s(self) -> float | None:
        """Seconds in which the request has to leave; None is for ever."""
        if self._not_after is None:
            return None
        return max(LEAST_S, (self._not_after - self._now()).total_seconds())

    @property
    def answer_s(self) -> float | None:
        """Seconds in which the answer has to come; None leaves that to the transport."""
        left = self.leave_s
        return left + ANSWER_S if self.listens and left is not None else None

    def call_off(self) -> None:
        """Keep the request from leaving. One that has left is not stopped by this."""
        self.called_off = True
        if self._exchange is not None and self.left_at is None:
            self._exchange.cancel()

    def leave(self) -> None:
        """The request's first byte is about to leave. Raises `HeldBackError` if it may not."""
        now = self._now()
        self.called_off = self.called_off or self._barred()
        expired = self._not_after is not None and now > self._not_after
        if self.called_off or expired or self._leaving is None or self._leaving.cancelled():
            raise HeldBackError
        self.left_at = now
        if not self._leaving.done():
            self._leaving.set_result(None)

    async def carry(self, exchange: Coroutine[Any, Any, Answer], read_s: float | None) -> Answer:
        """Make the exchange, which calls `leave`, and return its answer.

        One that is listened for comes within `read_s` of leaving; others have the exchange's own
        limit. Raises what the exchange raises, `HeldBackError` and `UnansweredError`.
        """
        loop = asyncio.get_running_loop()
        leave_s, begun = self.leave_s, loop.time()
        ends = None if self.answer_s is None else begun + self.answer_s
        self.left_at, self._leaving = None, loop.create_future()
        self._exchange = made = asyncio.ensure_future(exchange)
        if self.called_off:
            made.cancel()
        try:
            either: set[asyncio.Future[Any]] = {made, self._leaving}
            await asyncio.wait(either, timeout=leave_s, return_when=asyncio.FIRST_COMPLETED)
            if self.left_at is not None:
                await asyncio.wait({made}, timeout=_shorter(ends, loop.time(), read_s))
            return self._told(made)
        finally:
            self._leaving.cancel()
            if self.late is None:
                made.cancel()

    def _told(self, made: asyncio.Task[Answer]) -> Answer:
        """Return the answer that has come, or say what became of the request."""
        if made.done() and not made.cancelled():
            return made.result()
        if self.left_at is None:
            raise HeldBackError
        self.late = made
        raise UnansweredError


def _shorter(ends: float | None, now: float, read_s: float | None) -> float | None:
    """Return the seconds until `ends`, or `read_s` if that is shorter; None without an end."""
    if ends is None:
        return None
    return max(0.0, ends - now if read_s is None else min(ends - now, read_s))


_ABOARD: Final[ContextVar[Crossing | None]] = ContextVar("crossing", default=None)


@contextmanager
def aboard(crossing: Crossing | None) -> Iterator[None]:
    """Let the calls of the block go by this crossing."""
    token = _ABOARD.set(crossing)
    try:
        yield
    finally:
        _ABOARD.reset(token)


def of_this_call() -> Crossing | None:
    """Return the crossing that the running call goes by, if any."""
    return _ABOARD.get()
