"""What the composition root gives to the sender."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session as Db

from bot.store.outbox_claims import Claimed

Call = tuple[str, dict[str, Any]]
"""A method of the bot, and its arguments."""
Render = Callable[[Claimed, datetime], Awaitable[Call | None]]
"""Turns a letter into a call at the moment of sending; None when there is nothing to send."""
Audience = Callable[[Claimed], Awaitable[frozenset[int] | None]]
"""Says whom of those that a letter names its chat may be told of now; None if it is withdrawn."""
Knows = Callable[[str, dict[str, Any]], bool]
"""Says of a letter's kind and values whether this version has words for it."""

Taken = tuple[Claimed, datetime]
"""A letter that Telegram has taken, and when it was handed over."""


class SenderClock(Protocol):
    """Time, as the sender needs it."""

    def now(self) -> datetime:
        """Return the instant, aware UTC."""

    def ticks(self) -> float:
        """Return seconds of a clock that only goes forward."""

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""


class News(Protocol):
    """What follows from a message's fate, in the transaction that stores it."""

    def sent(self, db: Db, letters: Sequence[Taken], now: datetime) -> bool:
        """The letters were delivered to Telegram; return whether somebody has to act on that."""

    def lost(self, db: Db, letter: Claimed, now: datetime) -> None:
        """The letter will not be sent any more, or it is unknown whether it was."""

    def unreachable(self, db: Db, chat_id: int, now: datetime) -> None:
        """Nothing can be sent to this chat any more."""

    def paced(self, db: Db, rate: float, now: datetime) -> None:
        """So many messages a second are allowed from now on."""

    def too_many(self, db: Db, now: datetime) -> None:
        """Telegram refused a letter because too many were sent."""


class Watch(Protocol):
    """Is told what happens, to count it; nothing depends on it. Seconds are of the clock's."""

    def handed(self, kind: str, late_s: float) -> None:
        """A letter is handed to Telegram, so long after it was due."""

    def answered(self, kind: str, took_s: float) -> None:
        """Telegram has taken a letter, so long after it was handed over."""

    def dropped(self, kind: str) -> None:
        """A letter's deadline has passed; it is not sent."""

    def refused(self, kind: str, outcome: str) -> None:
        """A letter was refused; `outcome` is a `delivery.errors.Kind`."""

    def paced(self, sent: int, rate: float, waiting: int) -> None:
        """So many were sent in the last second, of `rate` allowed; so many wait that are due."""


class Unwatched:
    """A watch that counts nothing."""

    def handed(self, kind: str, late_s: float) -> None:
        """A letter is handed over."""

    def answered(self, kind: str, took_s: float) -> None:
        """A letter was taken."""

    def dropped(self, kind: str) -> None:
        """A letter was dropped."""

    def refused(self, kind: str, outcome: str) -> None:
        """A letter was refused."""

    def paced(self, sent: int, rate: float, waiting: int) -> None:
        """Nothing to keep."""


class MayLeave(Protocol):
    """Says whether this process may speak, at the instant in which something leaves.

    `away`: the database is known to be out of reach.
    """

    away: bool

    def sends(self) -> bool:
        """Whether what is stored may be sent."""

    def speaks(self) -> bool:
        """Whether RELEASE and STOP may be said from memory."""


class Memory(Protocol):
    """Keeps in mind who waits for a cue: it may have to be said without the database."""

    def handed(self, letter: Claimed, ticks: float) -> None:
        """A letter is handed to Telegram, at `ticks` of the forward clock."""

    def unsent(self, letter: Claimed) -> None:
        """A letter that was handed over was not delivered, for certain."""

    def is_over(self, letter: Claimed) -> bool:
        """Whether it is a HOLD, or a clip, of a set that its athlete was told is over."""


class Forgetful:
    """A memory that keeps nothing."""

    def handed(self, letter: Claimed, ticks: float) -> None:
        """A letter is handed over."""

    def unsent(self, letter: Claimed) -> None:
        """A letter was not delivered."""

    def is_over(self, letter: Claimed) -> bool:  # noqa: ARG002 - the port's
        """Nothing is known to be over."""
        return False
