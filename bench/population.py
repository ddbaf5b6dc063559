"""A database full of athletes, made at once."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import SQLModel, col, func, select

from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Outcome, Phase
from bot.store import sessions
from bot.store.tables import (
    AthleteRow,
    HoldRow,
    OccurrenceRow,
    OccurrenceState,
    PersonRow,
    PlanRow,
    Role,
    RoleRow,
    SessionRow,
)

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MORNING: Final = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


DAYS: Final = 14
"""So many days of training lie behind those whose reminder is brought forward."""


def fill(db: Db, count: int, due_at: datetime) -> None:
    """Enrol `count` athletes; the reminder of each is due at `due_at`."""
    ids = range(1, count + 1)
    plan = sessions.plan_row(0, 1, Dose(), NOON).model_dump(exclude={"id", "athlete_id"})
    people = {"zone": "UTC", "created_at": NOON, "joined_at": NOON}
    days = {"local_date": due_at.date(), "slot": 0, "planned_at": due_at, "due_at": due_at}
    _insert(db, PersonRow, [{"id": n, "telegram_id": n, "name": "Athlete", **people} for n in ids])
    _insert(db, RoleRow, [{"person_id": n, "role": Role.ATHLETE} for n in ids])
    _insert(db, AthleteRow, [{"person_id": n, **_agreed()} for n in ids])
    _insert(db, PlanRow, [{"athlete_id": n, **plan} for n in ids])
    _insert(db, OccurrenceRow, [{"athlete_id": n, **days} for n in ids])


def _agreed() -> dict[str, Any]:
    return {"consent_version": "bench", "consented_at": NOON, "times": "07:30"}


def _insert(db: Db, model: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    table: Any = model.__table__  # type: ignore[attr-defined]
    db.connection().execute(table.insert(), rows)


def bring_forward(db: Db, count: int, to: datetime) -> None:
    """Make the reminders of `count` athletes due, who have trained on the days before."""
    planned = select(OccurrenceRow).where(OccurrenceRow.state == OccurrenceState.PLANNED)
    rows = db.exec(planned.order_by(col(OccurrenceRow.id)).limit(count)).all()
    for row in rows:
        row.planned_at = row.due_at = to
        row.local_date = to.date()
        db.add(row)
    for days in range(1, DAYS + 1):
        _train(db, [row.athlete_id for row in rows], to - timedelta(days=days))


def _train(db: Db, ids: list[int], at: datetime) -> None:
    """Let these athletes have held a session at this time."""
    day = {"local_date": at.date(), "slot": 0, "planned_at": at, "state": OccurrenceState.STARTED}
    sat = {"phase": Phase.CLOSED, "opened_at": at, "outcome": Outcome.LEVEL, "closed_at": at}
    held = {"side": "left", "set_no": 1, "number": 1, "planned_s": 10, "actual_s": 10.0}
    first = (db.exec(select(func.max(SessionRow.id))).one() or 0) + 1
    hold = {**held, "idx": 0, "status": "done", "started_at": at}
    _insert(db, OccurrenceRow, [{"athlete_id": n, **day} for n in ids])
    _insert(db, SessionRow, [{"athlete_id": n, "plan_id": n, **sat} for n in ids])
    _insert(db, HoldRow, [{"session_id": first + n, **hold} for n in range(len(ids))])


def tomorrow(at: datetime) -> datetime:
    """Return the same time the day after."""
    return at + timedelta(days=1)
