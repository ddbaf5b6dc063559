"""One reminder a day: sent once, put off, nudged once, then silence."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.flows import calendar, training
from bot.flows.intents import Reminder
from bot.flows.post import post
from bot.protocol.local_time import instant, local
from bot.protocol.quiet import release_at, snooze_until
from bot.protocol.record import Outcome
from bot.store import outbox, people, sessions
from bot.store.sessions import Stored
from bot.store.tables import AthleteRow, OccurrenceRow, OccurrenceState, PersonRow

GRACE: Final = timedelta(hours=2)
"""A reminder later than this is of no use: the occurrence is `not_delivered`."""
LATE: Final = timedelta(minutes=5)
"""From here on a reminder says that it is late."""
NUDGE_AFTER: Final = timedelta(hours=2)
MAX_SNOOZES: Final = 3
_DAY: Final = timedelta(days=1)


class Bar(StrEnum):
    """Why no session can be opened now."""

    RUNNING = "running"
    LOCKED = "locked"
    PAUSED = "paused"
    DONE = "done"  # today's session was held
    RESTING = "resting"  # today ended on pain, or the athlete stopped: rest
    LEAVING = "leaving"  # the athlete asked for erasure
    GONE = "gone"  # the reminder is of another day


@dataclass(frozen=True, slots=True)
class Barred:
    """No session, and why; `until` is the next one where there is a time for it."""

    why: Bar
    reason: str | None = None
    next_at: datetime | None = None


# ---- time acts ------------------------------------------------------------------------


def act(db: Db, occurrence_id: int, now: datetime) -> bool:
    """Do what is due for one occurrence; False when another hand was quicker."""
    row = db.get(OccurrenceRow, occurrence_id)
    if row is None or row.due_at is None or row.due_at > now:
        return False
    if not _claim(db, row):
        return False
    db.refresh(row)
    if row.state in {OccurrenceState.PLANNED, OccurrenceState.SNOOZED}:
        _remind(db, row, now)
    elif row.state == OccurrenceState.REMINDED:
        _nudge(db, row, now)
    else:
        row.state = OccurrenceState.MISSED
    db.add(row)
    db.flush()
    return True


def _claim(db: Db, row: OccurrenceRow) -> bool:
    """Take the row's due time away by a conditional UPDATE: only one hand can."""
    statement = (
        update(OccurrenceRow)
        .where(
            col(OccurrenceRow.id) == row.id,
            col(OccurrenceRow.state) == row.state,
            col(OccurrenceRow.due_at) == row.due_at,
        )
        .values(due_at=None)
    )
    return db.connection().execute(statement).rowcount == 1


def _remind(db: Db, row: OccurrenceRow, now: datetime) -> None:
    athlete, person = people.athlete(db, row.athlete_id), people.person(db, row.athlete_id)
    first = row.state == OccurrenceState.PLANNED
    if first:
        calendar.plan_next(db, row.athlete_id, row.planned_at)
    if _unwanted(db, row, athlete, person, now):
        return
    supposed = release_at(row.planned_at, calendar.quiet_of(athlete), person.zone)
    if first and now - supposed > GRACE:
        row.state = OccurrenceState.NOT_DELIVERED
        return
    if _quiet(row, athlete, person, now):
        return
    _write(db, row, now, again=False, late=first and now - supposed > LATE)
    row.state = OccurrenceState.REMINDED
    row.due_at = _nudge_at(row, athlete, person, now)


def _quiet(row: OccurrenceRow, athlete: AthleteRow, person: PersonRow, now: datetime) -> bool:
    """Hold a reminder that comes in quiet hours until they end, while that is still of use."""
    ends = release_at(now, calendar.quiet_of(athlete), person.zone)
    if ends == now:
        return False
    if ends < min(_day_ends(row, person), row.planned_at + GRACE):
        row.state, row.due_at = OccurrenceState.SNOOZED, ends
    else:
        row.state = OccurrenceState.NOT_DELIVERED
    return True


def _unwanted(
    db: Db, row: OccurrenceRow, athlete: AthleteRow, person: PersonRow, now: datetime
) -> bool:
    """Whether nothing is to be said: barred, unreachable, already training, or resting today."""
    barred = athlete.erase_at is not None or athlete.locked_at is not None
    paused = calendar.is_paused(db, row.athlete_id, now) or _was_paused(row, athlete)
    if barred or paused:
        row.state = OccurrenceState.PAUSED
    elif person.unreachable_since is not None or person.telegram_id is None:
        row.state = OccurrenceState.NOT_DELIVERED
    elif sessions.live(db, row.athlete_id) is not None:
        row.state = OccurrenceState.STARTED
    elif _had_enough(db, row.athlete_id, now) is not None:
        row.state = OccurrenceState.RESTED
    else:
        return False
    return True


