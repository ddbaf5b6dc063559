"""Figures of this installation: how late cues were, and what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store import outbox
from bot.store.tables import AthleteRow, OutboxRow, SessionRow

CUES: Final = ("Stopped", "Release", "Hold")
"""Letters whose lateness is felt in the body."""
_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late so many letters were handed to Telegram, in seconds, to the millisecond."""

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
    """Return the figures of everything that is kept."""
    return Figures(
        lateness=tuple(found for kind in CUES if (found := _lateness(db, kind)) is not None),
        states=_states(db),
        waiting=outbox.depth(db),
        athletes=count(db, AthleteRow),
        live_sessions=live_sessions(db),
    )


def summed(kind: str, delays: Iterable[float]) -> Lateness | None:
    """Return how late so many letters were, from their delays in days; None where there is none."""
    found = sorted(max(0.0, days * _DAY_S) for days in delays)
    if not found:
        return None
    return Lateness(kind, len(found), _quantile(found, 0.5), _quantile(found, 0.99), found[-1])


def _lateness(db: Db, kind: str) -> Lateness | None:
    delay = func.julianday(OutboxRow.handed_at) - func.julianday(OutboxRow.due)
    query = select(delay).where(col(OutboxRow.kind) == kind, col(OutboxRow.handed_at).is_not(None))
    return summed(kind, db.connection().execute(query).scalars())


def live_sessions(db: Db) -> int:
    """Return how many sessions are under way."""
    return count(db, SessionRow, col(SessionRow.phase) != "closed")


def count(db: Db, table: type, *which: ColumnElement[bool]) -> int:
    """Return how many rows of a table there are."""
    query = select(func.count()).select_from(table).where(*which)
    return int(db.connection().execute(query).scalar_one())


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _states(db: Db) -> dict[str, int]:
    query = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)  # type: ignore[call-overload]
    return {row[0]: row[1] for row in db.connection().execute(query)}
