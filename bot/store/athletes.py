"""Athletes, many at once by one statement: how they stand, their plans, what was noted of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import cache
from itertools import takewhile
from typing import Final, NamedTuple

from sqlalchemy import Executable, bindparam, exists, func, or_, select, tuple_
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.statements import THESE, array
from bot.store.tables import AthleteRow, AuditRow, OccurrenceRow, PersonRow, PlanRow, RedFlagRow


def athletes(db: Db, ids: Collection[int]) -> dict[int, AthleteRow]:
    """Return the rows of these athletes."""
    query = select(AthleteRow).where(col(AthleteRow.person_id).in_(ids))
    return {row.person_id: row for row in db.execute(query).scalars()}


def open_flags(db: Db, ids: Collection[int]) -> dict[int, list[RedFlagRow]]:
    """Return the red flags of these athletes that nobody has cleared, oldest first."""
    query = select(RedFlagRow).where(
        col(RedFlagRow.athlete_id).in_(ids), col(RedFlagRow.cleared_at).is_(None)
    )
    found: dict[int, list[RedFlagRow]] = defaultdict(list)
    for row in db.execute(query.order_by(col(RedFlagRow.id))).scalars():
        found[row.athlete_id].append(row)
    return found


# ---- how they stand -------------------------------------------------------------------


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


# ---- plan versions, and what was noted ------------------------------------------------

_LAST_VERSIONS: Final = (
    select(col(PlanRow.athlete_id), func.max(col(PlanRow.version)))
    .where(col(PlanRow.athlete_id).in_(THESE))
    .group_by(col(PlanRow.athlete_id))
)
_NEWEST_PLANS: Final = select(PlanRow).where(
    tuple_(col(PlanRow.athlete_id), col(PlanRow.version)).in_(_LAST_VERSIONS)
)


def newest_plans(db: Db, athlete_ids: Collection[int]) -> dict[int, PlanRow]:
    """Return the newest plan version of each of these athletes."""
    found = db.execute(_NEWEST_PLANS, {"given": array(athlete_ids)}).scalars()
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
    newest_plans, *older = db.execute(query).all()
    same = takewhile(lambda one: one[:3] == newest_plans[:3], older)
    at: datetime = [newest_plans, *same][-1].created_at
    return at


class NotedAction(NamedTuple):
    """Something that was noted about an athlete."""

    athlete_id: int
    action: str
    at: datetime


def noted(
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


def newest_noted(
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
