"""Which day's session comes next: occurrences, pauses and locks of one athlete."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.calendar.local_time import instant, local
from bot.protocol.calendar.quiet_hours import QuietHours, release_at
from bot.protocol.calendar.recurrence import (
    NoOccurrenceError,
    Occurrence,
    OccurrenceKey,
    Recurrence,
    next_occurrence,
)
from bot.protocol.session.rest import RESTS, rest_until
from bot.store import outbox, people, reminder_batch
from bot.store.reminder_batch import Case, Sat
from bot.store.tables import AthleteRow, OccurrenceRow, OccurrenceState, PersonRow
from bot.training.reasons import FLARE

ANY_DAY: Final = timedelta(days=2)
"""No local day has lasted longer so far, in any zone."""
GRACE: Final = timedelta(hours=2)
"""A reminder later than this is of no use."""
ASKED: Final = frozenset(
    {OccurrenceState.REMINDED, OccurrenceState.SNOOZED, OccurrenceState.NUDGED}
)
"""The athlete was reminded, or is to be again, and has not answered."""
Schedule = AthleteRow | Case
"""What an athlete's days are reckoned from: read alone, or with many others."""


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
    return list(db.exec(query))


def _planned(db: Db, athlete_id: int) -> list[OccurrenceRow]:
    query = select(OccurrenceRow).where(
        OccurrenceRow.athlete_id == athlete_id,
        OccurrenceRow.state == OccurrenceState.PLANNED,
    )
    return list(db.exec(query))


def next_at(db: Db, athlete_id: int, now: datetime) -> datetime | None:
    """Return when the next session is planned; None while nothing is, or it may not begin.

    A day on which rest after pain leaves no time for it is passed over.
    """
    athlete = people.athlete(db, athlete_id)
    if athlete.locked_at is not None or is_paused(db, athlete_id, now):
        return None
    planned = [row for row in _planned(db, athlete_id) if row.due_at is not None]
    first = min(planned, key=lambda row: row.planned_at, default=None)
    person = people.person(db, athlete_id)
    rest = rests_until(db, athlete_id, person.zone, now)
    if first is None or rest is None:
        return None if first is None else first.due_at
    had = {(row.local_date, row.slot) for row in _recent(db, person, now)}
    return next(_ringing(athlete, person.zone, had, first.planned_at, rest), None)


def _ringing(
    athlete: AthleteRow,
    zone: str,
    had: set[OccurrenceKey],
    planned_at: datetime,
    rest: datetime | None,
) -> Iterator[datetime]:
    """Yield when the reminder planned for then rings, and those after it.

    Days on which rest leaves no time for it are passed over; `had` are the occurrences so far.
    """
    while True:
        at = rings_at(planned_at, rest, quiet_of(athlete), zone)
        if at is not None:
            yield at
        one = following(athlete, zone, had, planned_at)
        if one is None:
            return
        planned_at = one.at
        had.add(one.key)


def rings_at(
    planned_at: datetime, rest: datetime | None, quiet: QuietHours, zone: str
) -> datetime | None:
    """Return when a reminder planned for then rings, put off by quiet hours and by `rest`.

    None where rest ends too late for it to be of use.
    """
    if rest is not None and rest > planned_at + GRACE:
        return None
    return release_at(max(planned_at, rest or planned_at), quiet, zone)


def rests_until(db: Db, athlete_id: int, zone: str, now: datetime) -> datetime | None:
    """Return until when the athlete rests after the last sessions, or None."""
    found = resting(reminder_batch.sat(db, [athlete_id], now - ANY_DAY), zone, now)
    return None if found is None else found.until


@dataclass(frozen=True, slots=True)
class Resting:
    """An athlete rests `until` then, after a session with this outcome."""

    outcome: str
    until: datetime


def resting(sat: Iterable[Sat], zone: str, now: datetime) -> Resting | None:
    """Return how long rest lasts after these sessions, newest first; None where it is over."""
    found = (
        Resting(one.outcome, rest_until(one.closed_at, zone)) for one in sat if one.outcome in RESTS
    )
    return next((one for one in found if now < one.until), None)


def coming(db: Db, athlete_id: int, now: datetime, count: int) -> list[datetime]:
    """Return when the next reminders come, at most `count`, from the first day after a pause on.

    None come while the plan has no days, is locked, or paused without an end.
    """
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    barred = athlete.locked_at is not None or athlete.erase_at is not None
    start = _goes_on(db, athlete, person, now)
    if barred or start is None:
        return []
    rows = _recent(db, person, now)
    had = {(row.local_date, row.slot) for row in rows if row.state != OccurrenceState.PLANNED}
    first = following(athlete, person.zone, had, start - timedelta(microseconds=1))
    if first is None:
        return []
    rest = rests_until(db, athlete_id, person.zone, now)
    ringing = _ringing(athlete, person.zone, had | {first.key}, first.at, rest)
    return list(islice(ringing, count))


def _goes_on(db: Db, athlete: AthleteRow, person: PersonRow, now: datetime) -> datetime | None:
    """Return from when on reminders come; None for a pause without an end."""
    if not is_paused(db, athlete.person_id, now):
        planned = [
            row.planned_at
            for row in _planned(db, athlete.person_id)
            if row.due_at is not None and row.due_at > now
        ]
        return min(planned, default=now)
    back_on = athlete.paused_until
    return None if back_on is None else instant(back_on, time(), person.zone)


def todays(db: Db, athlete_id: int, now: datetime) -> list[OccurrenceRow]:
    """Return the occurrences of the athlete's local date, in order of their slot."""
    today = local(now, people.person(db, athlete_id).zone).date()
    query = (
        select(OccurrenceRow)
        .where(OccurrenceRow.athlete_id == athlete_id, OccurrenceRow.local_date == today)
        .order_by(col(OccurrenceRow.slot))
    )
    return list(db.exec(query))


def settle(db: Db, row: OccurrenceRow, state: OccurrenceState) -> None:
    """Close an occurrence: time does nothing more about it, and its letters do not go out."""
    row.state, row.due_at = state, None
    for what in ("nudge", *(f"remind:{number}" for number in range(row.snoozes + 1))):
        outbox.cancel(db, f"o{row.id}:{what}")
    db.add(row)
    db.flush()


def put_aside(db: Db, athlete_id: int, now: datetime) -> None:
    """The plan was paused after today's reminder: nothing more is asked, and nothing was missed."""
    for row in todays(db, athlete_id, now):
        if row.state in ASKED:
            settle(db, row, OccurrenceState.PAUSED)


def rest_day(db: Db, athlete_id: int, now: datetime) -> date | None:
    """Put the next session that is not held yet aside for rest; return its date, if there is one.

    The rest of that date is for rest too; what comes next is planned.
    """
    zone = people.person(db, athlete_id).zone
    query = (
        select(OccurrenceRow)
        .where(
            OccurrenceRow.athlete_id == athlete_id,
            col(OccurrenceRow.local_date) >= local(now, zone).date(),
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
    over = instant(row.local_date + timedelta(days=1), time(), zone)
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


def pauses(athlete: Schedule, day: date) -> bool:
    """Whether the athlete's plan is paused on the local date `day`, as far as is known today."""
    if athlete.paused_at is None:
        return False
    return athlete.paused_until is None or day < athlete.paused_until
