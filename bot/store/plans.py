"""Plan versions and what was noted about them, for many athletes in one statement each."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Final, NamedTuple

from sqlalchemy import func, or_, select, tuple_
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.json_rows import THESE, array
from bot.store.tables import AthleteRow, AuditRow, PersonRow, PlanRow

_LAST_VERSIONS: Final = (
    select(col(PlanRow.athlete_id), func.max(col(PlanRow.version)))
    .where(col(PlanRow.athlete_id).in_(THESE))
    .group_by(col(PlanRow.athlete_id))
)
_NEWEST: Final = select(PlanRow).where(
    tuple_(col(PlanRow.athlete_id), col(PlanRow.version)).in_(_LAST_VERSIONS)
)


def newest(db: Db, athlete_ids: Sequence[int]) -> dict[int, PlanRow]:
    """Return the newest plan version of each of these athletes."""
    found = db.execute(_NEWEST, {"given": array(athlete_ids)}).scalars()
    return {row.athlete_id: row for row in found}


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


def dose_set_at(db: Db, athlete_id: int) -> datetime:
    """Return since when the plan asks for its holds, seconds and sets."""
    row = PlanRow
    query = (
        select(col(row.holds), col(row.hold_s), col(row.sets), col(row.created_at))
        .where(col(row.athlete_id) == athlete_id)
        .order_by(col(row.version).desc())
    )
    newest, *older = db.execute(query).all()
    same = takewhile(lambda one: one[:3] == newest[:3], older)
    at: datetime = [newest, *same][-1].created_at
    return at


class NotedAction(NamedTuple):
    """Something that was noted about an athlete."""

    athlete_id: int
    action: str
    at: datetime


def changes(
    db: Db, athlete_ids: Sequence[int], actions: Sequence[str], since: datetime
) -> list[NotedAction]:
    """Return when these actions were noted of these athletes since then, oldest first."""
    subject, at = col(AuditRow.subject_id), col(AuditRow.at)
    query = (
        select(subject, col(AuditRow.action), at)
        .where(subject.in_(athlete_ids), col(AuditRow.action).in_(actions), at >= since)
        .order_by(col(AuditRow.id))
    )
    return [NotedAction(*row) for row in db.execute(query)]


_ENROLLED: Final = (
    select(AthleteRow, col(PersonRow.zone))
    .join(PersonRow, col(PersonRow.id) == col(AthleteRow.person_id))
    .where(col(AthleteRow.person_id).in_(THESE))
)


def enrolled(db: Db, athlete_ids: Sequence[int]) -> list[tuple[AthleteRow, str]]:
    """Return the athletes with these ids, each with the zone."""
    found = db.execute(_ENROLLED, {"given": array(athlete_ids)})
    return [(athlete, zone) for athlete, zone in found]


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
