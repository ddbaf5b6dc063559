"""What was planned, held and answered in some days, of many athletes at once.

Five statements, whatever the number of athletes (at most 30,000) and of days.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Executable, and_, case, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.dose import Side
from bot.store.tables import HoldRow, MorningRow, OccurrenceRow, PlanRow, RatingRow, SessionRow

_ANY_CLOCK: Final = timedelta(days=2)
"""Further from midnight UTC than any zone's midnight is, with a session that runs over it."""


class Asking(NamedTuple):
    """One occurrence as it is stored."""

    id: int
    athlete_id: int
    day: date
    slot: int
    state: str
    reason: str | None


class Sitting(NamedTuple):
    """One session and what its plan asked for; `day` is its occurrence's, if it has one."""

    id: int
    athlete_id: int
    occurrence_id: int | None
    day: date | None
    opened_at: datetime
    outcome: str | None
    stop_pain: int | None
    holds_planned: int
    planned_s: int


class Held(NamedTuple):
    """One attempt at a hold."""

    session_id: int
    idx: int
    status: str
    actual_s: float


class Rated(NamedTuple):
    """One pain answer that was not undone; `hold_idx` is None before the first hold."""

    session_id: int
    hold_idx: int | None
    value: int
    at: datetime


class Woken(NamedTuple):
    """The answered question of one morning."""

    athlete_id: int
    day: date
    value: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """What was found, each in the order of its day or its answer."""

    askings: list[Asking]
    sittings: list[Sitting]
    holds: list[Held]
    ratings: list[Rated]
    mornings: list[Woken]


def past(db: Db, athlete_ids: Collection[int], first: date, last: date) -> Past:
    """Return what is stored of these athletes from `first` to `last`, local dates, both included.

    Sessions of a day or two around may be among it: only their zone tells their day.
    """
    run = db.connection().execute
    theirs = _theirs(athlete_ids, first, last)
    return Past(
        [Asking(*row) for row in run(_askings(athlete_ids, first, last))],
        [Sitting(*row) for row in run(_sittings(theirs))],
        [Held(*row) for row in run(_holds(theirs))],
        [Rated(*row) for row in run(_ratings(theirs))],
        [Woken(*row) for row in run(_mornings(athlete_ids, first, last))],
    )


def _theirs(athlete_ids: Collection[int], first: date, last: date) -> ColumnElement[bool]:
    midnight = time(tzinfo=UTC)
    return and_(
        col(SessionRow.athlete_id).in_(athlete_ids),
        col(SessionRow.opened_at) >= datetime.combine(first, midnight) - _ANY_CLOCK,
        col(SessionRow.opened_at) < datetime.combine(last, midnight) + _ANY_CLOCK,
    )


def _askings(athlete_ids: Collection[int], first: date, last: date) -> Executable:
    row = OccurrenceRow
    what = (row.id, row.athlete_id, row.local_date, row.slot, row.state, row.reason)
    return (
        select(*map(col, what))
        .where(col(row.athlete_id).in_(athlete_ids), col(row.local_date).between(first, last))
        .order_by(col(row.athlete_id), col(row.local_date), col(row.slot))
    )


def _sittings(theirs: ColumnElement[bool]) -> Executable:
    row, sides = SessionRow, case((col(PlanRow.side) == Side.BOTH, 2), else_=1)
    holds = col(PlanRow.holds) * col(PlanRow.sets) * sides
    return (
        select(
            col(row.id),
            col(row.athlete_id),
            col(row.occurrence_id),
            col(OccurrenceRow.local_date),
            col(row.opened_at),
            col(row.outcome),
            col(row.stop_pain),
            holds,
            holds * col(PlanRow.hold_s),
        )
        .join(PlanRow, col(PlanRow.id) == col(row.plan_id))
        .outerjoin(OccurrenceRow, col(OccurrenceRow.id) == col(row.occurrence_id))
        .where(theirs)
        .order_by(col(row.athlete_id), col(row.opened_at), col(row.id))
    )


def _holds(theirs: ColumnElement[bool]) -> Executable:
    row = HoldRow
    return (
        select(col(row.session_id), col(row.idx), col(row.status), col(row.actual_s))
        .join(SessionRow, col(SessionRow.id) == col(row.session_id))
        .where(theirs)
        .order_by(col(row.session_id), col(row.idx))
    )


def _ratings(theirs: ColumnElement[bool]) -> Executable:
    row = RatingRow
    return (
        select(col(row.session_id), col(row.hold_idx), col(row.value), col(row.at))
        .join(SessionRow, col(SessionRow.id) == col(row.session_id))
        .where(theirs, col(row.undone).is_(False), col(row.moment).in_(("before", "hold")))
        .order_by(col(row.id))
    )


def _mornings(athlete_ids: Collection[int], first: date, last: date) -> Executable:
    row = MorningRow
    return (
        select(col(row.athlete_id), col(row.local_date), col(row.value), col(row.answered_at))
        .where(
            col(row.athlete_id).in_(athlete_ids),
            col(row.local_date).between(first, last),
            col(row.value).is_not(None),
        )
        .order_by(col(row.athlete_id), col(row.local_date))
    )