def _was_paused(row: OccurrenceRow, athlete: AthleteRow) -> bool:
    """Whether the row's day fell into a pause that has ended since: after an outage."""
    if athlete.paused_at is None or athlete.paused_until is None:
        return False
    return row.planned_at >= athlete.paused_at and row.local_date < athlete.paused_until


def _nudge(db: Db, row: OccurrenceRow, now: datetime) -> None:
    athlete, person = people.athlete(db, row.athlete_id), people.person(db, row.athlete_id)
    ends = _day_ends(row, person)
    quiet = release_at(now, calendar.quiet_of(athlete), person.zone) != now
    live = sessions.live(db, row.athlete_id) is not None
    barred = athlete.erase_at is not None or athlete.locked_at is not None
    paused = calendar.is_paused(db, row.athlete_id, now) or barred
    if row.delivered_at is None:
        row.state = OccurrenceState.NOT_DELIVERED
        return
    row.state, row.due_at = OccurrenceState.NUDGED, ends
    if not (quiet or live or paused) and now < ends:
        _write(db, row, now, again=True, late=False)


def _write(db: Db, row: OccurrenceRow, now: datetime, *, again: bool, late: bool) -> None:
    person = people.person(db, row.athlete_id)
    dose = sessions.dose_of(people.plan(db, row.athlete_id))
    assert row.id is not None
    intent = Reminder(
        occurrence=row.id,
        name=person.name,
        holds=dose.holds,
        hold_s=dose.hold_s,
        sets=dose.sets,
        side=dose.side,
        planned_at=row.planned_at,
        zone=person.zone,
        again=again,
        late=late,
        snoozes_left=MAX_SNOOZES - row.snoozes,
    )
    key = f"o{row.id}:nudge" if again else f"o{row.id}:remind:{row.snoozes}"
    post(db, person.telegram_id, intent, now, key=key)


def _nudge_at(
    row: OccurrenceRow, athlete: AthleteRow, person: PersonRow, now: datetime
) -> datetime:
    """Return when to nudge; never into quiet hours or the next day, where the day just ends."""
    nudge, ends = now + NUDGE_AFTER, _day_ends(row, person)
    quiet = release_at(nudge, calendar.quiet_of(athlete), person.zone) != nudge
    return ends if quiet else min(nudge, ends)


def _day_ends(row: OccurrenceRow, person: PersonRow) -> datetime:
    return instant(row.local_date + _DAY, datetime.min.time(), person.zone)


def delivered(db: Db, occurrence_id: int, now: datetime) -> None:
    """The reminder reached Telegram: from here on silence is the athlete's choice."""
    row = db.get(OccurrenceRow, occurrence_id)
    if row is not None and row.delivered_at is None:
        row.delivered_at = now
        db.add(row)


def undelivered(db: Db, occurrence_id: int) -> None:
    """The reminder never reached Telegram: our fault, unless it was answered otherwise."""
    row = db.get(OccurrenceRow, occurrence_id)
    if row is not None and row.delivered_at is None and row.state == OccurrenceState.REMINDED:
        row.state, row.due_at = OccurrenceState.NOT_DELIVERED, None
        db.add(row)


# ---- the athlete acts -----------------------------------------------------------------


def begin(db: Db, athlete_id: int, occurrence_id: int | None, now: datetime) -> Stored | Barred:
    """Open today's session, from a reminder's button or by command; or say why not."""
    barred = _barred(db, athlete_id, now)
    if barred is not None:
        return barred
    today = calendar.todays(db, athlete_id, now)
    if occurrence_id is not None and all(row.id != occurrence_id for row in today):
        return Barred(Bar.GONE)
    row = _to_start(today, occurrence_id)
    if row is not None:
        _settle(db, row, OccurrenceState.STARTED)
        calendar.replan(db, athlete_id, now)
    return training.open_session(db, athlete_id, None if row is None else row.id, now)


