"""What is true of the chats with one bot alone, for when another takes its place.

Telegram counts messages anew for each bot: an id of then may be that of another message now.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.tables import (
    FactRow,
    InboxRow,
    LeaseRow,
    LoadEntryRow,
    OccurrenceRow,
    OccurrenceState,
    OutboxRow,
    OutboxState,
    PersonRow,
    RatingRow,
    SeenRow,
    StartRow,
)

_MENU: Final = "menu:"
_OPEN: Final = (OutboxState.PENDING, OutboxState.SENDING)
_UNANSWERED: Final = (
    OccurrenceState.REMINDED,
    OccurrenceState.SNOOZED,
    OccurrenceState.NUDGED,
)


def close(db: Db, now: datetime) -> int:
    """Mark everybody who joined as out of reach; return how many they are.

    Telegram lets no bot write first. Who writes is within reach again, as after any absence.
    """
    joined, run = col(PersonRow.telegram_id).is_not(None), db.connection().execute
    there = (joined, col(PersonRow.unreachable_since).is_(None))
    run(update(PersonRow).where(*there).values(unreachable_since=now))
    return int(run(select(func.count()).where(joined)).scalar_one())


def keep_back(db: Db, kinds: Collection[str]) -> None:
    """Cancel letters of these kinds that are not settled: what they tell is told later."""
    waiting = (col(OutboxRow.state).in_(_OPEN), col(OutboxRow.kind).in_(kinds))
    db.connection().execute(update(OutboxRow).where(*waiting).values(state=OutboxState.CANCELLED))


def set_aside(db: Db, now: datetime) -> int:
    """Take no notice any more of updates that are not handled yet; return how many they are."""
    waiting = col(InboxRow.handled_at).is_(None)
    return db.connection().execute(update(InboxRow).where(waiting).values(handled_at=now)).rowcount


def forget(db: Db) -> None:
    """Forget ids of messages, presses that were acted on, and the menus that chats have.

    Nobody is in line for a session. A reminder that came and was not answered yet cannot be any
    more: it counts as not delivered. Who leads next begins as at a start, however soon.
    """
    run = db.connection().execute
    for table in (OutboxRow, RatingRow, LoadEntryRow):
        known = col(table.message_id).is_not(None)
        run(update(table).where(known).values(message_id=None))
    run(delete(SeenRow))
    run(delete(StartRow))
    unanswered = col(OccurrenceRow.state).in_(_UNANSWERED)
    run(update(OccurrenceRow).where(unanswered).values(delivered_at=None))
    run(delete(FactRow).where(col(FactRow.key).startswith(_MENU)))
    run(update(LeaseRow).values(at=None))
