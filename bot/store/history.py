"""What was planned, held and answered in some days, of many athletes at once.

Six statements, whatever the number of athletes (at most 30,000) and of days.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Row,
    and_,
    bindparam,
    case,
    func,
    select,
)
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.dose.dose import Side
from bot.protocol.session.state import HoldStatus
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
    planned_at: datetime


class Sitting(NamedTuple):
    """One session and what its plan asked for.

    `day` is its occurrence's, if it has one; `late`: an answer that counts came after the end.
    `bandless`: its exercise was held in the place of the plan's, without a band.
    """

    id: int
    athlete_id: int
    occurrence_id: int | None
    day: date | None
    opened_at: datetime
    late: bool | None
    outcome: str | None
    stop_pain: int | None
    holds_planned: int
    planned_s: int
    exercise: str
    bandless: bool
    side: str
    holds: int
    hold_s: int
    sets: int


class Load(NamedTuple):
    """The holds of one session together; an interrupted hold does not count."""

    session_id: int
    done: int
    counted: int
    actual_s: float


class CutHold(NamedTuple):
    """One hold that was interrupted."""

    session_id: int
    idx: int


class Rated(NamedTuple):
    """One pain answer that was not undone; `hold_idx` is None before the first hold."""

    session_id: int
    hold_idx: int | None
    value: int


class Woken(NamedTuple):
    """The answered question of one morning."""

    athlete_id: int
    day: date
    value: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """What was found: days and sessions in their order, answers in the order they came."""

    askings: list[Asking]
    sittings: list[Sitting]
    loads: list[Load]
    cuts: list[CutHold]
    ratings: list[Rated]
    mornings: list[Woken]


def past(db: Db, athlete_ids: Collection[int], first: date, last: date) -> Past:
    """Return what is stored of these athletes from `first` to `last`, local dates, both included.

    Sessions of a day or two around may be among it: only their zone tells their day.
    """
    midnight = time(tzinfo=UTC)
    which = {
        "ids": list(athlete_ids),
        "first": first,
        "last": last,
        "since": datetime.combine(first, midnight) - _ANY_CLOCK,
        "until": datetime.combine(last, midnight) + _ANY_CLOCK,
    }

    def found(statement: Executable) -> Sequence[Row[*tuple[Any, ...]]]:
        return db.connection().execute(statement, which).all()

    return Past(
        [Asking(*row) for row in found(_askings())],
        [Sitting(*row) for row in found(_sittings())],
        [Load(*row) for row in found(_loads())],
        [CutHold(*row) for row in found(_cuts())],
        [Rated(*row) for row in found(_ratings())],
        [Woken(*row) for row in found(_mornings())],
    )


# ---- the statements, each built at its first use ----------------------------------------

_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)
_FIRST: Final[BindParameter[Any]] = bindparam("first")
_LAST: Final[BindParameter[Any]] = bindparam("last")


def _theirs() -> ColumnElement[bool]:
    """Choose the sessions that may lie in these days."""
    return and_(
        col(SessionRow.athlete_id).in_(_IDS),
        col(SessionRow.opened_at) >= bindparam("since"),
        col(SessionRow.opened_at) < bindparam("until"),
    )


@cache
def _askings() -> Executable:
    row = OccurrenceRow
    what = (
        row.id,
        row.athlete_id,
        row.local_date,
        row.slot,
        row.state,
        row.reason,
        row.planned_at,
    )
    return (
        select(*map(col, what))
        .where(col(row.athlete_id).in_(_IDS), col(row.local_date).between(_FIRST, _LAST))
        .order_by(col(row.athlete_id), col(row.local_date), col(row.slot))
    )


@cache
def _sittings() -> Executable:
    row, sides = SessionRow, case((col(PlanRow.side) == Side.BOTH, 2), else_=1)
    holds = col(PlanRow.holds) * col(PlanRow.sets) * sides
    late = (
        select(func.max(case((col(RatingRow.late), 1), else_=0)))
        .where(col(RatingRow.session_id) == col(row.id), col(RatingRow.undone).is_(False))
        .scalar_subquery()
    )
    return (
        select(
            col(row.id),
            col(row.athlete_id),
            col(row.occurrence_id),
            col(OccurrenceRow.local_date),
            col(row.opened_at),
            late,
            col(row.outcome),
            col(row.stop_pain),
            holds,
            holds * col(PlanRow.hold_s),
            func.coalesce(col(row.exercise), col(PlanRow.exercise)),
            col(row.exercise).is_not(None),
            col(PlanRow.side),
            col(PlanRow.holds),
            col(PlanRow.hold_s),
            col(PlanRow.sets),
        )
        .join(PlanRow, col(PlanRow.id) == col(row.plan_id))
        .outerjoin(OccurrenceRow, col(OccurrenceRow.id) == col(row.occurrence_id))
        .where(_theirs())
        .order_by(col(row.athlete_id), col(row.opened_at), col(row.id))
    )


@cache
def _loads() -> Executable:
    row = HoldRow
    done = case((col(row.status) == HoldStatus.DONE, 1), else_=0)
    counted = col(row.status).in_((HoldStatus.DONE, HoldStatus.STOPPED))
    return (
        select(
            col(row.session_id),
            func.sum(done),
            func.sum(case((counted, 1), else_=0)),
            func.sum(case((counted, col(row.actual_s)), else_=0.0)),
        )
        .join(SessionRow, col(SessionRow.id) == col(row.session_id))
        .where(_theirs())
        .group_by(col(row.session_id))
    )


@cache
def _cuts() -> Executable:
    row = HoldRow
    return (
        select(col(row.session_id), col(row.idx))
        .join(SessionRow, col(SessionRow.id) == col(row.session_id))
        .where(_theirs(), col(row.status) == HoldStatus.INTERRUPTED)
        .order_by(col(row.session_id), col(row.idx))
    )


@cache
def _ratings() -> Executable:
    row = RatingRow
    return (
        select(col(row.session_id), col(row.hold_idx), col(row.value))
        .join(SessionRow, col(SessionRow.id) == col(row.session_id))
        .where(_theirs(), col(row.undone).is_(False), col(row.moment).in_(("before", "hold")))
        .order_by(col(row.id))
    )


@cache
def _mornings() -> Executable:
    row = MorningRow
    return (
        select(col(row.athlete_id), col(row.local_date), col(row.value), col(row.answered_at))
        .where(
            col(row.athlete_id).in_(_IDS),
            col(row.local_date).between(_FIRST, _LAST),
            col(row.value).is_not(None),
        )
        .order_by(col(row.athlete_id), col(row.local_date))
    )
