"""Plan versions: added, never changed. A session keeps the one it began with."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.programme.plan.messages import DoseChanges, PastVersion
from bot.protocol.dose.dose import Dose
from bot.store import people, sessions
from bot.store.tables import PersonRow, PlanRow

CHANGE: Final = "plan"
"""The audit row's action of every change of a dose."""


def add_version(db: Db, athlete_id: int, dose: Dose, now: datetime, *, actor: int | None) -> None:
    """Add a version; `actor` is the person who made it, None for the bot itself."""
    version = people.plan(db, athlete_id).version + 1
    db.add(sessions.plan_row(athlete_id, version, dose, now, actor))
    db.flush()


def change(db: Db, athlete_id: int, dose: Dose, now: datetime, *, actor: int | None) -> DoseChanges:
    """Make `dose` the newest version, with an audit row; return what differs.

    Nothing is stored where nothing differs.
    """
    changes = differences(sessions.dose_of(people.plan(db, athlete_id)), dose)
    if changes:
        add_version(db, athlete_id, dose, now, actor=actor)
        before, after = (
            json.dumps({name: pair[at] for name, pair in changes.items()}) for at in (0, 1)
        )
        people.note(db, CHANGE, now, actor=actor, subject=athlete_id, before=before, after=after)
        db.flush()
    return changes


def differences(before: Dose, after: Dose) -> DoseChanges:
    """Return the fields that differ."""
    old, new = asdict(before), asdict(after)
    return {name: (old[name], new[name]) for name in old if old[name] != new[name]}


def version(db: Db, athlete_id: int, number: int) -> PlanRow | None:
    """Return one version, or None."""
    query = select(PlanRow).where(PlanRow.athlete_id == athlete_id, PlanRow.version == number)
    return db.exec(query).one_or_none()


def history(db: Db, athlete_id: int, count: int) -> tuple[PastVersion, ...]:
    """Return the newest versions, newest first."""
    query = (
        select(PlanRow)
        .where(PlanRow.athlete_id == athlete_id)
        .order_by(col(PlanRow.version).desc())
        .limit(count + 1)
    )
    rows = list(db.exec(query))
    older = [sessions.dose_of(row) for row in rows[1:]]
    return tuple(
        _past(db, row, older[at] if at < len(older) else None)
        for at, row in enumerate(rows[:count])
    )


def _past(db: Db, row: PlanRow, older: Dose | None) -> PastVersion:
    by = None if row.created_by is None else db.get(PersonRow, row.created_by)
    return PastVersion(
        at=row.created_at,
        by=None if by is None else by.name,
        changes=None if older is None else differences(older, sessions.dose_of(row)),
    )
