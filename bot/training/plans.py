"""Plan versions: added, never changed. A session keeps the one it began with."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.dose.dose import Dose
from bot.store import people, sessions
from bot.store.tables import PersonRow, PlanRow

CHANGE: Final = "plan"
"""The audit row's action of every change of a dose."""

Changes = dict[str, list[Any]]
"""A dose's field → [before, after], for the fields that differ."""


def add_version(db: Db, athlete_id: int, dose: Dose, now: datetime, *, actor: int | None) -> None:
    """Add a version; `actor` is the person who made it, None for the bot itself."""
    version = people.plan(db, athlete_id).version + 1
    db.add(sessions.plan_row(athlete_id, version, dose, now, actor))
    db.flush()


def change(db: Db, athlete_id: int, dose: Dose, now: datetime, *, actor: int | None) -> Changes:
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


def differences(before: Dose, after: Dose) -> Changes:
    """Return the fields that differ."""
    old, new = asdict(before), asdict(after)
    return {name: [old[name], new[name]] for name in old if old[name] != new[name]}


def version(db: Db, athlete_id: int, number: int) -> PlanRow | None:
    """Return one version, or None."""
    query = select(PlanRow).where(PlanRow.athlete_id == athlete_id, PlanRow.version == number)
    return db.exec(query).one_or_none()


def history(db: Db, athlete_id: int, count: int) -> list[dict[str, Any]]:
    """Return the newest versions, newest first: number, when, by whom, and what they changed."""
    query = (
        select(PlanRow)
        .where(PlanRow.athlete_id == athlete_id)
        .order_by(col(PlanRow.version).desc())
        .limit(count + 1)
    )
    rows = list(db.exec(query))
    found = []
    for at, row in enumerate(rows[:count]):
        by = None if row.created_by is None else db.get(PersonRow, row.created_by)
        older = sessions.dose_of(rows[at + 1]) if at + 1 < len(rows) else None
        found.append(
            {
                "version": row.version,
                "at": row.created_at.isoformat(),
                "by": None if by is None else by.name,
                "changes": None if older is None else differences(older, sessions.dose_of(row)),
            }
        )
    return found
