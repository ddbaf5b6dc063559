"""Weekly summaries as they are stored: one a coach and week, claimed by its key."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy import select as columns
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.store import outbox
from bot.store.dialect import insert
from bot.store.tables import AssignmentRow, CoachRow, Role, RoleRow, SummaryRow, ToldDaysRow

Days = tuple[date, date]
"""The first and the last of some local days, both included."""
_ON_THEIR_WAY: Final = 3
"""More summaries than this are never on their way at once."""


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


def letter_key(row: SummaryRow) -> str:
    """Return what the keys of a summary's letters begin with."""
    return f"summary:{row.id}:"


def _heard(db: Db, coach_id: int, before: datetime) -> ColumnElement[bool]:
    """Choose the summaries made before then that the coach has, or that are on their way."""
    mine = and_(col(SummaryRow.coach_id) == coach_id, col(SummaryRow.as_of) < before)
    untold = (
        select(SummaryRow)
        .where(mine, col(SummaryRow.told_at).is_(None))
        .order_by(col(SummaryRow.as_of).desc())
        .limit(_ON_THEIR_WAY)
    )
    coming = [row.id for row in db.exec(untold) if outbox.waits(db, letter_key(row))]
    return and_(mine, or_(col(SummaryRow.told_at).is_not(None), col(SummaryRow.id).in_(coming)))


def keep_days(db: Db, row: SummaryRow, days: Mapping[int, Days]) -> None:
    """Keep which days of each athlete a summary tells of."""
    assert row.id is not None
    for athlete_id, (first, last) in days.items():
        db.add(
            ToldDaysRow(summary_id=row.id, athlete_id=athlete_id, first_day=first, last_day=last)
        )
    db.flush()


def days_of(db: Db, row: SummaryRow) -> dict[int, Days]:
    """Return which days of each athlete a summary tells of; most of 0.1.0 did not keep it."""
    query = select(ToldDaysRow).where(ToldDaysRow.summary_id == row.id)
    return {one.athlete_id: (one.first_day, one.last_day) for one in db.exec(query)}


def told_until(db: Db, coach_id: int, before: datetime) -> dict[int, date]:
    """Return the last day of each athlete that this coach's summaries before then told of."""
    query = (
        columns(col(ToldDaysRow.athlete_id), func.max(col(ToldDaysRow.last_day)))
        .join(SummaryRow, col(SummaryRow.id) == col(ToldDaysRow.summary_id))
        .where(_heard(db, coach_id, before))
        .group_by(col(ToldDaysRow.athlete_id))
    )
    return {row[0]: row[1] for row in db.connection().execute(query)}


def shared_since(db: Db, coach_id: int) -> dict[int, datetime]:
    """Return since when each of a coach's athletes shares with them."""
    query = select(AssignmentRow).where(
        AssignmentRow.coach_id == coach_id, col(AssignmentRow.consented_at).is_not(None)
    )
    return {one.athlete_id: one.consented_at for one in db.exec(query) if one.consented_at}


_WITHOUT_SETTINGS: Final = (
    columns(col(RoleRow.person_id))
    .outerjoin(CoachRow, col(CoachRow.person_id) == col(RoleRow.person_id))
    .where(col(RoleRow.role) == Role.COACH, col(CoachRow.person_id).is_(None))
    .order_by(col(RoleRow.person_id))
)


def coaches_without_settings(db: Db) -> list[int]:
    """Return the ids of the coaches that have no row of their own yet."""
    return list(db.connection().execute(_WITHOUT_SETTINGS).scalars())
