"""Weekly summaries as they are stored: one a coach and week, claimed by its key."""

from datetime import datetime
from typing import Final

from sqlalchemy import select as columns
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.store.tables import CoachRow, Role, RoleRow, SummaryRow


def claim(db: Db, coach_id: int, week: str, as_of: datetime, now: datetime) -> SummaryRow | None:
    """Return the row of a coach's week, made now; None when that week was claimed before."""
    values = {"coach_id": coach_id, "week": week, "as_of": as_of, "made_at": now}
    statement = insert(SummaryRow).values(values).on_conflict_do_nothing()
    if db.connection().execute(statement).rowcount != 1:
        return None
    return of_week(db, coach_id, week)


def of_week(db: Db, coach_id: int, week: str) -> SummaryRow | None:
    """Return the summary a coach had for a week, or None."""
    query = select(SummaryRow).where(SummaryRow.coach_id == coach_id, SummaryRow.week == week)
    return db.exec(query).one_or_none()


def newest(db: Db, coach_id: int) -> SummaryRow | None:
    """Return the newest summary of a coach, or None."""
    query = (
        select(SummaryRow)
        .where(SummaryRow.coach_id == coach_id)
        .order_by(col(SummaryRow.as_of).desc(), col(SummaryRow.id).desc())
        .limit(1)
    )
    return db.exec(query).one_or_none()


_WITHOUT_SETTINGS: Final = (
    columns(col(RoleRow.person_id))
    .outerjoin(CoachRow, col(CoachRow.person_id) == col(RoleRow.person_id))
    .where(col(RoleRow.role) == Role.COACH, col(CoachRow.person_id).is_(None))
)


def coaches_without_settings(db: Db) -> list[int]:
    """Return the ids of the coaches that have no row of their own yet."""
    return list(db.connection().execute(_WITHOUT_SETTINGS).scalars())
