"""Watches' files that were sent and are not read yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, select, text
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.tables import IS_LIVE, SessionRow, WatchFileRow


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that is due: its row, and how Telegram knows it."""

    id: int
    file_id: str


def keep(db: Db, athlete_id: int, file_id: str, name: str, now: datetime) -> None:
    """Keep that a file was sent."""
    db.add(WatchFileRow(athlete_id=athlete_id, file_id=file_id, name=name, at=now, due_at=now))
    db.flush()


_TRAINS: Final = exists().where(
    col(SessionRow.athlete_id) == col(WatchFileRow.athlete_id),
    text(IS_LIVE),
)
_DUE: Final = (
    select(col(WatchFileRow.id), col(WatchFileRow.file_id))
    .where(col(WatchFileRow.due_at) <= bindparam("now"), ~_TRAINS)
    .order_by(col(WatchFileRow.due_at), col(WatchFileRow.id))
    .limit(1)
)


def due(db: Db, now: datetime) -> WaitingFile | None:
    """Return the file that waits longest, but of nobody who trains just now."""
    found = db.connection().execute(_DUE, {"now": now}).one_or_none()
    return None if found is None or found.id is None else WaitingFile(found.id, found.file_id)
