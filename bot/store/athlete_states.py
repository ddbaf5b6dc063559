"""What is true of many athletes now: locks, pauses, open red flags, the newest plan."""

from collections.abc import Collection
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Executable, bindparam, exists, func, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.tables import (
    AssignmentRow,
    AthleteRow,
    OccurrenceRow,
    PersonRow,
    PlanRow,
    RedFlagRow,
    Role,
    RoleRow,
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


def may_be_told(db: Db, chat_id: int, athlete_ids: Collection[int]) -> frozenset[int]:
    """Return those of the athletes whom the person of this chat may be told about.

    That is oneself, the athletes who consented to this coach, and for an admin all.
    """
    me = select(col(PersonRow.id)).where(col(PersonRow.telegram_id) == chat_id).scalar_subquery()
    admin = exists().where(col(RoleRow.person_id) == me, col(RoleRow.role) == Role.ADMIN)
    coaches = exists().where(
        col(AssignmentRow.athlete_id) == col(AthleteRow.person_id),
        col(AssignmentRow.coach_id) == me,
        col(AssignmentRow.consented_at).is_not(None),
        col(AssignmentRow.ended_at).is_(None),
    )
    query = select(col(AthleteRow.person_id)).where(
        col(AthleteRow.person_id).in_(athlete_ids),
        (col(AthleteRow.person_id) == me) | admin | coaches,
    )
    return frozenset(db.connection().execute(query).scalars())
