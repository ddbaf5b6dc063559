"""Which day's session comes next: occurrences, pauses and locks of one athlete."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.calendar.local_time import instant, local, over_at
from bot.protocol.calendar.quiet_hours import QuietHours, release_at
from bot.protocol.calendar.recurrence import (
    NoOccurrenceError,
    Occurrence,
    OccurrenceKey,
    Recurrence,
    next_occurrence,
    planned_for,
)
from bot.store import outbox, people
from bot.store.athletes import Stands
from bot.store.reminder_batch import AskedDay, Case
from bot.store.tables import AthleteRow, OccurrenceRow, OccurrenceState, PersonRow
from bot.training import recent_days
from bot.training.reasons import CHANGED, FLARE
from bot.training.recent_days import ASKED, RecentDays

_MOMENT: Final = timedelta(microseconds=1)
GRACE: Final = timedelta(hours=2)
"""A reminder later than this is of no use."""
Schedule = AthleteRow | Case
"""What an athlete's days are reckoned from: read alone, or with many others."""
Pausable = Schedule | Stands
"""What tells of an athlete's pause."""


def recurrence_of(athlete: Schedule, zone: str) -> Recurrence | None:
    """Return the athlete's schedule, or None when it has no days."""
    return _recurrence(athlete.weekdays, athlete.times, zone) if athlete.weekdays else None


@lru_cache(maxsize=1024)
def _recurrence(weekdays: str, times: str, zone: str) -> Recurrence:
    days = frozenset(int(day) for day in weekdays.split(","))
    return Recurrence(days, tuple(time.fromisoformat(found) for found in times.split(",")), zone)


def quiet_of(athlete: Schedule) -> QuietHours:
    """Return the hours in which nothing rings, except a session that the athlete began."""
    return _quiet(athlete.quiet_start, athlete.quiet_end)


@lru_cache(maxsize=1024)
def _quiet(start: str, end: str) -> QuietHours:
    return QuietHours(time.fromisoformat(start), time.fromisoformat(end))


def make_room(athlete: AthleteRow) -> bool:
    """Shrink the quiet hours so that the chosen reminder times lie outside; tell if changed.

    Quiet hours that would shrink to nothing become the usual ones, shrunk.
    """
    before = (athlete.quiet_start, athlete.quiet_end)
    quiet = _shrunk(athlete, *before)
    if quiet is None:
        usual = AthleteRow.model_fields
        quiet = _shrunk(athlete, usual["quiet_start"].default, usual["quiet_end"].default)
    assert quiet is not None
    athlete.quiet_start, athlete.quiet_end = quiet
    return quiet != before


def _shrunk(athlete: AthleteRow, start: str, end: str) -> tuple[str, str] | None:
    """Return the quiet hours without the reminder times; None when nothing is left."""
    for text in athlete.times.split(","):
        at, quiet = time.fromisoformat(text), QuietHours(*map(time.fromisoformat, (start, end)))
        if not within(at, quiet):
            continue
        if at < quiet.end and at != quiet.start:
            end = text
        else:
            minutes = at.hour * 60 + at.minute + 1
            start = f"{minutes // 60 % 24:02}:{minutes % 60:02}"
        if start == end:
            return None
    return start, end


def within(at: time, quiet: QuietHours) -> bool:
    """Whether a wall time lies in the quiet hours."""
    if quiet.over_midnight():
        return at >= quiet.start or at < quiet.end
    return quiet.start <= at < quiet.end


def replan(db: Db, athlete_id: int, now: datetime) -> OccurrenceRow | None:
    """Forget what was planned and plan the next occurrence; return it.

    Days that had a reminder keep it: a date and slot is never planned twice.
    """
    for row in _planned(db, athlete_id):
        db.delete(row)
    db.flush()
    return plan_next(db, athlete_id, now)


def plan_next(db: Db, athlete_id: int, now: datetime) -> OccurrenceRow | None:
    """Plan the first occurrence later than `now` that this athlete has not had yet.

    After an outage `now` is the last planned time, so that every day gets its row.
    """
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    had = {(row.local_date, row.slot) for row in _recent(db, person, now)}
    found = following(athlete, person.zone, had, now)
    if found is None:
        return None
    row = OccurrenceRow(
        athlete_id=athlete_id,
        local_date=found.local_date,
        slot=found.slot,
        planned_at=found.at,
        due_at=release_at(found.at, quiet_of(athlete), person.zone),
    )
    db.add(row)
    db.flush()
    return row


def following(
    athlete: Schedule, zone: str, had: Collection[OccurrenceKey], after: datetime
) -> Occurrence | None:
    """Return the first occurrence later than `after`; `had` are those of the last two days on."""
    recurrence = recurrence_of(athlete, zone)
    if recurrence is None:
        return None
    try:
        return next_occurrence(recurrence, after, skip=had, last_key=max(had, default=None))
    except NoOccurrenceError:
        return None


