"""What an athlete does about a reminder: put it off, skip the session, take that back."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.store import people
from bot.store import start_queue as places
from bot.store.tables import OccurrenceRow, OccurrenceState
from bot.training import occurrences, recent_days
from bot.training.eligibility import Barred
from bot.training.reasons import Bar
from bot.training.recent_days import ASKED
from bot.training.reminders import rules
from bot.training.reminders.messages import SkipReason, Snoozed
from bot.training.reminders.rules import day_ends

_SKIPPED: Final = frozenset({OccurrenceState.SKIPPED})


def snooze(
    db: Db,
    athlete_id: int,
    occurrence_id: int,
    minutes: int,
    now: datetime,
    said_at: datetime | None = None,
) -> Snoozed | Barred:
    """Put the reminder off, from when that was said; the plan itself stays as it is."""
    row = _open(db, athlete_id, occurrence_id, now, ASKED)
    start = said_at or now
    if row is None or start + timedelta(minutes=minutes) <= now:
        return Barred(Bar.GONE)
    athlete, zone = people.athlete(db, athlete_id), people.person(db, athlete_id).zone
    until = rules.snoozed_until(athlete, zone, row, minutes, start)
    if until is None:
        offers = rules.offered_snoozes(athlete, zone, row, now)
        return Snoozed(None, zone, occurrence_id, offers, occurrences.which_of_two(db, row))
    places.leave(db, athlete_id)
    row.state, row.due_at, row.snoozes = OccurrenceState.SNOOZED, until, row.snoozes + 1
    db.add(row)
    return Snoozed(until, zone, occurrence_id)


def open_reminder(
    db: Db, athlete_id: int, occurrence_id: int, now: datetime
) -> OccurrenceRow | None:
    """Return the athlete's reminder if it is not answered, and its day is not over."""
    return _open(db, athlete_id, occurrence_id, now, ASKED)


def skip(
    db: Db,
    athlete_id: int,
    occurrence_id: int,
    reason: SkipReason | None,
    now: datetime,
    said_at: datetime | None = None,
) -> OccurrenceRow | Barred:
    """Skip the session of a reminder; the reason can be given now or afterwards.

    What was said while it was open, and reached the bot late, counts all the same.
    """
    row = _open(db, athlete_id, occurrence_id, now, ASKED | _SKIPPED)
    if row is not None:
        places.leave(db, athlete_id)
    else:
        row = _open(db, athlete_id, occurrence_id, said_at or now, _UNANSWERED)
    if row is None:
        return Barred(Bar.GONE)
    row.reason = reason or row.reason
    occurrences.settle(db, row, OccurrenceState.SKIPPED)
    return row


def unskip(db: Db, athlete_id: int, occurrence_id: int, now: datetime) -> bool:
    """Take a skip back while its day lasts."""
    row = _open(db, athlete_id, occurrence_id, now, _SKIPPED)
    if row is None:
        return False
    row.state, row.reason = OccurrenceState.NUDGED, None
    row.due_at = day_ends(row.local_date, people.person(db, athlete_id).zone)
    db.add(row)
    return True


_UNANSWERED: Final = ASKED | _SKIPPED | {OccurrenceState.MISSED}


def _open(
    db: Db, athlete_id: int, occurrence_id: int, at: datetime, states: frozenset[str]
) -> OccurrenceRow | None:
    """Return the athlete's occurrence in one of these states, if it was open at that instant."""
    db.flush()
    row = db.get(OccurrenceRow, occurrence_id)
    if row is None or row.athlete_id != athlete_id or row.state not in states:
        return None
    zone = people.person(db, athlete_id).zone
    since = min(row.local_date, local(at, zone).date())
    days = recent_days.of_many(db, [athlete_id], since, at)[athlete_id]
    one = next(found for found in days.asked if found.id == occurrence_id)
    return row if at < recent_days.closes_at(days, one, zone) else None
