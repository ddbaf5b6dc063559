"""Reminders that are due, and what decides about them, read for many athletes at once.

One statement for each function, whatever the number of athletes (at most 30,000). What is
written here goes round the session: nothing that it holds of these rows is up to date after it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BindParameter,
    Executable,
    bindparam,
    exists,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.record import Phase
from bot.store.tables import (
    AthleteRow,
    HoldRow,
    OccurrenceRow,
    OccurrenceState,
    PersonRow,
    PlanRow,
    SessionRow,
)


class Case(NamedTuple):
    """An occurrence that is due, and its athlete as stored now; `live`: a session is running."""

    id: int
    athlete_id: int
    local_date: date
    planned_at: datetime
    due_at: datetime
    state: str
    snoozes: int
    delivered_at: datetime | None
    chat_id: int | None
    name: str
    zone: str
    unreachable_since: datetime | None
    weekdays: str
    times: str
    quiet_start: str
    quiet_end: str
    paused_at: datetime | None
    paused_until: date | None
    locked_at: datetime | None
    erase_at: datetime | None
    live: bool


class Sat(NamedTuple):
    """A closed session, and whether any hold of it was begun."""

    athlete_id: int
    opened_at: datetime
    outcome: str
    held: bool


class Asked(NamedTuple):
    """An occurrence as the days after it look back on it."""

    athlete_id: int
    local_date: date
    slot: int
    reason: str | None


class Ahead(NamedTuple):
    """An occurrence to come."""

    athlete_id: int
    local_date: date
    slot: int
    planned_at: datetime
    due_at: datetime


class Told(NamedTuple):
    """What a reminder tells of the newest plan."""

    holds: int
    hold_s: int
    sets: int
    side: str


_IDS: Final[BindParameter[Any]] = bindparam("ids", expanding=True)


def due(db: Db, ids: Collection[int], now: datetime) -> list[Case]:
    """Return those of these occurrences that are due, oldest first."""
    found = db.connection().execute(_due(), {"ids": list(ids), "now": now})
    return [Case(*row) for row in found]


@cache
def _due() -> Executable:
    row, athlete, person = OccurrenceRow, AthleteRow, PersonRow
    live = exists().where(
        col(SessionRow.athlete_id) == col(row.athlete_id), text("session.phase <> 'closed'")
    )
    return (
        select(
            *map(
                col,
                (
                    row.id,
                    row.athlete_id,
                    row.local_date,
                    row.planned_at,
                    row.due_at,
                    row.state,
                    row.snoozes,
                    row.delivered_at,
                    person.telegram_id,
                    person.name,
                    person.zone,
                    person.unreachable_since,
                    athlete.weekdays,
                    athlete.times,
                    athlete.quiet_start,
                    athlete.quiet_end,
                    athlete.paused_at,
                    athlete.paused_until,
                    athlete.locked_at,
                    athlete.erase_at,
                ),
            ),
            live,
        )
        .join(athlete, col(athlete.person_id) == col(row.athlete_id))
        .join(person, col(person.id) == col(row.athlete_id))
        .where(col(row.id).in_(_IDS), col(row.due_at) <= bindparam("now"))
        .order_by(col(row.due_at), col(row.id))
    )


def sat(db: Db, athlete_ids: Collection[int], since: datetime) -> list[Sat]:
    """Return the sessions opened since then and closed, newest first."""
    found = db.connection().execute(_sat(), {"ids": list(athlete_ids), "since": since})
    return [Sat(*row) for row in found]


@cache
def _sat() -> Executable:
    row = SessionRow
    held = exists().where(col(HoldRow.session_id) == col(row.id))
    return (
        select(col(row.athlete_id), col(row.opened_at), col(row.outcome), held)
        .where(
            col(row.athlete_id).in_(_IDS),
            col(row.opened_at) >= bindparam("since"),
            col(row.phase) == Phase.CLOSED,
        )
        .order_by(col(row.id).desc())
    )


def asked(db: Db, athlete_ids: Collection[int], since: date) -> list[Asked]:
    """Return the occurrences from the local date `since` on, those planned among them."""
    found = db.connection().execute(_asked(), {"ids": list(athlete_ids), "since": since})
    return [Asked(*row) for row in found]


@cache
def _asked() -> Executable:
    row = OccurrenceRow
    return select(*map(col, (row.athlete_id, row.local_date, row.slot, row.reason))).where(
        col(row.athlete_id).in_(_IDS), col(row.local_date) >= bindparam("since")
    )


def told(db: Db, athlete_ids: Collection[int]) -> dict[int, Told]:
    """Return what a reminder tells each of these athletes; who has no plan is left out."""
    found = db.connection().execute(_told(), {"ids": list(athlete_ids)})
    return {athlete_id: Told(*row) for athlete_id, *row in found}


@cache
def _told() -> Executable:
    row, newer = PlanRow, PlanRow.__table__.alias()  # type: ignore[attr-defined]
    newest = select(func.max(newer.c.version)).where(newer.c.athlete_id == row.athlete_id)
    return select(*map(col, (row.athlete_id, row.holds, row.hold_s, row.sets, row.side))).where(
        col(row.athlete_id).in_(_IDS), col(row.version) == newest.scalar_subquery()
    )


def ended_so(
    db: Db, athlete_ids: Collection[int], outcomes: Collection[str], since: datetime
) -> list[int]:
    """Return those of the athletes who had a session since then that ended in one of these ways."""
    which = {"ids": list(athlete_ids), "outcomes": list(outcomes), "since": since}
    return list(db.connection().execute(_ended_so(), which).scalars())


@cache
def _ended_so() -> Executable:
    row = SessionRow
    return (
        select(col(row.athlete_id))
        .where(
            col(row.athlete_id).in_(_IDS),
            col(row.opened_at) >= bindparam("since"),
            col(row.outcome).in_(bindparam("outcomes", expanding=True)),
        )
        .distinct()
    )


def after_one_like_it(
    db: Db, ids: Collection[int], state: OccurrenceState, but: Collection[str]
) -> frozenset[int]:
    """Return those of these occurrences whose athlete's newest other day is in `state`.

    Days in the states `but` are passed over.
    """
    which = {"ids": list(ids), "state": state, "but": list(but)}
    return frozenset(db.connection().execute(_after(), which).scalars())


@cache
def _after() -> Executable:
    row, other = OccurrenceRow, OccurrenceRow.__table__.alias()  # type: ignore[attr-defined]
    newest = (
        select(other.c.state)
        .where(
            other.c.athlete_id == row.athlete_id,
            other.c.local_date != row.local_date,
            other.c.state.not_in(bindparam("but", expanding=True)),
        )
        .order_by(other.c.local_date.desc())
        .limit(1)
    )
    return select(col(row.id)).where(
        col(row.id).in_(_IDS), newest.scalar_subquery() == bindparam("state")
    )


# ---- writing ---------------------------------------------------------------------------


def claim(db: Db, seen: Sequence[Case]) -> frozenset[int]:
    """Take the due times of occurrences away; return those that still were as they were seen.

    Only one hand can: the state and the due time are compared in the statement that writes.
    """
    as_seen = [(one.id, one.state, one.due_at) for one in seen]
    which = {"ids": [one.id for one in seen], "seen": as_seen}
    return frozenset(db.connection().execute(_claim(), which).scalars())


@cache
def _claim() -> Executable:
    row = OccurrenceRow
    key = tuple_(col(row.id), col(row.state), col(row.due_at))
    return (
        update(row)
        .where(col(row.id).in_(_IDS), key.in_(bindparam("seen", expanding=True)))
        .values(due_at=None)
        .returning(col(row.id))
    )


def store(db: Db, became: Mapping[int, tuple[OccurrenceState, datetime | None]]) -> None:
    """Store what became of claimed occurrences: the state, and when time acts next, or None."""
    rows = [{"key": key, "state": state, "due_at": at} for key, (state, at) in became.items()]
    if rows:
        db.connection().execute(_store(), rows)


@cache
def _store() -> Executable:
    row = OccurrenceRow
    values: dict[Any, Any] = {"state": bindparam("state"), "due_at": bindparam("due_at")}
    return update(row).where(col(row.id) == bindparam("key")).values(values)


def plan(db: Db, ahead: Sequence[Ahead]) -> None:
    """Store occurrences to come, by one statement."""
    state = {"state": OccurrenceState.PLANNED, "snoozes": 0}
    if ahead:
        rows = [{**one._asdict(), **state} for one in ahead]
        db.connection().execute(insert(OccurrenceRow), rows)
