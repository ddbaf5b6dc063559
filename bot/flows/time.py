"""What time brings: every row that is due, each in its own savepoint."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.flows import privacy, reminders, training
from bot.protocol.events import Due, Refusal, Restarted
from bot.protocol.record import Phase
from bot.protocol.session import CUED
from bot.store import due, inbox, sessions
from bot.store.due import DueKind, DueRow, earliest
from bot.store.tables import AthleteRow, OccurrenceRow, SessionRow

BATCH: Final = 10
"""Rows of a kind in one transaction: an answer that comes meanwhile waits for one batch at most."""
PUSHED_BACK: Final = timedelta(minutes=5)
"""A row that fails waits so long; it never blocks the others."""

__all__ = ["BATCH", "act_due", "earliest", "recover", "rest_all"]


def act_due(db: Db, now: datetime, limit: int = BATCH) -> tuple[int, list[tuple[DueRow, str]]]:
    """Act on what is due; return how many rows, and those that failed with the reason."""
    rows = due.overdue(db, now, limit)
    failures: list[tuple[DueRow, str]] = []
    for row in rows:
        try:
            with db.begin_nested():
                _act(db, row, now)
        except Exception as error:  # noqa: BLE001 - one poisoned row must not stop the rest
            failures.append((row, f"{type(error).__name__}: {error}"))
            _push_back(db, row, now)
    return len(rows), failures


def _act(db: Db, row: DueRow, now: datetime) -> None:
    match row.kind:
        case DueKind.SESSION:
            stored = sessions.get(db, row.id)
            if stored is not None:
                refused = training.happen(db, stored, Due(), now)
                if isinstance(refused, Refusal):  # it would be due for ever
                    raise RuntimeError(refused)
        case DueKind.OCCURRENCE:
            reminders.act(db, row.id, now)
        case DueKind.ERASURE:
            privacy.erase_due(db, row.id, now)


def _push_back(db: Db, row: DueRow, now: datetime) -> None:
    later = now + PUSHED_BACK
    match row.kind:
        case DueKind.SESSION:
            statement = update(SessionRow).where(col(SessionRow.id) == row.id).values(due_at=later)
        case DueKind.OCCURRENCE:
            statement = (
                update(OccurrenceRow).where(col(OccurrenceRow.id) == row.id).values(due_at=later)
            )
        case DueKind.ERASURE:
            statement = (
                update(AthleteRow).where(col(AthleteRow.person_id) == row.id).values(erase_at=later)
            )
    db.connection().execute(statement)


def recover(db: Db, now: datetime) -> int:
    """Find every live session after a start; return how many there are.

    Who was cut off is told once: a set that was interrupted in an orderly end knows already.
    Updates that wait from before are marked as old: they never start a hold.
    """
    inbox.mark_backlog(db)
    found = sessions.all_live(db)
    for session_id in found:
        stored = sessions.get(db, session_id)
        if stored is not None and stored.value.phase is not Phase.INTERRUPTED:
            training.happen(db, stored, Restarted(), now)
    return len(found)


def rest_all(db: Db, now: datetime) -> int:
    """Before the program ends: break off every set that has a cue ahead, and say so."""
    found = [sessions.get(db, session_id) for session_id in sessions.all_live(db)]
    cued = [stored for stored in found if stored is not None and stored.value.phase in CUED]
    for stored in cued:
        training.happen(db, stored, Restarted(), now)
    return len(cued)
