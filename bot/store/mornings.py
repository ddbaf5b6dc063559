"""Mornings, and the days of training they follow, for many athletes in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import exists, or_, select, true
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.local_time import local
from bot.protocol.record import Outcome, Phase
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


def trained(db: Db, athlete_ids: Sequence[int], since: datetime) -> list[Trained]:
    """Return the sessions opened since then and closed, oldest first.

    A session belongs to the date of its occurrence, else to the one on the athlete's clock.
    """
    held = exists().where(col(HoldRow.session_id) == col(SessionRow.id))
    row, occurrence = SessionRow, OccurrenceRow
    query = (
        select(
            col(row.athlete_id),
            col(row.plan_id),
            col(row.outcome),
            col(row.opened_at),
            col(occurrence.local_date),
            col(PersonRow.zone),
        )
        .join(PersonRow, col(PersonRow.id) == col(row.athlete_id))
        .outerjoin(occurrence, col(occurrence.id) == col(row.occurrence_id))
        .where(
            col(row.athlete_id).in_(athlete_ids),
            col(row.opened_at) >= since,
            col(row.phase) == Phase.CLOSED,
            or_(col(row.outcome).not_in(NOT_HELD), held),
        )
        .order_by(col(row.id))
    )
    return [
        Trained(found.athlete_id, _day(found), found.plan_id, Outcome(found.outcome))
        for found in db.connection().execute(query)
    ]


def _day(found: Any) -> date:
    day: date | None = found.local_date
    return local(found.opened_at, found.zone).date() if day is None else day


def pains(db: Db, athlete_ids: Sequence[int], since: date) -> dict[int, dict[date, int]]:
    """Return each athlete's known mornings from the local date `since` on."""
    query = select(col(MorningRow.athlete_id), col(MorningRow.local_date), col(MorningRow.value))
    query = query.where(
        col(MorningRow.athlete_id).in_(athlete_ids),
        col(MorningRow.local_date) >= since,
        col(MorningRow.value).is_not(None),
    )
    found: dict[int, dict[date, int]] = {athlete_id: {} for athlete_id in athlete_ids}
    for athlete_id, day, value in db.connection().execute(query):
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
