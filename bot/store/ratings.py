"""Pain answers and notes one by one: who gave which, in the order in which they came."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.session.events import BEFORE, STOP_PAIN
from bot.store.tables import RatingRow

NOTE: Final = "note"
"""The moment of a number that answers no question of a session."""
_ABOUT: Final = {"before": BEFORE, "stop": STOP_PAIN}


@dataclass(frozen=True, slots=True)
class Given:
    """An answer's place: its session, and what of it it is about, as `events.Pain` has it."""

    session_id: int
    about: int


def note(
    db: Db,
    athlete_id: int,
    value: int,
    now: datetime,
    *,
    session_id: int | None = None,
    message_id: int | None = None,
) -> None:
    """Keep a note, 0–10. `session_id` is the session beside whose questions it was given."""
    db.add(
        RatingRow(
            athlete_id=athlete_id,
            session_id=session_id,
            moment=NOTE,
            value=value,
            at=now,
            message_id=message_id,
        )
    )
    db.flush()


def notes(db: Db, athlete_id: int) -> list[RatingRow]:
    """Return every note of an athlete, in the order in which they came; undone ones too."""
    query = (
        select(RatingRow)
        .where(RatingRow.athlete_id == athlete_id, RatingRow.moment == NOTE)
        .order_by(col(RatingRow.id))
    )
    return list(db.exec(query))


def newest(db: Db, athlete_id: int) -> RatingRow | None:
    """Return the newest answer or note that counts, by the order in which they came."""
    query = (
        select(RatingRow)
        .where(RatingRow.athlete_id == athlete_id, col(RatingRow.undone).is_(False))
        .order_by(col(RatingRow.id).desc())
        .limit(1)
    )
    return db.exec(query).one_or_none()


def noted_since(db: Db, athlete_id: int, value: int, since: datetime) -> bool:
    """Whether the same note was given since then and counts."""
    query = select(RatingRow.id).where(
        RatingRow.athlete_id == athlete_id,
        RatingRow.moment == NOTE,
        RatingRow.value == value,
        col(RatingRow.undone).is_(False),
        col(RatingRow.at) >= since,
    )
    return db.exec(query.limit(1)).first() is not None


def of_message(db: Db, athlete_id: int, message_id: int) -> RatingRow | None:
    """Return the newest number that this message of the athlete's gave, or None."""
    query = (
        select(RatingRow)
        .where(RatingRow.athlete_id == athlete_id, RatingRow.message_id == message_id)
        .order_by(col(RatingRow.id).desc())
        .limit(1)
    )
    return db.exec(query).one_or_none()


def place(row: RatingRow) -> Given | None:
    """Return which question of a session a number answered; None for a note."""
    about = _ABOUT.get(row.moment, row.hold_idx)
    return None if row.session_id is None or about is None else Given(row.session_id, about)
