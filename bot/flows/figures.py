"""Figures of this installation: how late cues were, and what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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
    found = (lateness(db, (kind,), kind=kind) for kind in CUES)
    return Figures(
        lateness=tuple(one for one in found if one is not None),
        states=_states(db),
        waiting=outbox.depth(db),
        athletes=count(db, AthleteRow),
        live_sessions=live_sessions(db),
    )


def lateness(
    db: Db,
    kinds: tuple[str, ...],
    *,
    kind: str,
    since: datetime | None = None,
    newest: int | None = None,
) -> Lateness | None:
    """Return how late letters of these kinds were, called `kind`; None where there was none.

    Only those handed over after `since`, and of them only so many of the `newest`.
    """
    late = func.julianday(OutboxRow.handed_at) - func.julianday(OutboxRow.due)
    handed = col(OutboxRow.handed_at)
    query: Any = select(late).where(
        col(OutboxRow.kind).in_(kinds), handed.is_not(None) if since is None else handed > since
    )
    if newest is not None:
        query = query.order_by(handed.desc()).limit(newest)
    found = sorted(max(0.0, days * _DAY_S) for days in db.connection().execute(query).scalars())
    if not found:
        return None
    return Lateness(kind, len(found), _quantile(found, 0.5), _quantile(found, 0.99), found[-1])


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
