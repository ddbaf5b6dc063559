"""What time has to act on: rows with a `due_at` that has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    bindparam,
    func,
    literal,
    select,
    union_all,
    update,
)
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store import newer_sessions
from bot.store.tables import (
    AlertRow,
    AthleteRow,
    BroadcastRow,
    CoachRow,
    LoadSettingsRow,
    MorningRow,
    OccurrenceRow,
    SessionRow,
    StartRow,
)


class DueKind(StrEnum):
    """Which kind of row is due, most pressing first."""

    SESSION = "session"
    START = "start"
    ALERT = "alert"
    OCCURRENCE = "occurrence"
    MORNING = "morning"
    CHECK = "check"
    ERASURE = "erasure"
    SUMMARY = "summary"
    BROADCAST = "broadcast"


@dataclass(frozen=True, slots=True)
class DueRow:
    """One row that is due."""

    kind: DueKind
    id: int
    due_at: datetime


_SOURCES: Final[dict[DueKind, tuple[Any, Any]]] = {
    DueKind.SESSION: (col(SessionRow.id), col(SessionRow.due_at)),
    DueKind.START: (col(StartRow.athlete_id), col(StartRow.due_at)),
    DueKind.ALERT: (col(AlertRow.id), col(AlertRow.due_at)),
    DueKind.OCCURRENCE: (col(OccurrenceRow.id), col(OccurrenceRow.due_at)),
    DueKind.MORNING: (col(MorningRow.id), col(MorningRow.due_at)),
    DueKind.CHECK: (col(LoadSettingsRow.athlete_id), col(LoadSettingsRow.check_due_at)),
    DueKind.ERASURE: (col(AthleteRow.person_id), col(AthleteRow.erase_at)),
    DueKind.SUMMARY: (col(CoachRow.person_id), col(CoachRow.summary_due_at)),
    DueKind.BROADCAST: (col(BroadcastRow.id), col(BroadcastRow.due_at)),
}
"""Where rows of each kind have their id and their time, most pressing first."""
_KNOWN: Final[dict[DueKind, tuple[Any, ...]]] = {DueKind.SESSION: newer_sessions.IS_KNOWN}
"""What is true of the rows of a kind that time acts on here."""
_RANK: Final = {kind: rank for rank, kind in enumerate(DueKind)}


def _oldest(kind: DueKind) -> Any:
    """Return the query of a kind's rows that are due; its index gives them in their order."""
    key, at = _SOURCES[kind]
    limit: BindParameter[int] = bindparam(f"{kind}_limit")
    found = select(literal(kind.value).label("kind"), key.label("id"), at.label("at"))
    return select(
        found.where(at <= bindparam("now", type_=at.type), *_KNOWN.get(kind, ()))
        .order_by(at, key)
        .limit(limit)
        .subquery()
    )


def _soonest(kind: DueKind) -> Any:
    _key, at = _SOURCES[kind]
    return select(func.min(at).label("at")).where(at.is_not(None), *_KNOWN.get(kind, ()))


_OVERDUE: Final = union_all(*map(_oldest, DueKind))
_NEXT: Final = union_all(*map(_soonest, DueKind)).subquery()
_EARLIEST: Final = select(func.min(_NEXT.c.at))


def earliest(db: Db) -> datetime | None:
    """Return when time has to act next, or None: one look into each index, in one statement."""
    found: datetime | None = db.connection().execute(_EARLIEST).scalar_one()
    return found


def overdue(db: Db, now: datetime, limit: int, occurrences: int | None = None) -> list[DueRow]:
    """Return up to `limit` rows of each kind that are due, sessions first, oldest first.

    Of occurrences up to `occurrences`, if that is given. One statement.
    """
    limits = {f"{kind}_limit": limit for kind in DueKind}
    if occurrences is not None:
        limits[f"{DueKind.OCCURRENCE}_limit"] = occurrences
    found = db.connection().execute(_OVERDUE, {"now": now, **limits})
    rows = [DueRow(DueKind(kind), row_id, at) for kind, row_id, at in found]
    return sorted(rows, key=lambda row: (_RANK[row.kind], row.due_at, row.id))


def push_back(db: Db, row: DueRow, until: datetime) -> None:
    """Let a row wait until then: acting on it failed, and it must not stop the others."""
    key, at = _SOURCES[row.kind]
    statement = update(key.class_).where(key == row.id).values({at.key: until})
    db.connection().execute(statement)
