"""Plan versions and what was noted about them, for many athletes in one statement each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, tuple_
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.tables import AthleteRow, AuditRow, PersonRow, PlanRow


def newest(db: Db, athlete_ids: Sequence[int]) -> dict[int, PlanRow]:
    """Return the newest plan version of each of these athletes."""
    athlete_id, version = col(PlanRow.athlete_id), col(PlanRow.version)
    last = select(athlete_id, func.max(version)).where(athlete_id.in_(athlete_ids))
    query = select(PlanRow).where(tuple_(athlete_id, version).in_(last.group_by(athlete_id)))
    return {row.athlete_id: row for row in db.execute(query).scalars()}


def dose_changed_since(db: Db, athlete_id: int, plan_id: int) -> bool:
    """Whether a later plan version asks for other holds, seconds or sets than this one."""
    used = db.get(PlanRow, plan_id)
    assert used is not None
    query = select(col(PlanRow.id)).where(
        col(PlanRow.athlete_id) == athlete_id,
        col(PlanRow.version) > used.version,
        or_(
            col(PlanRow.holds) != used.holds,
            col(PlanRow.hold_s) != used.hold_s,
            col(PlanRow.sets) != used.sets,
        ),
    )
    return db.execute(query.limit(1)).first() is not None


def enrolled(db: Db, athlete_ids: Sequence[int]) -> list[AthleteRow]:
    """Return the athletes with these ids; their people are read along, and then at hand."""
    query = (
        select(AthleteRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(AthleteRow.person_id))
        .where(col(AthleteRow.person_id).in_(athlete_ids))
    )
    return [athlete for athlete, _person in db.execute(query)]


def newest_changes(
    db: Db, athlete_ids: Sequence[int], action: str, since: datetime
) -> dict[int, datetime]:
    """Return when this action was last noted of each of these athletes, if it was since then."""
    subject, at = col(AuditRow.subject_id), col(AuditRow.at)
    query = (
        select(subject, func.max(at))
        .where(subject.in_(athlete_ids), col(AuditRow.action) == action, at >= since)
        .group_by(subject)
    )
    return {row[0]: row[1] for row in db.execute(query)}
