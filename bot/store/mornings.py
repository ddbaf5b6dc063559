"""Mornings, and the days of training they follow, for many athletes in a few statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, exists, or_, select, true
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.calendar.local_time import training_day
from bot.protocol.session.outcome import NOT_HELD
from bot.protocol.session.state import Outcome, Phase
from bot.store.statements import THESE, array
from bot.store.tables import (
    HoldRow,
    MorningEditRow,
    MorningRow,
    OccurrenceRow,
    PersonRow,
    SessionRow,
)

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trained:
    """One closed session, on the local date it belongs to.

    `instead`: another exercise was held than the plan's.
    """

    athlete_id: int
    day: date
    plan_id: int
    outcome: Outcome
    instead: bool = False


_TRAINED: Final = (
    select(
        col(SessionRow.athlete_id),
        col(SessionRow.plan_id),
        col(SessionRow.outcome),
        col(SessionRow.exercise),
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

    A session belongs to the date of its occurrence, else to the day of training it fell into.
    """
    values = {"given": array(athlete_ids), "since": since}
    return [
        Trained(
            found.athlete_id,
            _day(found),
            found.plan_id,
            Outcome(found.outcome),
            found.exercise is not None,
        )
        for found in db.connection().execute(_TRAINED, values)
    ]


def _day(found: Any) -> date:
    day: date | None = found.local_date
    return training_day(found.opened_at, found.zone) if day is None else day


_PAINS: Final = select(
    col(MorningRow.athlete_id), col(MorningRow.local_date), col(MorningRow.value)
).where(
    col(MorningRow.athlete_id).in_(THESE),
    col(MorningRow.local_date) >= bindparam("since"),
    col(MorningRow.value).is_not(None),
)


def pains(db: Db, athlete_ids: Collection[int], since: date) -> dict[int, dict[date, int]]:
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


def keep_replaced(db: Db, row: MorningRow) -> None:
    """Keep the answer that stands, and when it was given: another one takes its place."""
    assert row.id is not None
    assert row.value is not None
    edit = MorningEditRow(
        athlete_id=row.athlete_id, morning_id=row.id, value=row.value, at=row.answered_at
    )
    db.add(edit)


@dataclass(frozen=True, slots=True)
class MorningAnswer:
    """One answer to the question of a morning; one that was `replaced` is not the morning's."""

    day: date
    value: int
    at: datetime | None
    replaced: bool


def answers(db: Db, athlete_id: int) -> list[MorningAnswer]:
    """Return every answer to every morning of an athlete, morning by morning, as they came."""
    row, edit = MorningRow, MorningEditRow
    replaced = (
        select(col(row.local_date), col(edit.value), col(edit.at))
        .join(row, col(row.id) == col(edit.morning_id))
        .where(col(edit.athlete_id) == athlete_id)
        .order_by(col(edit.id))
    )
    newest = select(col(row.local_date), col(row.value), col(row.answered_at)).where(
        col(row.athlete_id) == athlete_id, col(row.value).is_not(None)
    )
    run = db.connection().execute
    found = [MorningAnswer(*one, replaced=True) for one in run(replaced)]
    found += [
        MorningAnswer(day, value, at, replaced=False)
        for day, value, at in run(newest)
        if value is not None
    ]
    return sorted(found, key=lambda one: one.day)


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


def asked(db: Db, athlete_id: int, since: date) -> list[tuple[date, int | None]]:
    """Return each morning that was asked about from a day on, with its answer, None without one."""
    query = (
        select(col(MorningRow.local_date), col(MorningRow.value))
        .where(
            col(MorningRow.athlete_id) == athlete_id,
            col(MorningRow.local_date) >= since,
            or_(col(MorningRow.asked_at).is_not(None), col(MorningRow.value).is_not(None)),
        )
        .order_by(col(MorningRow.local_date))
    )
    return [(day, value) for day, value in db.connection().execute(query)]
