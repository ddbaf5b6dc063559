"""Who is training, and who is in line to: what both ask of the budget."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.record import Phase
from bot.store.tables import PlanRow, SessionRow, StartRow


@dataclass(frozen=True, slots=True)
class Training:
    """A live session: the seconds of a hold and a rest, and how many holds are left.

    `due_at` is when time acts on it next: for one that is asked, when the question is given up.
    """

    hold_s: int
    rest_s: int
    left: int
    phase: Phase
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class InLine:
    """A session that opens at `due_at`, and its dose."""

    hold_s: int
    rest_s: int
    holds: int
    due_at: datetime


_DOSE: Final = (PlanRow.hold_s, PlanRow.rest_s, PlanRow.holds, PlanRow.sets, PlanRow.side)
_LIVE: Final = (
    select(  # type: ignore[call-overload]
        *_DOSE, SessionRow.position, SessionRow.phase, SessionRow.due_at
    )
    .join_from(SessionRow, PlanRow, col(PlanRow.id) == col(SessionRow.plan_id))
    .where(col(SessionRow.phase) != Phase.CLOSED.value)
)
_VERSIONS = aliased(PlanRow)
_NEWEST: Final = (
    select(_VERSIONS.id)  # type: ignore[call-overload]
    .where(_VERSIONS.athlete_id == col(StartRow.athlete_id))
    .order_by(col(_VERSIONS.version).desc())
    .limit(1)
    .correlate(StartRow)
    .scalar_subquery()
)
_WAITING: Final = (
    select(*_DOSE, StartRow.due_at)  # type: ignore[call-overload]
    .join_from(StartRow, PlanRow, col(PlanRow.id) == _NEWEST)
    .order_by(StartRow.due_at)
)


def training(db: Db) -> list[Training]:
    """Return every live session."""
    return [
        Training(hold_s, rest_s, _count(holds, sets, side) - position, Phase(phase), due_at)
        for hold_s, rest_s, holds, sets, side, position, phase, due_at in _rows(db, _LIVE)
    ]


def waiting(db: Db) -> list[InLine]:
    """Return who is in line, the first first."""
    return [
        InLine(hold_s, rest_s, _count(holds, sets, side), due_at)
        for hold_s, rest_s, holds, sets, side, due_at in _rows(db, _WAITING)
    ]


def find(db: Db, athlete_id: int) -> StartRow | None:
    """Return the athlete's place in line, if there is one."""
    return db.get(StartRow, athlete_id)


def leave(db: Db, athlete_id: int) -> bool:
    """Let the athlete out of the line; False if they are not in it."""
    out = delete(StartRow).where(col(StartRow.athlete_id) == athlete_id)
    return db.connection().execute(out).rowcount == 1


def _rows(db: Db, query: Any) -> list[Any]:
    return list(db.connection().execute(query))


def _count(holds: int, sets: int, side: str) -> int:
    return holds * sets * (2 if side == "both" else 1)
