"""A day that has a morning after it, which is asked about: trained, or with what the tendon feels.

Whoever knows of such a day says so here; there is one question for each morning.
"""

from datetime import date, datetime

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import instant, local
from bot.protocol.progression.morning import ASKED_AT, asked_at
from bot.store import mornings, people
from bot.store.mornings import DAY
from bot.store.tables import MorningRow
from bot.training import occurrences


def expect_after_session(db: Db, athlete_id: int, day: date, now: datetime) -> None:
    """Plan the question of the morning after a session's day, for six hours from now or later."""
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    row = _row(db, athlete_id, day)
    if row.asked_at is None:
        row.due_at = asked_at(row.local_date, now, occurrences.quiet_of(athlete), person.zone)
        db.add(row)
        db.flush()


def expect_after_load(db: Db, athlete_id: int, day: date, now: datetime) -> None:
    """Plan the question of the morning after a day in the diary, if its time is still to come."""
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    row = _row(db, athlete_id, day)
    begins = instant(row.local_date, ASKED_AT, person.zone)
    if row.asked_at is not None or row.due_at is not None or row.value is not None or begins <= now:
        return
    quiet = occurrences.quiet_of(athlete)
    row.due_at = asked_at(row.local_date, instant(day, ASKED_AT, person.zone), quiet, person.zone)
    db.add(row)
    db.flush()


def forget(db: Db, athlete_id: int, day: date, now: datetime) -> None:
    """Ask nothing after a day that has nothing to ask about any more: no session, no extra."""
    row, zone = mornings.of_day(db, athlete_id, day + DAY), people.person(db, athlete_id).zone
    if row is None or row.asked_at is not None or row.value is not None:
        return
    since = instant(local(now, zone).date() - 4 * DAY, ASKED_AT, zone)
    if not any(one.day == day for one in mornings.trained(db, [athlete_id], since)):
        db.delete(row)
        db.flush()


def _row(db: Db, athlete_id: int, day: date) -> MorningRow:
    """Return the row of the morning after a day, made now if there is none."""
    return mornings.of_day(db, athlete_id, day + DAY) or MorningRow(
        athlete_id=athlete_id, local_date=day + DAY
    )
