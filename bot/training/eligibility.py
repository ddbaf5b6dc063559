"""What bars a session: running, locked, paused, leaving, done, or rest after pain."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.store import people, reminder_batch, sessions
from bot.store.reminder_batch import AskedDay, Sat
from bot.store.tables import AthleteRow
from bot.training import occurrences, reasons
from bot.training.reasons import Bar


@dataclass(frozen=True, slots=True)
class Barred:
    """No session, and why: rest lasts `until`, and the next session is planned for `next_at`."""

    why: Bar
    reason: str | None = None
    next_at: datetime | None = None
    until: datetime | None = None


AWAY_AFTER: Final = timedelta(days=14)
"""So long without a session or a screening, and red flags are asked for again (PROTOCOL 5)."""


def barred(db: Db, athlete_id: int, now: datetime) -> Barred | None:
    """Return why the athlete cannot open a session now, or None."""
    athlete = people.athlete(db, athlete_id)
    if sessions.live(db, athlete_id) is not None:
        return Barred(Bar.RUNNING)
    if athlete.erase_at is not None:
        return Barred(Bar.LEAVING)
    if athlete.locked_at is not None:
        return Barred(Bar.LOCKED, athlete.lock_reason)
    if occurrences.is_paused(db, athlete_id, now):
        return Barred(Bar.PAUSED)
    return had_enough(db, athlete_id, now) or _unscreened(db, athlete, now)


def _unscreened(db: Db, athlete: AthleteRow, now: datetime) -> Barred | None:
    """Return that red flags are asked for, or are to be: first these, then a session."""
    if athlete.screen_open_at is not None:
        return Barred(Bar.SCREENING)
    newest = sessions.newest(db, athlete.person_id)
    opened_at = None if newest is None else newest.value.opened_at
    seen = [athlete.consented_at, athlete.screened_at, opened_at]
    away = now - max(at for at in seen if at is not None) >= AWAY_AFTER
    return Barred(Bar.AWAY) if away else None


def had_enough(db: Db, athlete_id: int, now: datetime) -> Barred | None:
    """Apply one session a slot and day, none after one that ended on pain, none on a rest day."""
    athlete, zone = people.athlete(db, athlete_id), people.person(db, athlete_id).zone
    past = pasts(db, [athlete_id], local(now, zone).date(), now)[athlete_id]
    found = enough(athlete.times, zone, past, now)
    if found is None:
        return None
    return replace(found, next_at=occurrences.next_at(db, athlete_id, now))


@dataclass(frozen=True, slots=True)
class RecentDays:
    """The last two days of one athlete, and what is planned: sessions are newest first."""

    sat: list[Sat] = field(default_factory=list)
    asked: list[AskedDay] = field(default_factory=list)


def pasts(
    db: Db, athlete_ids: Collection[int], since: date, now: datetime
) -> dict[int, RecentDays]:
    """Read the sessions of two days, and the occurrences from the local date `since` on."""
    found = {athlete_id: RecentDays() for athlete_id in athlete_ids}
    for one in reminder_batch.sat(db, athlete_ids, now - occurrences.ANY_DAY):
        found[one.athlete_id].sat.append(one)
    for asked in reminder_batch.asked(db, athlete_ids, since):
        found[asked.athlete_id].asked.append(asked)
    return found


def enough(times: str, zone: str, past: RecentDays, now: datetime) -> Barred | None:
    """Return why the athlete with these reminder times is to do nothing more today, or None."""
    today = local(now, zone).date()
    if any(one.reason == reasons.FLARE for one in past.asked if one.local_date == today):
        return Barred(Bar.RESTING, reasons.FLARE)
    sat = [one for one in past.sat if local(one.opened_at, zone).date() == today]
    resting = occurrences.resting(past.sat, zone, now)
    if resting is not None:
        return Barred(Bar.RESTING, resting.outcome, until=resting.until)
    slots = max(1, len(times.split(",")))
    return Barred(Bar.DONE) if sum(one.held for one in sat) >= slots else None
