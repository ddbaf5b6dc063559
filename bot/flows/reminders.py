"""One reminder a day: sent once, put off, nudged once, then silence."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.flows import absence, calendar, next_step
from bot.flows.bars import had_enough
from bot.flows.intents import Reminder
from bot.flows.post import post
from bot.protocol.local_time import instant
from bot.protocol.quiet import release_at
from bot.store import people, sessions
from bot.store.tables import AthleteRow, OccurrenceRow, OccurrenceState, PersonRow

GRACE: Final = timedelta(hours=2)
"""A reminder later than this is of no use: the occurrence is `not_delivered`."""
LATE: Final = timedelta(minutes=5)
"""From here on a reminder says that it is late."""
NUDGE_AFTER: Final = timedelta(hours=2)
MAX_SNOOZES: Final = 3
_DAY: Final = timedelta(days=1)


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
    if row.state == OccurrenceState.MISSED:
        absence.day_ended(db, row, now)
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
    next_step.settle(db, row.athlete_id, now)
    _write(db, row, now, again=False, late=first and now - supposed > LATE)
    row.state = OccurrenceState.REMINDED
    row.due_at = _nudge_at(row, athlete, person, now)


def _quiet(row: OccurrenceRow, athlete: AthleteRow, person: PersonRow, now: datetime) -> bool:
    """Hold a reminder that comes in quiet hours until they end, while that is still of use."""
    ends = release_at(now, calendar.quiet_of(athlete), person.zone)
    if ends == now:
        return False
    if ends < min(day_ends(row, person), row.planned_at + GRACE):
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
    elif had_enough(db, row.athlete_id, now) is not None:
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
    ends = day_ends(row, person)
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
    nudge, ends = now + NUDGE_AFTER, day_ends(row, person)
    quiet = release_at(nudge, calendar.quiet_of(athlete), person.zone) != nudge
    return ends if quiet else min(nudge, ends)


def day_ends(row: OccurrenceRow, person: PersonRow) -> datetime:
    """Return when the day of an occurrence is over."""
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
