"""Updates in: stored first, then handled once each, in one transaction with what they cause."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.flows import news, training
from bot.flows.intents import Say
from bot.flows.post import post
from bot.flows.turn import Turn
from bot.protocol.events import Restarted
from bot.protocol.record import CUED
from bot.store import inbox, people, sessions
from bot.store.engine import quiet
from bot.store.inbox import Arrived, next_offset, waiting

__all__ = [
    "Arrived",
    "Caller",
    "failed",
    "handle",
    "next_offset",
    "receive",
    "waiting",
]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who an update is from, and the message and press it refers to."""

    telegram_id: int
    message_id: int | None = None
    query_id: str | None = None


def receive(db: Db, updates: list[Arrived], now: datetime, *, backlog: bool) -> int:
    """Store updates as they came; return how many are new. Only then may they be confirmed.

    Who handles them is handed them.
    """
    quiet(db)
    return inbox.keep(db, updates, now, backlog=backlog)


def handle(
    db: Db,
    update_id: int,
    caller: Caller | None,
    act: Callable[[Turn], None],
    now: datetime,
) -> datetime | None:
    """Let `act` handle an update once; return when it was received, None if it was handled before.

    Without a caller there is nothing to do but to note that.
    """
    taken = inbox.take(db, update_id, now)
    if taken is None:
        return None
    if caller is not None:
        who = people.who_is(db, caller.telegram_id)
        act(Turn(db, who, update_id, now, caller.message_id, caller.query_id))
        if taken.backlog and who.person_id is not None:
            _nothing_starts_late(db, who.person_id, now)
    return taken.received_at


def _nothing_starts_late(db: Db, person_id: int, now: datetime) -> None:
    """An old tap never leads to a hold by itself: the athlete is asked first."""
    stored = sessions.live(db, person_id)
    if stored is not None and stored.value.phase in CUED:
        training.happen(db, stored, Restarted(), now)


def failed(db: Db, update_id: int, caller: Caller | None, error: str, now: datetime) -> bool:
    """Note that an update could not be handled; at the last attempt tell the person so."""
    last = inbox.failed(db, update_id, error, now)
    if last and caller is not None:
        key = f"u{update_id}:failed"
        post(db, caller.telegram_id, Say("not_saved"), now, key=key)
    return last


def person_left(db: Db, telegram_id: int, now: datetime, *, blocked: bool) -> None:
    """The person blocked the bot, or let it back in."""
    if blocked:
        news.unreachable(db, telegram_id, now)
    else:
        news.reachable(db, telegram_id, now)
