"""Mornings, and the days of training they follow, for many athletes in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, exists, or_, select, true
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.calendar.local_time import local
from bot.protocol.session.state import Outcome, Phase
from bot.store.json_rows import THESE, array
from bot.store.tables import HoldRow, MorningRow, OccurrenceRow, PersonRow, SessionRow

DAY: Final = timedelta(days=1)
NOT_HELD: Final = frozenset({Outcome.PARTIAL, Outcome.STOPPED_EARLY})
"""Outcomes that without a single hold are no session at all: opened, and left."""


@dataclass(frozen=True, slots=True)
class Trained:
    """One closed session, on the local date it belongs to."""

    athlete_id: int
    day: date
    plan_id: int
    outcome: Outcome


_TRAINED: Final = (
    select(
        col(SessionRow.athlete_id),
        col(SessionRow.plan_id),
        col(SessionRow.outcome),
        col(SessionRow.opened_at),
        col(OccurrenceRow.local_date),
        col(PersonRow.zone),
    )
    .join(PersonRow, col(PersonRow.id) == col(SessionRow.athlete_id))
    .outerjoin(OccurrenceRow, col(OccurrenceRow.id) == col(SessionRow.occurrence_id))
    .where(
        col(SessionRow.athlete_id).in_(THESE),
        col(SessionRow.opened_at) >= bindparam("since"),
        col(SessionRow.phase) == Phase.CLOSED,
        or_(
            col(SessionRow.outcome).not_in(NOT_HELD),
            exists().where(col(HoldRow.session_id) == col(SessionRow.id)),
        ),
    )
    .order_by(col(SessionRow.id))
)


def trained(db: Db, athlete_ids: Sequence[int], since: datetime) -> list[Trained]:
    """Return the sessions opened since then and closed, oldest first.

    A session belongs to the date of its occurrence, else to the one on the athlete's clock.
    """
    values = {"given": array(athlete_ids), "since": since}
    return [
        Trained(found.athlete_id, _day(found), found.plan_id, Outcome(found.outcome))
        for found in db.connection().execute(_TRAINED, values)
    ]


def _day(found: Any) -> date:
    day: date | None = found.local_date
    return local(found.opened_at, found.zone).date() if day is None else day


_PAINS: Final = select(
    col(MorningRow.athlete_id), col(MorningRow.local_date), col(MorningRow.value)
).where(
    col(MorningRow.athlete_id).in_(THESE),
    col(MorningRow.local_date) >= bindparam("since"),
    col(MorningRow.value).is_not(None),
)


def pains(db: Db, athlete_ids: Sequence[int], since: date) -> dict[int, dict[date, int]]:
    """Return each athlete's known mornings from the local date `since` on."""
    found: dict[int, dict[date, int]] = {athlete_id: {} for athlete_id in athlete_ids}
    values = {"given": array(athlete_ids), "since": since}
    for athlete_id, day, value in db.connection().execute(_PAINS, values):
        found[athlete_id][day] = value or 0
    return found


def of_day(db: Db, athlete_id: int, day: date) -> MorningRow | None:
    """Return the athlete's morning of a local date."""
    query = select(MorningRow).where(
        col(MorningRow.athlete_id) == athlete_id, col(MorningRow.local_date) == day
    )
    return db.execute(query).scalar_one_or_none()


def newest_open(
    db: Db, athlete_id: int, asked_since: datetime, until: datetime | None = None
) -> MorningRow | None:
    """Return the newest morning asked about since then, up to `until`, and not answered yet."""
    query = (
        select(MorningRow)
        .where(
            col(MorningRow.athlete_id) == athlete_id,
            col(MorningRow.asked_at) >= asked_since,
            true() if until is None else col(MorningRow.asked_at) <= until,
            col(MorningRow.value).is_(None),
        )
        .order_by(col(MorningRow.local_date).desc())
        .limit(1)
    )
    return db.execute(query).scalar_one_or_none()
