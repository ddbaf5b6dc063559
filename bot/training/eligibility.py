"""What bars a session: running, locked, paused, leaving, done, too soon, or rest after pain."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import training_day
from bot.protocol.progression.ladder import AWAY_DAYS
from bot.store import people, reminder_batch, sessions
from bot.store.tables import AthleteRow
from bot.training import occurrences, recent_days
from bot.training.reasons import Bar
from bot.training.recent_days import Barred, RecentDays

__all__ = ["AWAY_AFTER", "Barred", "barred", "had_enough"]

AWAY_AFTER: Final = timedelta(days=AWAY_DAYS)
"""So long without a session or a screening, and red flags are asked for again (PROTOCOL 5)."""


def barred(db: Db, athlete_id: int, now: datetime, days: RecentDays | None = None) -> Barred | None:
    """Return why the athlete cannot open a session now, or None; `days` if they are read."""
    athlete = people.athlete(db, athlete_id)
    if sessions.live(db, athlete_id) is not None:
        return Barred(Bar.RUNNING)
    if athlete.erase_at is not None:
        return Barred(Bar.LEAVING)
    if athlete.locked_at is not None:
        return Barred(Bar.LOCKED, athlete.lock_reason)
    if occurrences.is_paused(db, athlete_id, now):
        return Barred(Bar.PAUSED)
    return had_enough(db, athlete_id, now, days) or _unscreened(db, athlete, now)


def _unscreened(db: Db, athlete: AthleteRow, now: datetime) -> Barred | None:
    """Return that red flags are asked for, or are to be: first these, then a session."""
    if athlete.screen_open_at is not None:
        return Barred(Bar.SCREENING)
    held = [one.opened_at for one in reminder_batch.last_held(db, [athlete.person_id])]
    seen = [athlete.consented_at, athlete.screened_at, *held]
    zone = people.person(db, athlete.person_id).zone
    last = max(training_day(at, zone) for at in seen if at is not None)
    return Barred(Bar.AWAY) if training_day(now, zone) - last >= AWAY_AFTER else None


def had_enough(
    db: Db, athlete_id: int, now: datetime, days: RecentDays | None = None
) -> Barred | None:
    """Apply the limits between sessions: one an occurrence, four hours apart, rest after pain."""
    zone, days = people.person(db, athlete_id).zone, days or recent_days.of_one(db, athlete_id, now)
    own = recent_days.belongs_to(days, zone, now)
    found = recent_days.why_not(days, zone, now, None if own is None else own.local_date)
    if found is None:
        return None
    return replace(found, next_at=occurrences.next_at(db, athlete_id, now))
