"""What time brings: every row that is due, reminders together, the others in savepoints."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlmodel import Session as Db

from bot import traces
from bot.accounts.broadcast import flow as broadcast
from bot.accounts.privacy import flow as privacy
from bot.coaching.weekly import flow as weekly
from bot.conversation.outgoing import post
from bot.programme import summary_schedule
from bot.protocol.session.events import Due, Refusal, Restarted, Stop
from bot.protocol.session.state import CUED, Phase
from bot.store import due_rows, inbox, sessions, wiping
from bot.store.due_rows import DueKind, DueRow, earliest
from bot.store.faults import is_of_the_file
from bot.store.statements import apart
from bot.training.alerts import flow as alerts
from bot.training.checks import flow as checks
from bot.training.messages import ReleaseAgain
from bot.training.mornings import flow as mornings
from bot.training.reminders import flow as reminders
from bot.training.session import apply_event, start

BATCH: Final = 10
"""Rows of a kind in one transaction: an answer that comes meanwhile waits for one batch at most."""
REMINDED: Final = 100
"""Reminders in one transaction: together they take no longer than the others do one by one."""
PUSHED_BACK: Final = timedelta(minutes=5)
"""A row that fails waits so long; it never blocks the others."""

__all__ = [
    "BATCH",
    "REMINDED",
    "act_due",
    "break_off",
    "earliest",
    "leave_alone",
    "recover",
    "rest_all",
]


def act_due(
    db: Db, now: datetime, limit: int = BATCH, reminded: int = REMINDED
) -> tuple[int, list[tuple[DueRow, str]]]:
    """Act on what is due; return how many rows were, and those that failed with the reason."""
    rows = due_rows.overdue(db, now, limit, reminded)
    failures: list[tuple[DueRow, str]] = []
    for kind, found in groupby(rows, key=lambda row: row.kind):
        mine = list(found)
        if kind is DueKind.OCCURRENCE and _together(db, mine, now):
            continue
        failures += _one_by_one(db, mine[:limit], now)
    return len(rows), failures


def _together(db: Db, rows: list[DueRow], now: datetime) -> bool:
    """Act on occurrences in one go; False when one of them fails, and nothing is done then."""
    try:
        with apart(db):
            reminders.act_all(db, [row.id for row in rows], now)
    except Exception as error:
        if is_of_the_file(error):
            raise
        return False  # which of them it was shows when each is acted on alone
    return True


def _one_by_one(db: Db, rows: list[DueRow], now: datetime) -> list[tuple[DueRow, str]]:
    failures: list[tuple[DueRow, str]] = []
    for row in rows:
        try:
            with apart(db):
                _ACTS[row.kind](db, row.id, now)
        except Exception as error:
            if is_of_the_file(error):  # no row's fault: all of them are acted on a little later
                raise
            failures.append((row, traces.brief(error)))
            due_rows.push_back(db, row, now + PUSHED_BACK)
    return failures


def _session(db: Db, session_id: int, now: datetime) -> None:
    stored = sessions.get(db, session_id)
    if stored is not None:
        refused = apply_event.happen(db, stored, Due(), now)
        if isinstance(refused, Refusal):  # it would be due for ever
            raise RuntimeError(refused)


_ACTS: Final[dict[DueKind, Callable[[Db, int, datetime], object]]] = {
    DueKind.SESSION: _session,
    DueKind.START: start.open_in_turn,
    DueKind.ALERT: alerts.act,
    DueKind.OCCURRENCE: reminders.act,
    DueKind.MORNING: mornings.act,
    DueKind.CHECK: checks.act,
    DueKind.ERASURE: privacy.erase_due,
    DueKind.SUMMARY: weekly.act,
    DueKind.BROADCAST: broadcast.go_on,
}


def recover(db: Db, now: datetime) -> int:
    """Find every live session after a start; return how many there are.

    Who was cut off is told once: a set that was interrupted in an orderly end knows already.
    Updates that wait from before are marked as old: they never start a hold.
    """
    inbox.mark_backlog(db)
    wiping.go_on(db)
    summary_schedule.for_all(db, now)
    checks.for_all(db, now)
    found = sessions.all_live(db)
    for stored in found:
        if stored.value.phase is not Phase.INTERRUPTED:
            apply_event.happen(db, stored, Restarted(), now)
    return len(found)


def leave_alone(db: Db, now: datetime) -> list[int]:
    """Tell whoever is in a session that a newer version has begun to rest: no cue of it comes here.

    Each is told once. Returns these sessions.
    """
    found = [stored for stored in sessions.all_live(db) if stored.is_newer]
    for stored in found:
        key = f"s{stored.id}:left_alone:{stored.value.breaks}:{stored.value.position}"
        post(db, stored.chat_id, ReleaseAgain(stored.id), now, key=key, session_id=stored.id)
    return [stored.id for stored in found]


def rest_all(db: Db, now: datetime) -> int:
    """Before the program ends: break off every set that has a cue ahead, and say so."""
    cued = [stored for stored in sessions.all_live(db) if stored.value.phase in CUED]
    for stored in cued:
        apply_event.happen(db, stored, Restarted(), now)
    return len(cued)


def break_off(db: Db, cut: dict[int, bool], now: datetime) -> None:
    """Break off these sessions, as their athletes were told when it could not be stored.

    Those that map to True were stopped by their athletes. What was answered since then counts.
    """
    for session_id, stopped in cut.items():
        stored = sessions.get(db, session_id)
        if stored is not None and (stopped or stored.value.phase in CUED):
            apply_event.happen(db, stored, Stop() if stopped else Restarted(), now)
