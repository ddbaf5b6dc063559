"""Figures of this installation: how late cues were, and what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store import outbox
from bot.store.tables import AthleteRow, OutboxRow, SessionRow

CUES: Final = ("Stopped", "Release", "Hold")
"""Letters whose lateness is felt in the body."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late letters of one kind were handed to Telegram, in seconds."""

    kind: str
    count: int
    p50: float
    p99: float
    worst: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What `holdfast stats` prints."""

    lateness: tuple[Lateness, ...]
    states: dict[str, int]
    waiting: int
    athletes: int
    live_sessions: int


def figures(db: Db) -> Figures:
    """Return today's figures of the database."""
    return Figures(
        lateness=tuple(found for kind in CUES if (found := _lateness(db, kind)) is not None),
        states=_states(db),
        waiting=outbox.depth(db),
        athletes=_count(db, AthleteRow),
        live_sessions=_count(db, SessionRow, col(SessionRow.phase) != "closed"),
    )


def _lateness(db: Db, kind: str) -> Lateness | None:
    query = select(OutboxRow.due, OutboxRow.handed_at).where(  # type: ignore[call-overload]
        col(OutboxRow.kind) == kind, col(OutboxRow.handed_at).is_not(None)
    )
    late = sorted(_seconds(row[0], row[1]) for row in db.connection().execute(query))
    if not late:
        return None
    return Lateness(kind, len(late), _quantile(late, 0.5), _quantile(late, 0.99), late[-1])


def _seconds(due: datetime, handed_at: datetime) -> float:
    return max(0.0, (handed_at - due).total_seconds())


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _states(db: Db) -> dict[str, int]:
    query = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)  # type: ignore[call-overload]
    return {row[0]: row[1] for row in db.connection().execute(query)}


def _count(db: Db, table: type, *which: object) -> int:
    query = select(func.count()).select_from(table).where(*which)  # type: ignore[arg-type]
    return int(db.connection().execute(query).scalar_one())
