"""Updates as they came: stored before Telegram is told that they were received."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.tables import InboxRow

KEPT: Final = timedelta(days=7)
"""How long a handled update is kept, to recognise it when it comes again."""
AT_ONCE: Final = 500
"""Updates that are looked at together."""
OF_A_CHAT: Final = 20
"""Of these, the most of one chat."""
MAX_ATTEMPTS: Final = 3
"""An update that fails this often is set aside; it never blocks its chat."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One update as received: its id, its chat (None where it has none) and its JSON."""

    update_id: int
    chat_id: int | None
    payload: str


def keep(db: Db, updates: list[Arrived], now: datetime, *, backlog: bool) -> int:
    """Store `updates`, each once however often it comes; return how many are new."""
    if not updates:
        return 0
    rows = [
        {
            "update_id": one.update_id,
            "chat_id": one.chat_id,
            "payload": one.payload,
            "received_at": now,
            "backlog": backlog,
            "attempts": 0,
        }
        for one in updates
    ]
    found = db.connection().execute(insert(InboxRow).on_conflict_do_nothing(), rows)
    return found.rowcount


def waiting(db: Db) -> list[tuple[int, int | None]]:
    """Return (update id, chat id) of what is not handled yet, oldest first.

    At most `AT_ONCE`, and of one chat at most `OF_A_CHAT`: whoever sends thousands of messages
    keeps nobody's STOP waiting behind them.
    """
    update_id, chat_id = col(InboxRow.update_id), col(InboxRow.chat_id)
    by_chat = (
        chat_id + 0
    )  # as it is, SQLite would walk the index of all chats: everything ever sent
    place = func.row_number().over(partition_by=by_chat, order_by=update_id)
    open_ones = (
        select(update_id, chat_id, place.label("place"))
        .where(col(InboxRow.handled_at).is_(None))
        .subquery()
    )
    query = (
        select(open_ones.c.update_id, open_ones.c.chat_id)
        .where(open_ones.c.place <= OF_A_CHAT)
        .order_by(open_ones.c.update_id)
        .limit(AT_ONCE)
    )
    return [(row[0], row[1]) for row in db.connection().execute(query)]


def cut(rows: list[tuple[int, int | None]]) -> bool:
    """Whether more may wait than these `rows` of `waiting`."""
    of_a_chat = Counter(chat_id for _, chat_id in rows)
    return len(rows) >= AT_ONCE or max(of_a_chat.values(), default=0) >= OF_A_CHAT


def open_update(db: Db, update_id: int) -> InboxRow | None:
    """Return the update if it still has to be handled."""
    row = db.get(InboxRow, update_id)
    return None if row is None or row.handled_at is not None else row


def failed(db: Db, update_id: int, error: str, now: datetime) -> bool:
    """Note that handling failed; return whether it was the last attempt."""
    row = db.get(InboxRow, update_id)
    assert row is not None
    row.attempts += 1
    row.error = error
    last = row.attempts >= MAX_ATTEMPTS
    if last:
        row.handled_at = now
    db.add(row)
    return last


def count_since(db: Db, chat_id: int, since: datetime, *, up_to: int) -> int:
    """Return how many updates of a chat came after `since`, up to and with update `up_to`.

    What had waited while the program was away is not counted: it came all at once.
    """
    query = select(func.count()).where(
        col(InboxRow.chat_id) == chat_id,
        col(InboxRow.received_at) > since,
        col(InboxRow.update_id) <= up_to,
        col(InboxRow.backlog).is_(False),
    )
    return int(db.connection().execute(query).scalar_one())


def mark_backlog(db: Db) -> None:
    """Mark everything that waits as old: it came before this start."""
    db.connection().execute(
        update(InboxRow).where(col(InboxRow.handled_at).is_(None)).values(backlog=True)
    )


def next_offset(db: Db) -> int | None:
    """Return the offset that confirms everything stored, or None on an empty table."""
    newest: int | None = (
        db.connection().execute(select(func.max(col(InboxRow.update_id)))).scalar_one()
    )
    return None if newest is None else newest + 1


def empty(db: Db, update_id: int) -> None:
    """Empty an update that holds a secret, as soon as it is handled."""
    row = db.get(InboxRow, update_id)
    if row is not None:
        row.payload = ""
        db.add(row)


def prune(db: Db, now: datetime) -> None:
    """Empty what was handled long ago; ids stay, so that a repeated update is recognised."""
    db.connection().execute(
        update(InboxRow)
        .where(col(InboxRow.handled_at) < now - KEPT, col(InboxRow.payload) != "")
        .values(payload="", error=None)
    )
