"""What an athlete does about today's reminder: put it off, skip the day, take that back."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.protocol.calendar.quiet_hours import snooze_until
from bot.store import people
from bot.store import start_queue as places
from bot.store.tables import OccurrenceRow, OccurrenceState
from bot.training import occurrences
from bot.training.eligibility import Barred
from bot.training.reasons import Bar
from bot.training.reminders.flow import MAX_SNOOZES
from bot.training.reminders.messages import SkipReason, Snoozed
from bot.training.reminders.rules import day_ends


def snooze(
    db: Db,
    athlete_id: int,
    occurrence_id: int,
    minutes: int,
    now: datetime,
    said_at: datetime | None = None,
) -> Snoozed | Barred:
    """Put the reminder off, from when that was said; the plan itself stays as it is."""
    row = _mine(db, athlete_id, occurrence_id, now)
    start = said_at or now
    if row is None or start + timedelta(minutes=minutes) <= now:
        return Barred(Bar.GONE)
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    until = snooze_until(
        start,
        minutes,
        quiet=occurrences.quiet_of(athlete),
        zone=person.zone,
        next_at=occurrences.next_at(db, athlete_id, now),
    )
    if row.snoozes >= MAX_SNOOZES:
        until = None
    if until is not None:
        places.leave(db, athlete_id)
        row.state, row.due_at, row.snoozes = OccurrenceState.SNOOZED, until, row.snoozes + 1
        db.add(row)
    return Snoozed(until, person.zone, occurrence_id)


def skip(
    db: Db,
    athlete_id: int,
    occurrence_id: int,
    reason: SkipReason | None,
    now: datetime,
    said_at: datetime | None = None,
) -> OccurrenceRow | Barred:
    """Skip today; the reason can be given now or afterwards.

    What was said on another day, and reached the bot late, is for the session of that day.
    """
    row = _mine(db, athlete_id, occurrence_id, now, also=OccurrenceState.SKIPPED)
    if row is not None:
        places.leave(db, athlete_id)
    else:
        row = _of_that_day(db, athlete_id, occurrence_id, said_at or now, now)
    if row is None:
        return Barred(Bar.GONE)
    row.reason = reason or row.reason
    occurrences.settle(db, row, OccurrenceState.SKIPPED)
    return row


def unskip(db: Db, athlete_id: int, occurrence_id: int, now: datetime) -> bool:
    """Take a skip back the same day."""
    row = _mine(db, athlete_id, occurrence_id, now, also=OccurrenceState.SKIPPED)
    if row is None or row.state != OccurrenceState.SKIPPED:
        return False
    row.state, row.reason = OccurrenceState.NUDGED, None
    row.due_at = day_ends(row.local_date, people.person(db, athlete_id).zone)
    db.add(row)
    return True


def _of_that_day(
    db: Db, athlete_id: int, occurrence_id: int, said_at: datetime, now: datetime
) -> OccurrenceRow | None:
    """Return the athlete's occurrence of an earlier day, the one said on, if nothing was held."""
    zone = people.person(db, athlete_id).zone
    row = db.get(OccurrenceRow, occurrence_id)
    if row is None or row.athlete_id != athlete_id:
        return None
    in_time = local(said_at, zone).date() <= row.local_date < local(now, zone).date()
    return row if in_time and row.state in _UNANSWERED else None


_UNANSWERED: Final = occurrences.ASKED | {OccurrenceState.SKIPPED, OccurrenceState.MISSED}


def _mine(
    db: Db,
    athlete_id: int,
    occurrence_id: int,
    now: datetime,
    also: OccurrenceState = OccurrenceState.REMINDED,
) -> OccurrenceRow | None:
    """Return the athlete's occurrence of today while its reminder is still open."""
    still = {
        OccurrenceState.REMINDED,
        OccurrenceState.SNOOZED,
        OccurrenceState.NUDGED,
        also,
    }
    for row in occurrences.todays(db, athlete_id, now):
        if row.id == occurrence_id and row.state in still:
            return row
    return None
