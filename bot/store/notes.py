"""Coaches' notes about athletes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.tables import NoteRow, PersonRow


@dataclass(frozen=True, slots=True)
class Note:
    """One note; `author` is empty when the person is not known any more."""

    at: datetime
    author: str
    text: str


def add(db: Db, athlete_id: int, author_id: int, text: str, now: datetime) -> int:
    """Keep a note; return its id."""
    row = NoteRow(athlete_id=athlete_id, author_id=author_id, at=now, text=text)
    db.add(row)
    db.flush()
    assert row.id is not None
    return row.id


def newest(db: Db, athlete_id: int, limit: int) -> list[Note]:
    """Return the newest notes about an athlete, newest first."""
    query = (
        select(col(NoteRow.at), col(PersonRow.name), col(NoteRow.text))
        .outerjoin(PersonRow, col(PersonRow.id) == col(NoteRow.author_id))
        .where(col(NoteRow.athlete_id) == athlete_id)
        .order_by(col(NoteRow.id).desc())
        .limit(limit)
    )
    found = db.connection().execute(query)
    return [Note(at, author or "", text) for at, author, text in found]
