"""What time brings: every row that is due, each in its own savepoint."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.flows import accounts, alerts, mornings, privacy, reminders, training
from bot.flows.summaries import schedule, weekly
from bot.protocol.events import Due, Refusal, Restarted
from bot.protocol.record import Phase
from bot.protocol.session import CUED
from bot.store import due, inbox, sessions
from bot.store.due import DueKind, DueRow, earliest

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
                _ACTS[row.kind](db, row.id, now)
        except Exception as error:  # noqa: BLE001 - one poisoned row must not stop the rest
            failures.append((row, f"{type(error).__name__}: {error}"))
            due.push_back(db, row, now + PUSHED_BACK)
    return len(rows), failures


def _session(db: Db, session_id: int, now: datetime) -> None:
    stored = sessions.get(db, session_id)
    if stored is not None:
        refused = training.happen(db, stored, Due(), now)
        if isinstance(refused, Refusal):  # it would be due for ever
            raise RuntimeError(refused)


_ACTS: Final[dict[DueKind, Callable[[Db, int, datetime], object]]] = {
    DueKind.SESSION: _session,
    DueKind.ALERT: alerts.act,
    DueKind.OCCURRENCE: reminders.act,
    DueKind.MORNING: mornings.act,
    DueKind.ERASURE: privacy.erase_due,
    DueKind.SUMMARY: weekly.act,
    DueKind.BROADCAST: accounts.go_on,
}


def recover(db: Db, now: datetime) -> int:
    """Find every live session after a start; return how many there are.

    Who was cut off is told once: a set that was interrupted in an orderly end knows already.
    Updates that wait from before are marked as old: they never start a hold.
    """
    inbox.mark_backlog(db)
    schedule.for_all(db, now)
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
