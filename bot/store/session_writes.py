"""Sessions: from the protocol's value to rows. What did not change is not written."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.session.state import HoldRecord, Rating, Session
from bot.store import sessions
from bot.store.sessions import Stored
from bot.store.tables import HoldRow, RatingRow, SessionRow

_CHANGING: Final = (
    "phase",
    "position",
    "due_at",
    "nudged",
    "eased",
    "stop_reason",
    "stop_pain",
    "cut",
    "breaks",
    "outcome",
    "closed_at",
)
"""What events change of a session's own row."""
_ADD: Final = insert(SessionRow).returning(col(SessionRow.id))
_CHANGE: Final = (
    update(SessionRow)
    .where(col(SessionRow.id) == bindparam("session"))
    .values({name: bindparam(name) for name in _CHANGING})
)
_NEW_HOLD: Final = insert(HoldRow)
_PUT_HOLD: Final = _NEW_HOLD.on_conflict_do_update(
    index_elements=["session_id", "idx"],
    set_={name: _NEW_HOLD.excluded[name] for name in ("started_at", "status", "actual_s")},
)
_PUT_RATING: Final = insert(RatingRow)
_UNDO_RATING: Final = (
    update(RatingRow)
    .where(
        col(RatingRow.session_id) == bindparam("session"),
        col(RatingRow.moment) == bindparam("what"),
        col(RatingRow.hold_idx).is_not_distinct_from(bindparam("index")),
        col(RatingRow.at) == bindparam("given_at"),
        col(RatingRow.value) == bindparam("number"),
    )
    .values(undone=True)
)


def add(db: Db, athlete_id: int, plan_id: int, occurrence_id: int | None, value: Session) -> Stored:
    """Store a new session, in which nothing was held or answered yet."""
    db.flush()
    ids = {"athlete_id": athlete_id, "plan_id": plan_id, "occurrence_id": occurrence_id}
    values = {**ids, "opened_at": value.opened_at, **_changing(value)}
    session_id = db.connection().execute(_ADD, values).scalar_one()
    assert session_id is not None
    stored = sessions.get(db, session_id)
    assert stored is not None
    return stored


def save(db: Db, stored: Stored, value: Session) -> Stored:
    """Store the session's new value: its row, changed holds, new and undone ratings."""
    db.flush()
    changed = _changing(value)
    if changed != _changing(stored.value):
        db.connection().execute(_CHANGE, {"session": stored.id, **changed})
    for index, hold in enumerate(value.holds):
        if _unrated(value, index) != _unrated(stored.value, index):
            db.connection().execute(_PUT_HOLD, _hold(stored.id, index, hold))
    _save_ratings(db, stored, value)
    return replace(stored, value=value)


def _changing(value: Session) -> dict[str, Any]:
    return {name: getattr(value, name) for name in _CHANGING}


def _unrated(value: Session, index: int) -> HoldRecord | None:
    """Return a hold as its own row has it, without its answers."""
    return replace(value.holds[index], ratings=()) if index < len(value.holds) else None


def _hold(session_id: int, index: int, hold: HoldRecord) -> dict[str, Any]:
    return {
        "session_id": session_id,
        "idx": index,
        "side": hold.place.side,
        "set_no": hold.place.set_no,
        "number": hold.place.number,
        "planned_s": hold.planned_s,
        "actual_s": hold.actual_s,
        "status": hold.status,
        "started_at": hold.started_at,
    }


_Moment = tuple[str, int | None]


def _answers(value: Session) -> Iterator[tuple[_Moment, tuple[Rating, ...]]]:
    """Yield what was asked about, and the answers to it as they came."""
    yield ("before", None), value.before
    for index, hold in enumerate(value.holds):
        yield ("hold", index), hold.ratings
    yield ("stop", None), value.stop_ratings


def _save_ratings(db: Db, stored: Stored, value: Session) -> None:
    """Add the answers that are new, and mark those that were undone; none is ever changed."""
    known = dict(_answers(stored.value))
    for moment, ratings in _answers(value):
        had = known.get(moment, ())
        for before, after in zip(had, ratings, strict=False):
            if after.undone and not before.undone:
                _undo(db, stored.id, moment, after)
        for rating in ratings[len(had) :]:
            _put(db, stored, moment, rating)


def _put(db: Db, stored: Stored, moment: _Moment, rating: Rating) -> None:
    what, index = moment
    values = {
        "athlete_id": stored.athlete_id,
        "session_id": stored.id,
        "moment": what,
        "hold_idx": index,
        "value": rating.value,
        "at": rating.at,
        "undone": rating.undone,
        "late": rating.late,
        "message_id": rating.message_id,
    }
    db.connection().execute(_PUT_RATING, values)


def _undo(db: Db, session_id: int, moment: _Moment, rating: Rating) -> None:
    what, index = moment
    values = {
        "session": session_id,
        "what": what,
        "index": index,
        "given_at": rating.at,
        "number": rating.value,
    }
    db.connection().execute(_UNDO_RATING, values)
