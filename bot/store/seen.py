"""Presses and messages that were acted on: the same one under a new update id is recognised.

A key is a hash: nothing of who said it or what was said can be read from it.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session as Db
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.store.tables import InboxRow, SeenRow

KEPT: Final = timedelta(days=7)
"""How long a key is kept. Telegram keeps an update for one day."""

_INSERT: Final = insert(SeenRow).values(
    key=bindparam("key"), update_id=bindparam("update"), at=bindparam("now")
)
_TAKE: Final = _INSERT.on_conflict_do_nothing()
_RENEW: Final = _INSERT.on_conflict_do_update(
    index_elements=[col(SeenRow.key)],
    set_={"update_id": _INSERT.excluded.update_id, "at": _INSERT.excluded.at},
    where=col(SeenRow.at) <= bindparam("until", type_=UTCDateTime()),
)


def take(db: Db, key: str, update_id: int, now: datetime) -> bool:
    """Note that `key` is acted on; False where it was before."""
    values = {"key": _hashed(key), "update": update_id, "now": now}
    return db.connection().execute(_TAKE, values).rowcount == 1


def renew(db: Db, key: str, update_id: int, now: datetime, until: datetime) -> bool:
    """The same, but what was noted at `until` or earlier does not count any more."""
    values = {"key": _hashed(key), "update": update_id, "now": now, "until": until}
    return db.connection().execute(_RENEW, values).rowcount == 1


def prune(db: Db, now: datetime) -> None:
    """Forget what was acted on long ago."""
    db.connection().execute(delete(SeenRow).where(col(SeenRow.at) < now - KEPT))


def forget(db: Db, chat_id: int) -> None:
    """Forget what was acted on in a chat, as long as its updates are known to be of it."""
    theirs = select(col(InboxRow.update_id)).where(col(InboxRow.chat_id) == chat_id)
    db.connection().execute(delete(SeenRow).where(col(SeenRow.update_id).in_(theirs)))


def _hashed(key: str) -> str:
    return sha256(key.encode(errors="replace")).hexdigest()
