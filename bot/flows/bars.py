"""What bars a session: running, locked, paused, leaving, done, or rest after pain."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session as Db

from bot.flows import calendar
from bot.protocol.local_time import local
from bot.protocol.record import Outcome
from bot.store import people, sessions
from bot.store.tables import AthleteRow


class Bar(StrEnum):
    """Why no session can be opened now."""

    RUNNING = "running"
    LOCKED = "locked"
    PAUSED = "paused"
    DONE = "done"  # today's session was held
    RESTING = "resting"  # today ended on pain, or the athlete stopped: rest
    LEAVING = "leaving"  # the athlete asked for erasure
    GONE = "gone"  # the reminder is of another day
    AWAY = "away"  # 14 days without a session: red flags are asked for first


@dataclass(frozen=True, slots=True)
class Barred:
    """No session, and why; `until` is the next one where there is a time for it."""

    why: Bar
    reason: str | None = None
    next_at: datetime | None = None


AWAY_AFTER: Final = timedelta(days=14)
"""So long without a session or a screening, and red flags are asked for again (PROTOCOL 5)."""


def barred(db: Db, athlete_id: int, now: datetime) -> Barred | None:
    """Return why the athlete can not open a session now, or None."""
    athlete = people.athlete(db, athlete_id)
    if sessions.live(db, athlete_id) is not None:
        return Barred(Bar.RUNNING)
    if athlete.erase_at is not None:
        return Barred(Bar.LEAVING)
    if athlete.locked_at is not None:
        return Barred(Bar.LOCKED, athlete.lock_reason)
    if calendar.is_paused(db, athlete_id, now):
        return Barred(Bar.PAUSED)
    return had_enough(db, athlete_id, now) or _away(db, athlete, now)


def _away(db: Db, athlete: AthleteRow, now: datetime) -> Barred | None:
    newest = sessions.newest(db, athlete.person_id)
    opened_at = None if newest is None else newest.value.opened_at
    seen = [athlete.consented_at, athlete.screened_at, opened_at]
    away = now - max(at for at in seen if at is not None) >= AWAY_AFTER
    return Barred(Bar.AWAY) if away else None


_REST_TODAY: Final = frozenset(
    {
        Outcome.STOPPED_PAIN,
        Outcome.STOPPED_HARD,
        Outcome.RED_FLAG,
        Outcome.RISING,
        Outcome.RESTED_ON_PAIN,
        Outcome.STOPPED_EARLY,
    }
)


def had_enough(db: Db, athlete_id: int, now: datetime) -> Barred | None:
    """Apply one session a slot and day, none after one that ended on pain, none on a rest day."""
    zone = people.person(db, athlete_id).zone
    day = local(now, zone).date()
    last = [
        found
        for found in sessions.closed(db, athlete_id, 4)
        if local(found.value.opened_at, zone).date() == day
    ]
    next_at = calendar.next_at(db, athlete_id, now)
    if any(row.reason == calendar.FLARE for row in calendar.todays(db, athlete_id, now)):
        return Barred(Bar.RESTING, calendar.FLARE, next_at)
    for found in last:
        if found.value.outcome in _REST_TODAY:
            return Barred(Bar.RESTING, found.value.outcome, next_at)
    held = [found for found in last if found.value.holds]
    slots = max(1, len(people.athlete(db, athlete_id).times.split(",")))
    return Barred(Bar.DONE, None, next_at) if len(held) >= slots else None