def _to_start(today: list[OccurrenceRow], occurrence_id: int | None) -> OccurrenceRow | None:
    """Return the occurrence that a session opened now belongs to."""
    open_ones = [row for row in today if row.state != OccurrenceState.STARTED]
    named = [row for row in open_ones if row.id == occurrence_id]
    return next(iter(named or open_ones), None)


def _barred(db: Db, athlete_id: int, now: datetime) -> Barred | None:
    athlete = people.athlete(db, athlete_id)
    if sessions.live(db, athlete_id) is not None:
        return Barred(Bar.RUNNING)
    if athlete.erase_at is not None:
        return Barred(Bar.LEAVING)
    if athlete.locked_at is not None:
        return Barred(Bar.LOCKED, athlete.lock_reason)
    if calendar.is_paused(db, athlete_id, now):
        return Barred(Bar.PAUSED)
    return _had_enough(db, athlete_id, now)


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


def _had_enough(db: Db, athlete_id: int, now: datetime) -> Barred | None:
    """Apply one session a slot and day, and none after one that ended on pain."""
    zone = people.person(db, athlete_id).zone
    day = local(now, zone).date()
    last = [
        found
        for found in sessions.closed(db, athlete_id, 4)
        if local(found.value.opened_at, zone).date() == day
    ]
    next_at = calendar.next_at(db, athlete_id, now)
    for found in last:
        if found.value.outcome in _REST_TODAY:
            return Barred(Bar.RESTING, found.value.outcome, next_at)
    held = [found for found in last if found.value.holds]
    slots = max(1, len(people.athlete(db, athlete_id).times.split(",")))
    return Barred(Bar.DONE, None, next_at) if len(held) >= slots else None


@dataclass(frozen=True, slots=True)
class Snoozed:
    """Put off until `until`; None when there is no room left today."""

    until: datetime | None
    zone: str


def snooze(
    db: Db, athlete_id: int, occurrence_id: int, minutes: int, now: datetime
) -> Snoozed | Barred:
    """Put the reminder off; the plan itself stays as it is."""
    row = _mine(db, athlete_id, occurrence_id, now)
    if row is None:
        return Barred(Bar.GONE)
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    until = snooze_until(
        now,
        minutes,
        quiet=calendar.quiet_of(athlete),
        zone=person.zone,
        next_at=calendar.next_at(db, athlete_id, now),
    )
    if row.snoozes >= MAX_SNOOZES:
        until = None
    if until is not None:
        row.state, row.due_at, row.snoozes = OccurrenceState.SNOOZED, until, row.snoozes + 1
        db.add(row)
    return Snoozed(until, person.zone)


def skip(
    db: Db, athlete_id: int, occurrence_id: int, reason: str | None, now: datetime
) -> OccurrenceRow | Barred:
    """Skip today; the reason can be given now or afterwards."""
    row = _mine(db, athlete_id, occurrence_id, now, also=OccurrenceState.SKIPPED)
    if row is None:
        return Barred(Bar.GONE)
    row.reason = reason or row.reason
    _settle(db, row, OccurrenceState.SKIPPED)
    return row


def unskip(db: Db, athlete_id: int, occurrence_id: int, now: datetime) -> bool:
    """Take a skip back the same day."""
    row = _mine(db, athlete_id, occurrence_id, now, also=OccurrenceState.SKIPPED)
    if row is None or row.state != OccurrenceState.SKIPPED:
        return False
    row.state, row.reason = OccurrenceState.NUDGED, None
    row.due_at = _day_ends(row, people.person(db, athlete_id))
    db.add(row)
    return True


def put_aside(db: Db, athlete_id: int, now: datetime) -> None:
    """The plan was paused after today's reminder: nothing more is asked, and nothing was missed."""
    still = {OccurrenceState.REMINDED, OccurrenceState.SNOOZED, OccurrenceState.NUDGED}
    for row in calendar.todays(db, athlete_id, now):
        if row.state in still:
            _settle(db, row, OccurrenceState.PAUSED)


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
    for row in calendar.todays(db, athlete_id, now):
        if row.id == occurrence_id and row.state in still:
            return row
    return None


def _settle(db: Db, row: OccurrenceRow, state: OccurrenceState) -> None:
    row.state, row.due_at = state, None
    for what in ("nudge", *(f"remind:{number}" for number in range(MAX_SNOOZES + 1))):
        outbox.cancel(db, f"o{row.id}:{what}")
    db.add(row)
    db.flush()
