"""What is true of many athletes now: locks, pauses, open red flags, the newest plan."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, exists, func, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.tables import (
    AthleteRow,
    OccurrenceRow,
    PersonRow,
    PlanRow,
    RedFlagRow,
)


class Stands(NamedTuple):
    """One athlete as stored now."""

    athlete_id: int
    lock_reason: str | None
    paused_at: datetime | None
    paused_from: date | None
    paused_until: date | None
    unreachable_since: datetime | None
    open_flag: bool
    pain_limit: int
    hard_stop: int


def standing(db: Db, athlete_ids: Collection[int]) -> dict[int, Stands]:
    """Return how each of these athletes, who have a plan, stands now: one statement."""
    found = db.connection().execute(_standing(), {"ids": list(athlete_ids)}).all()
    return {row[0]: Stands(*row) for row in found}


@cache
def _standing() -> Executable:
    row, plan, newer = AthleteRow, PlanRow, PlanRow.__table__.alias()  # type: ignore[attr-defined]
    newest = (
        select(func.max(newer.c.version))
        .where(newer.c.athlete_id == row.person_id)
        .scalar_subquery()
    )
    flagged = exists().where(
        col(RedFlagRow.athlete_id) == col(row.person_id), col(RedFlagRow.cleared_at).is_(None)
    )
    return (
        select(
            col(row.person_id),
            col(row.lock_reason),
            col(row.paused_at),
            col(row.paused_from),
            col(row.paused_until),
            col(PersonRow.unreachable_since),
            flagged,
            col(plan.pain_limit),
            col(plan.hard_stop),
        )
        .join(PersonRow, col(PersonRow.id) == col(row.person_id))
        .join(plan, (col(plan.athlete_id) == col(row.person_id)) & (col(plan.version) == newest))
        .where(col(row.person_id).in_(bindparam("ids", expanding=True)))
    )


def lags(db: Db, athlete_ids: Collection[int], last: date, now: datetime) -> bool:
    """Whether an occurrence up to `last` is overdue: after an outage, days are settled in turn."""
    query = select(col(OccurrenceRow.id)).where(
        col(OccurrenceRow.athlete_id).in_(athlete_ids),
        col(OccurrenceRow.due_at) <= now,
        col(OccurrenceRow.local_date) <= last,
    )
    return db.connection().execute(query.limit(1)).first() is not None
