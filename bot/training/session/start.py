"""Today's session begins: at once, in line, or not at all, with the reason."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.store import people
from bot.store.sessions import Stored
from bot.store.tables import OccurrenceRow, OccurrenceState
from bot.training import eligibility, occurrences, recent_days
from bot.training.eligibility import Barred
from bot.training.progression import next_dose
from bot.training.reasons import Bar
from bot.training.recent_days import RecentDays
from bot.training.session import apply_event, start_queue
from bot.training.session.start_queue import Later


def begin(
    db: Db,
    athlete_id: int,
    occurrence_id: int | None,
    now: datetime,
    exercise: str | None = None,
) -> Stored | Barred | Later:
    """Open today's session, from a reminder's button or by command; or say why not, or when.

    A reminder's button begins the session of the reminder that rang last: the day counts, not the
    button. `exercise` is held in the place of the plan's.
    """
    days = recent_days.of_one(db, athlete_id, now)
    barred = eligibility.barred(db, athlete_id, now, days)
    if barred is not None:
        return barred
    zone = people.person(db, athlete_id).zone
    if occurrence_id is not None and not _is_open(days, occurrence_id, zone, now):
        return Barred(Bar.GONE)
    line = start_queue.join(db, athlete_id, occurrence_id, now, exercise)
    return line or _open(db, athlete_id, days, now, exercise)


def _is_open(days: RecentDays, occurrence_id: int, zone: str, now: datetime) -> bool:
    """Whether a reminder is of a day that is not over, and was not answered by a session."""
    named = next((one for one in days.asked if one.id == occurrence_id), None)
    return named is not None and recent_days.is_open(days, named, zone, now)


def open_in_turn(db: Db, athlete_id: int, now: datetime) -> bool:
    """Open the session of an athlete who was in line; False if nothing opens now."""
    place = start_queue.may_open(db, athlete_id, now)
    if place is None:
        return False
    _open(db, athlete_id, recent_days.of_one(db, athlete_id, now), now, place.exercise)
    return True


def _open(db: Db, athlete_id: int, days: RecentDays, now: datetime, exercise: str | None) -> Stored:
    """Open a session, for the occurrence it belongs to if there is one; older ones are closed."""
    own = recent_days.belongs_to(days, people.person(db, athlete_id).zone, now)
    next_dose.settle(db, athlete_id, now)
    if own is not None:
        row = db.get_one(OccurrenceRow, own.id)
        occurrences.settle(db, row, OccurrenceState.STARTED)
        occurrences.close_before(db, row)
        occurrences.replan(db, athlete_id, now)
    of = None if own is None else own.id
    return apply_event.open_session(db, athlete_id, of, now, exercise)
