"""Which questions stand in a chat: letters that ask something, and those that settle it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, func, literal_column, select, union_all
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.outbox import body_of
from bot.store.tables import OutboxRow

_ROW: Final = OutboxRow
_AT: Final = func.coalesce(col(_ROW.handed_at), col(_ROW.due)).label("at")
_LETTERS: Final[Select[Any, Any, Any, Any]] = select(
    col(_ROW.id).label("id"), col(_ROW.kind), col(_ROW.body), _AT
).where(
    col(_ROW.chat_id) == bindparam("chat"),
    col(_ROW.kind).in_(bindparam("kinds", expanding=True)),
    col(_ROW.due) >= bindparam("since"),
)
_STATE: Final = col(_ROW.state)
_UNSENT: Final = _LETTERS.where(col(_ROW.message_id).is_(None))
# States are written out, so that the partial index of each is used.
_SAID: Final = union_all(
    _LETTERS.where(col(_ROW.message_id).is_not(None)),
    _UNSENT.where(literal_column("'pending'") == _STATE),
    _UNSENT.where(literal_column("'sending'") == _STATE),
)
_NEWEST: Final = (
    select(col(_ROW.id))
    .where(
        col(_ROW.chat_id) == bindparam("chat"),
        col(_ROW.kind).not_in(bindparam("but", expanding=True)),
    )
    .order_by(col(_ROW.id).desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class AskedLetter:
    """A letter that reached the chat, or is on its way there; `at` is when it was handed over."""

    id: int
    kind: str
    body: dict[str, Any]
    at: datetime


def said(db: Db, chat_id: int, kinds: Collection[str], since: datetime) -> list[AskedLetter]:
    """Return the chat's letters of these kinds, meant for later than `since`, newest first."""
    which = {"chat": chat_id, "kinds": list(kinds), "since": since}
    found = [
        AskedLetter(row.id, row.kind, body_of(row.body) or {}, _instant(row.at))
        for row in db.connection().execute(_SAID, which)
    ]
    return sorted(found, key=lambda one: -one.id)


def newest(db: Db, chat_id: int, but: Collection[str]) -> int:
    """Return the id of the newest letter to a chat that is of none of the kinds `but`; else 0."""
    which = {"chat": chat_id, "but": list(but)}
    return db.connection().execute(_NEWEST, which).scalar_one_or_none() or 0


def _instant(found: Any) -> datetime:
    return found if isinstance(found, datetime) else datetime.fromisoformat(found)
