"""What became of the letters that were sent, stored in batches, with what follows from it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlmodel import Session as Db

from bot.delivery.errors import SendOutcome
from bot.delivery.ports import News, SenderClock
from bot.delivery.retry_policy import Do, RetryDecision
from bot.kept import KeptFile
from bot.store import facts, outbox, outbox_claims
from bot.store.engine import Store, is_passing, quiet
from bot.store.outbox import BROKEN
from bot.store.outbox_claims import Claimed
from bot.store.statements import apart
from bot.store.tables import OutboxState

log = structlog.get_logger()


class SettledBeforeError(Exception):
    """A letter of the batch was settled before, or is gone."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one letter that was claimed."""

    letter: Claimed


@dataclass(frozen=True, slots=True)
class Sent(Fate):
    """Telegram has taken it, as message `message_id` if it is one; handed over at `handed_at`.

    `kept` is the file that it sent, if it may be sent again.
    """

    message_id: int | None
    handed_at: datetime
    kept: KeptFile | None = None


@dataclass(frozen=True, slots=True)
class Lost(Fate):
    """It was not sent, and will not be."""

    state: OutboxState
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Refused(Fate):
    """Telegram did not take it, or perhaps not; `verdict` is what to do about it."""

    verdict: RetryDecision
    outcome: SendOutcome
    handed_at: datetime


@dataclass(frozen=True, slots=True)
class Late(Fate):
    """It was given up as unsure, and then was heard of: it is message `message_id`.

    Or the waiting has ended without a word, and nobody will know.
    """

    message_id: int | None
    handed_at: datetime


def store(db: Db, fates: list[Fate], news: News, clock: Callable[[], datetime]) -> None:
    """Store a batch, each with what follows from it.

    Raises `SettledBeforeError` when one was settled before: the batch has to be stored one by one.
    """
    now = clock()
    sent = [fate for fate in fates if isinstance(fate, Sent)]
    if sent and not outbox_claims.settle_sent(db, [_row(fate) for fate in sent], now):
        raise SettledBeforeError
    for kept in (fate.kept for fate in sent if fate.kept is not None):
        if kept.fresh is not None:
            facts.set_fact(db, kept.key, kept.fresh, now)
    acts = news.sent(db, [(one.letter, one.handed_at) for one in sent], now) if sent else False
    if len(sent) == len(fates) and not acts:
        quiet(db)
    for fate in fates:
        if isinstance(fate, Lost):
            _lost(db, fate, news, now)
        elif isinstance(fate, Refused):
            _carry_out(db, fate, news, now)
        elif isinstance(fate, Late):
            _heard_late(db, fate, news, now)


def tell_lost(db: Db, news: News, letter: Claimed, now: datetime) -> None:
    """Tell that a letter was lost. One whose telling fails is set aside and harms no other."""
    if not letter.readable:
        outbox.set_aside(db, letter.id)
    try:
        with apart(db):
            news.lost(db, letter, now)
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("letter_broken", kind=letter.kind, letter=letter.id)


def _row(fate: Sent | Late) -> outbox_claims.Settled:
    return outbox_claims.Settled(fate.letter.id, fate.message_id, fate.handed_at)


def _lost(db: Db, fate: Lost, news: News, now: datetime) -> None:
    if outbox_claims.settle(db, fate.letter.id, fate.state, now, error=fate.error):
        tell_lost(db, news, fate.letter, now)


def _heard_late(db: Db, fate: Late, news: News, now: datetime) -> None:
    if fate.message_id is None:
        tell_lost(db, news, fate.letter, now)
    else:
        outbox_claims.settle_late(db, _row(fate), now)
        news.sent(db, [(fate.letter, fate.handed_at)], now)


def _carry_out(db: Db, fate: Refused, news: News, now: datetime) -> None:
    letter, verdict, kind = fate.letter, fate.verdict, fate.outcome.kind
    later = now + timedelta(seconds=verdict.seconds)
    match verdict.do:
        case Do.DONE:
            if outbox_claims.settle_sent(
                db, [_row(Sent(letter, letter.message_id, fate.handed_at))], now
            ):
                news.sent(db, [(letter, fate.handed_at)], now)
        case Do.AGAIN | Do.KEEP:
            outbox_claims.again(db, letter.id, later, error=kind)
        case Do.HOLD_CHAT:
            outbox_claims.again(db, letter.id, later, error=kind)
            outbox_claims.hold_chat(db, letter.chat_id, later)
            news.too_many(db, now)
        case Do.ANEW:
            outbox_claims.unbind(db, letter.id, now)
        case Do.MOVE:
            assert fate.outcome.new_chat_id is not None
            outbox_claims.readdress(db, letter.chat_id, fate.outcome.new_chat_id)
            outbox_claims.again(db, letter.id, now)
        case Do.UNREACHABLE:
            _lost(db, Lost(letter, OutboxState.FAILED, kind), news, now)
            news.unreachable(db, letter.chat_id, now)
        case Do.UNSURE:
            _lost(db, Lost(letter, OutboxState.UNSURE, kind), news, now)
        case Do.FAIL:
            _lost(db, Lost(letter, OutboxState.FAILED, kind), news, now)


AGAIN_S: Final = 0.5
"""Seconds until a database that would not take a fate is asked again."""


class Ledger:
    """Takes fates; `stored` is called with each once it is on disk, or was given up."""

    def __init__(
        self, store: Store, news: News, clock: SenderClock, stored: Callable[[Fate], None]
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

    async def abandon(self) -> None:
        """Store nothing more: another process decides about what is not stored."""
        self._waiting.clear()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

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
        """Give up a result that cannot be stored: what follows from it is broken."""
        letter = fate.letter
        if not isinstance(error, SettledBeforeError):  # else it was erased meanwhile
            log.error("letter_broken", kind=letter.kind, letter=letter.id, exc_info=error)
            if not isinstance(fate, Lost | Late):
                self._waiting.append(Lost(letter, OutboxState.FAILED, BROKEN))
                return
        self._stored(fate)

    def _write(self, db: Db, batch: list[Fate]) -> None:
        store(db, batch, self._news, self._clock.now)