def _recent(db: Db, person: PersonRow, now: datetime) -> list[OccurrenceRow]:
    """Return the occurrences from two local days ago on, the planned one among them."""
    today = local(now, person.zone).date()
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == person.id,
        col(OccurrenceRow.local_date) >= today - timedelta(days=2),
    )
    return list(db.exec(query.order_by(col(OccurrenceRow.id))))


def _planned(db: Db, athlete_id: int) -> list[OccurrenceRow]:
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == athlete_id,
        OccurrenceRow.state == OccurrenceState.PLANNED,
    )
    return list(db.exec(query.order_by(col(OccurrenceRow.id))))


def next_at(db: Db, athlete_id: int, now: datetime) -> datetime | None:
    """Return when the next reminder rings for a session; None in a pause, or while none comes."""
    if is_paused(db, athlete_id, now):
        return None
    return next(iter(coming(db, athlete_id, now, 1)), None)


def coming(db: Db, athlete_id: int, now: datetime, count: int) -> list[datetime]:
    """Return when the next reminders ring, at most `count`, from the first day after a pause on.

    What is put off is among them. None come for a session that will not be allowed, and none
    while the plan has no days, is locked, or paused without an end.
    """
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    if athlete.locked_at is not None or athlete.erase_at is not None:
        return []
    back_at = now
    if is_paused(db, athlete_id, now):
        if athlete.paused_until is None:
            return []
        back_at = instant(athlete.paused_until, time(), person.zone)
    days = recent_days.of_one(db, athlete_id, now)
    return list(islice(_ringing(athlete, person.zone, days, now, back_at), count))


def _ringing(
    athlete: AthleteRow, zone: str, days: RecentDays, now: datetime, back_at: datetime
) -> Iterator[datetime]:
    """Yield when reminders ring: what is put off first, then the occurrences to come, in order."""
    planned = _to_come(athlete, zone, days, back_at)
    first = next(planned, None)
    for one in days.asked:
        at = rings_at(days, athlete, zone, one, now) if _is_put_off(one, back_at) else None
        if at is not None and (first is None or at < first.planned_at):
            yield at
    while first is not None:
        at = rings_at(days, athlete, zone, first, now)
        if at is not None:
            yield at
        first = next(planned, None)


def _is_put_off(one: AskedDay, back_at: datetime) -> bool:
    return one.state == OccurrenceState.SNOOZED and one.due_at is not None and one.due_at >= back_at


def _to_come(
    athlete: AthleteRow, zone: str, days: RecentDays, back_at: datetime
) -> Iterator[AskedDay]:
    """Yield the occurrence that is planned, and those after it, from `back_at` on.

    The days of a pause, also of one to come, are passed over.
    """
    had = {one.key for one in days.asked if one.state != OccurrenceState.PLANNED}
    rows = [one.planned_at for one in days.asked if one.state == OccurrenceState.PLANNED]
    after = max(min(rows, default=back_at), back_at) - _MOMENT
    while (found := following(athlete, zone, had, after)) is not None:
        if pauses(athlete, found.local_date):
            if athlete.paused_until is None:
                return
            after = instant(athlete.paused_until, time(), zone) - _MOMENT
            continue
        yield AskedDay(
            id=0,
            athlete_id=athlete.person_id,
            local_date=found.local_date,
            slot=found.slot,
            planned_at=found.at,
            due_at=None,
            state=OccurrenceState.PLANNED,
            snoozes=0,
            delivered_at=None,
            reason=None,
        )
        had.add(found.key)
        after = found.at


def rings_at(
    days: RecentDays, athlete: Schedule, zone: str, one: AskedDay, now: datetime
) -> datetime | None:
    """Return when a reminder rings, seen from `now`; None where that would be of no use any more.

    It waits for the end of rest, of four hours after a session, and of quiet hours.
    """
    quiet, day = quiet_of(athlete), (one.local_date, one.planned_at, zone)
    supposed = release_at(one.planned_at, quiet, zone)
    put_off = one.due_at if one.snoozes and one.due_at is not None else supposed
    start = max(now, one.due_at or supposed)
    at = release_at(recent_days.free_from(days, zone, start, one.local_date), quiet, zone)
    useful = at <= put_off + GRACE and (not one.snoozes or at < over_at(*day))
    return at if useful else None


def asked(db: Db, athlete_id: int) -> list[OccurrenceRow]:
    """Return the occurrences that wait for an answer, oldest first."""
    query = (
        select(OccurrenceRow)
        .where(OccurrenceRow.athlete_id == athlete_id, col(OccurrenceRow.state).in_(ASKED))
        .order_by(col(OccurrenceRow.planned_at))
    )
    return list(db.exec(query))


def is_of_two(athlete: Schedule) -> bool:
    """Whether there are two sessions a day, so that it has to be said which is meant."""
    return "," in athlete.times


def which_of_two(db: Db, row: OccurrenceRow) -> datetime | None:
    """Return for when a session is planned, where there are two a day; else None."""
    return row.planned_at if is_of_two(people.athlete(db, row.athlete_id)) else None


