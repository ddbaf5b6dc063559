"""Who is training and who is in line, and what both need of the budget."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, func, literal_column, select, union_all
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.session.state import Phase
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
    opened_at: datetime


_DOSE: Final = (PlanRow.hold_s, PlanRow.rest_s, PlanRow.holds, PlanRow.sets, PlanRow.side)
_OPEN: Final = col(SessionRow.phase) != literal_column("'closed'")
"""Written out: a partial index is not used for a value that is only bound."""
_LIVE: Final = (
    select(  # type: ignore[call-overload]
        *_DOSE, SessionRow.position, SessionRow.phase, SessionRow.due_at, SessionRow.opened_at
    )
    .join_from(SessionRow, PlanRow, col(PlanRow.id) == col(SessionRow.plan_id))
    .where(_OPEN)
)
_HOW_MANY: Final = select(func.count()).where(_OPEN).select_from(SessionRow)
_LAST: Final = select(func.max(StartRow.due_at), func.count()).select_from(StartRow)
_STARTS: Final = union_all(
    select(col(SessionRow.opened_at).label("at")).where(_OPEN),
    select(col(StartRow.due_at).label("at")),
).subquery()
_START: Final = select(_STARTS.c.at).order_by(_STARTS.c.at).limit(1).offset(bindparam("before"))


def training(db: Db) -> list[Training]:
    """Return every live session."""
    return [
        Training(hold_s, rest_s, count(holds, sets, side) - position, Phase(phase), due_at, opened)
        for hold_s, rest_s, holds, sets, side, position, phase, due_at, opened in db.connection()
        .execute(_LIVE)
        .all()
    ]


def how_many(db: Db) -> int:
    """Return how many sessions are live."""
    return int(db.connection().execute(_HOW_MANY).scalar_one())


def waiting(db: Db) -> tuple[datetime | None, int]:
    """Return when the last in line begins, and how many wait; None where nobody does."""
    at, number = db.connection().execute(_LAST).one()
    return at, number


def start(db: Db, before: int) -> datetime:
    """Return when the session begins or began that has so many others before it.

    Live sessions and those in line count; there must be more than `before` of them.
    """
    at: datetime = db.connection().execute(_START, {"before": before}).scalar_one()
    return at


def count(holds: int, sets: int, side: str) -> int:
    """Return the holds of a whole session."""
    return holds * sets * (2 if side == "both" else 1)


def find(db: Db, athlete_id: int) -> StartRow | None:
    """Return the athlete's place in line, if there is one."""
    return db.get(StartRow, athlete_id)


def leave(db: Db, athlete_id: int) -> bool:
    """Let the athlete out of the line; False if they are not in it."""
    out = delete(StartRow).where(col(StartRow.athlete_id) == athlete_id)
    return db.connection().execute(out).rowcount == 1
