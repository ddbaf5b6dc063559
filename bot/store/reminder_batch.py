"""Reminders that are due, and what decides about them, read for many athletes at once.

One statement for each function, whatever the number of athletes. What is written here goes round
the session: nothing that it holds of these rows is up to date after it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Executable, String, bindparam, exists, func, select, text, update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.statements import THESE, adding, array, rows
from bot.store.tables import (
    IS_LIVE,
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
    slot: int
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
    paused_from: date | None
    paused_until: date | None
    locked_at: datetime | None
    erase_at: datetime | None
    live: bool


class Sat(NamedTuple):
    """A session, and whether any hold of it was begun; `outcome` is None while it runs."""

    athlete_id: int
    occurrence_id: int | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    held: bool


class AskedDay(NamedTuple):
    """An occurrence as the days around it look at it; `due_at` is when time acts on it next."""

    id: int
    athlete_id: int
    local_date: date
    slot: int
    planned_at: datetime
    due_at: datetime | None
    state: str
    snoozes: int
    delivered_at: datetime | None
    reason: str | None

    @property
    def key(self) -> tuple[date, int]:
        """Local date and slot."""
        return (self.local_date, self.slot)


class NextOccurrence(NamedTuple):
    """An occurrence to come; its fields are the columns that are stored."""

    athlete_id: int
    local_date: date
    slot: int
    planned_at: datetime
    due_at: datetime
    state: str = OccurrenceState.PLANNED
    snoozes: int = 0


class PlanTold(NamedTuple):
    """What a reminder tells of the newest plan."""

    holds: int
    hold_s: int
    sets: int
    side: str
    exercise: str


class Change(NamedTuple):
    """What an occurrence was and becomes, and when time acts on it next, or None.

    A `reason` is stored with it; without one the row keeps what it has.
    """

    was: str
    becomes: str
    due_at: datetime | None
    reason: str | None = None


def due(db: Db, ids: Collection[int], now: datetime) -> list[Case]:
    """Return those of these occurrences that are due, oldest first."""
    found = db.connection().execute(_due(), {"given": array(ids), "now": now})
    return list(map(Case._make, found.all()))


@cache
def _due() -> Executable:
    row, athlete, person = OccurrenceRow, AthleteRow, PersonRow
    live = exists().where(col(SessionRow.athlete_id) == col(row.athlete_id), text(IS_LIVE))
    return (
        select(
            *map(
                col,
                (
                    row.id,
                    row.athlete_id,
                    row.local_date,
                    row.slot,
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
                    athlete.paused_from,
                    athlete.paused_until,
                    athlete.locked_at,
                    athlete.erase_at,
                ),
            ),
            live,
        )
        .join(athlete, col(athlete.person_id) == col(row.athlete_id))
        .join(person, col(person.id) == col(row.athlete_id))
        .where(col(row.id).in_(THESE), col(row.due_at) <= bindparam("now"))
        .order_by(col(row.due_at), col(row.id))
    )


def sat(db: Db, athlete_ids: Collection[int], since: datetime) -> list[Sat]:
    """Return the sessions opened since then, newest first; one may be running."""
    found = db.connection().execute(_sat(), {"given": array(athlete_ids), "since": since})
    return list(map(Sat._make, found.all()))


@cache
def _sat() -> Executable:
    row = SessionRow
    held = exists().where(col(HoldRow.session_id) == col(row.id))
    return (
        select(
            col(row.athlete_id),
            col(row.occurrence_id),
            col(row.opened_at),
            col(row.closed_at),
            col(row.outcome),
            held,
        )
        .where(col(row.athlete_id).in_(THESE), col(row.opened_at) >= bindparam("since"))
        .order_by(col(row.id).desc())
    )


def asked(db: Db, athlete_ids: Collection[int], since: date) -> list[AskedDay]:
    """Return the occurrences from the local date `since` on, those planned among them."""
    found = db.connection().execute(_asked(), {"given": array(athlete_ids), "since": since})
    return list(map(AskedDay._make, found.all()))


@cache
def _asked() -> Executable:
    row = OccurrenceRow
    what = (getattr(row, name) for name in AskedDay._fields)
    return (
        select(*map(col, what))
        .where(col(row.athlete_id).in_(THESE), col(row.local_date) >= bindparam("since"))
        .order_by(col(row.local_date), col(row.slot))
    )


def told(db: Db, athlete_ids: Collection[int]) -> dict[int, PlanTold]:
    """Return what a reminder tells each of these athletes; who has no plan is left out."""
    found = db.connection().execute(_told(), {"given": array(athlete_ids)})
    return {athlete_id: PlanTold(*row) for athlete_id, *row in found.all()}


@cache
def _told() -> Executable:
    row, newer = PlanRow, PlanRow.__table__.alias()  # type: ignore[attr-defined]
    newest = select(func.max(newer.c.version)).where(newer.c.athlete_id == row.athlete_id)
    what = (row.athlete_id, row.holds, row.hold_s, row.sets, row.side, row.exercise)
    return select(*map(col, what)).where(
        col(row.athlete_id).in_(THESE), col(row.version) == newest.scalar_subquery()
    )


def ended_so(
    db: Db, athlete_ids: Collection[int], outcomes: Collection[str], since: datetime
) -> list[int]:
    """Return those of the athletes who had a session since then that ended in one of these ways."""
    which = {"given": array(athlete_ids), "outcomes": list(outcomes), "since": since}
    return list(db.connection().execute(_ended_so(), which).scalars())


@cache
def _ended_so() -> Executable:
    row = SessionRow
    return (
        select(col(row.athlete_id))
        .where(
            col(row.athlete_id).in_(THESE),
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
    which = {"given": array(ids), "state": state, "but": list(but)}
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
        col(row.id).in_(THESE), newest.scalar_subquery() == bindparam("state")
    )


# ---- writing ---------------------------------------------------------------------------


def claim(db: Db, changes: Mapping[int, Change], now: datetime) -> frozenset[int]:
    """Store what becomes of due occurrences; return those that were still as they were seen.

    Only one hand can: the statement that writes looks at the state, and whether it is due still.
    One statement for all that change alike.
    """
    alike: dict[Change, list[int]] = defaultdict(list)
    for key, change in changes.items():
        alike[change].append(key)
    mine: set[int] = set()
    for change, ids in alike.items():
        values = {"given": array(ids), "now": now, **change._asdict()}
        mine.update(db.connection().execute(_claim(), values).scalars())
    return frozenset(mine)


@cache
def _claim() -> Executable:
    row = OccurrenceRow
    values: dict[Any, Any] = {
        "state": bindparam("becomes"),
        "due_at": bindparam("due_at"),
        "reason": func.coalesce(bindparam("reason", type_=String), col(row.reason)),
    }
    return (
        update(row)
        .where(
            col(row.id).in_(THESE),
            col(row.state) == bindparam("was"),
            col(row.due_at) <= bindparam("now"),
        )
        .values(values)
        .returning(col(row.id))
    )


def hurry(db: Db, ids: Collection[int], now: datetime) -> None:
    """Let time act on these occurrences now."""
    db.connection().execute(_hurry(), {"given": array(ids), "now": now})


@cache
def _hurry() -> Executable:
    row = OccurrenceRow
    return update(row).where(col(row.id).in_(THESE)).values({"due_at": bindparam("now")})


def plan(db: Db, ahead: Iterable[NextOccurrence]) -> None:
    """Store occurrences to come, by one statement; there must not be one on that day and slot."""
    db.connection().execute(_plan(), {"given": rows(ahead)})


@cache
def _plan() -> Executable:
    return adding(OccurrenceRow.__table__, NextOccurrence._fields)  # type: ignore[attr-defined]


_NEWEST_HELD: Final = (
    select(col(SessionRow.opened_at))
    .where(
        col(SessionRow.athlete_id) == col(PersonRow.id),
        exists().where(col(HoldRow.session_id) == col(SessionRow.id)),
    )
    .order_by(col(SessionRow.opened_at).desc())
    .limit(1)
    .correlate(PersonRow)
    .label("at")
)
_LAST_HELD: Final = (
    select(col(PersonRow.id), col(PersonRow.zone), _NEWEST_HELD)
    .where(col(PersonRow.id).in_(THESE))
    .order_by(col(PersonRow.id))
)


class LastHeld(NamedTuple):
    """When an athlete's newest session began in which anything was held, and their zone."""

    athlete_id: int
    zone: str
    opened_at: datetime


def last_held(db: Db, athlete_ids: Collection[int]) -> list[LastHeld]:
    """Return the newest session with a hold of each of these athletes who had one."""
    db.flush()
    found = db.connection().execute(_LAST_HELD, {"given": array(athlete_ids)})
    return [LastHeld(one.id, one.zone, one.at) for one in found if one.at is not None]