def settle(db: Db, row: OccurrenceRow, state: OccurrenceState) -> None:
    """Close an occurrence: time does nothing more about it, and its letters do not go out."""
    row.state, row.due_at = state, None
    silence(db, row.id, row.snoozes)
    db.add(row)
    db.flush()


def silence(db: Db, occurrence_id: int | None, snoozes: int) -> None:
    """Cancel the letters of an occurrence that wait."""
    for what in ("nudge", *(f"remind:{number}" for number in range(snoozes + 1))):
        outbox.call_off(db, f"o{occurrence_id}:{what}")


def close_before(db: Db, row: OccurrenceRow) -> None:
    """What rang before this occurrence and was not answered is over."""
    for other in asked(db, row.athlete_id):
        if other.planned_at < row.planned_at:
            heard = other.delivered_at is not None
            state = OccurrenceState.MISSED if heard else OccurrenceState.NOT_DELIVERED
            settle(db, other, state)


def put_aside(db: Db, athlete_id: int) -> None:
    """The plan was paused after a reminder: nothing more is asked, and nothing was missed."""
    for row in asked(db, athlete_id):
        settle(db, row, OccurrenceState.PAUSED)


@dataclass(frozen=True, slots=True)
class Rearranged:
    """What a changed schedule did to the reminder that was open: put off until then, or closed."""

    moved_to: datetime | None = None
    closed: bool = False


def rearrange(db: Db, athlete_id: int, now: datetime) -> Rearranged:
    """The schedule was changed: move what is open to its new time, or close it, and plan anew.

    What has the same time as before stays as it is.
    """
    athlete, zone = people.athlete(db, athlete_id), people.person(db, athlete_id).zone
    recurrence, told = recurrence_of(athlete, zone), Rearranged()
    for row in asked(db, athlete_id):
        at = None if recurrence is None else planned_for(recurrence, (row.local_date, row.slot))
        if at == row.planned_at:
            continue
        if at is None or at <= now:
            row.reason = CHANGED
            settle(db, row, OccurrenceState.PAUSED)
            told = Rearranged(closed=True)
            continue
        settle(db, row, OccurrenceState.SNOOZED)
        row.planned_at, row.snoozes = at, row.snoozes + 1
        row.due_at = release_at(at, quiet_of(athlete), zone)
        db.add(row)
        told = Rearranged(moved_to=row.due_at)
    db.flush()
    replan(db, athlete_id, now)
    return told


def rest_day(db: Db, athlete_id: int, now: datetime) -> date | None:
    """Put the next session that is not held yet aside for rest; return its date, if there is one.

    The rest of that date is for rest too; what comes next is planned.
    """
    zone = people.person(db, athlete_id).zone
    query = (
        select(OccurrenceRow)
        .where(
            OccurrenceRow.athlete_id == athlete_id,
            col(OccurrenceRow.state).in_(ASKED | {OccurrenceState.PLANNED}),
        )
        .order_by(col(OccurrenceRow.local_date), col(OccurrenceRow.slot))
        .limit(1)
    )
    row = db.exec(query).one_or_none()
    if row is None:
        return None
    row.reason = FLARE
    settle(db, row, OccurrenceState.RESTED)
    over = max(now, instant(row.local_date + timedelta(days=1), time(), zone))
    replan(db, athlete_id, over - timedelta(microseconds=1))
    return row.local_date


def rests(db: Db, athlete_id: int, since: date) -> bool:
    """Whether a day from `since` on was put aside for rest after a flare."""
    query = select(OccurrenceRow.id).where(
        OccurrenceRow.athlete_id == athlete_id,
        col(OccurrenceRow.local_date) >= since,
        OccurrenceRow.state == OccurrenceState.RESTED,
        OccurrenceRow.reason == FLARE,
    )
    return db.exec(query.limit(1)).first() is not None


# ---- what bars sessions ---------------------------------------------------------------


def lock(db: Db, athlete_id: int, reason: str, now: datetime) -> None:
    """No session until a coach or admin unlocks; a red flag is never overwritten."""
    athlete = people.athlete(db, athlete_id)
    if athlete.lock_reason != "red_flag":
        athlete.locked_at, athlete.lock_reason = now, reason
        people.note(
            db, "lock", now, actor=athlete_id, subject=athlete_id, before=None, after=reason
        )
    db.add(athlete)


def is_paused(db: Db, athlete_id: int, now: datetime) -> bool:
    """Whether the plan is paused today, local date; `paused_until` is the first day back."""
    athlete = people.athlete(db, athlete_id)
    if athlete.paused_at is None:
        return False
    return pauses(athlete, local(now, people.person(db, athlete_id).zone).date())


def pauses(athlete: Pausable, day: date) -> bool:
    """Whether the athlete's plan is paused on the local date `day`, as far as is known today."""
    begins, until = athlete.paused_from, athlete.paused_until
    if athlete.paused_at is None or (begins is not None and day < begins):
        return False
    return until is None or day < until
