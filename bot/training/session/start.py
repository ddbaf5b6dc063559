"""Today's session begins: at once, in line, or not at all, with the reason."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.store.sessions import Stored
from bot.store.tables import OccurrenceRow, OccurrenceState
from bot.training import eligibility, occurrences
from bot.training.eligibility import Barred
from bot.training.progression import next_dose
from bot.training.reasons import Bar
from bot.training.session import apply_event, start_queue
from bot.training.session.start_queue import Later


def begin(
    db: Db, athlete_id: int, occurrence_id: int | None, now: datetime
) -> Stored | Barred | Later:
    """Open today's session, from a reminder's button or by command; or say why not, or when."""
    barred = eligibility.barred(db, athlete_id, now)
    if barred is not None:
        return barred
    today = occurrences.todays(db, athlete_id, now)
    if occurrence_id is not None and all(row.id != occurrence_id for row in today):
        return Barred(Bar.GONE)
    return start_queue.join(db, athlete_id, occurrence_id, now) or _open(
        db, athlete_id, _to_start(today, occurrence_id), now
    )


def open_in_turn(db: Db, athlete_id: int, now: datetime) -> bool:
    """Open the session of an athlete who was in line; False if nothing opens now."""
    place = start_queue.may_open(db, athlete_id, now)
    if place is None:
        return False
    row = _to_start(occurrences.todays(db, athlete_id, now), place.occurrence_id)
    _open(db, athlete_id, row, now)
    return True


def _open(db: Db, athlete_id: int, row: OccurrenceRow | None, now: datetime) -> Stored:
    """Open a session, which belongs to an occurrence of today if there is one."""
    next_dose.settle(db, athlete_id, now)
    if row is not None:
        occurrences.settle(db, row, OccurrenceState.STARTED)
        occurrences.replan(db, athlete_id, now)
    return apply_event.open_session(db, athlete_id, None if row is None else row.id, now)


def _to_start(today: list[OccurrenceRow], occurrence_id: int | None) -> OccurrenceRow | None:
    """Return the occurrence that a session opened now belongs to."""
    open_ones = [row for row in today if row.state != OccurrenceState.STARTED]
    named = [row for row in open_ones if row.id == occurrence_id]
    return next(iter(named or open_ones), None)
