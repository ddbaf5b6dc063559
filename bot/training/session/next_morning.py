"""A session that closes has a morning after it, which is asked about."""

from datetime import date, datetime

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.protocol.progression.morning import asked_at
from bot.protocol.session.outcome import NOT_HELD
from bot.store import mornings, people
from bot.store.mornings import DAY
from bot.store.sessions import Stored
from bot.store.tables import MorningRow, OccurrenceRow
from bot.training import occurrences


def expect(db: Db, stored: Stored, now: datetime) -> None:
    """A session was closed: plan the question of the morning after its day, one for all of them."""
    if stored.value.outcome in NOT_HELD and not stored.value.holds:
        return
    athlete, person = people.athlete(db, stored.athlete_id), people.person(db, stored.athlete_id)
    day = _day_of(db, stored, person.zone) + DAY
    row = mornings.of_day(db, stored.athlete_id, day) or MorningRow(
        athlete_id=stored.athlete_id, local_date=day
    )
    if row.asked_at is None:
        row.due_at = asked_at(day, now, occurrences.quiet_of(athlete), person.zone)
        db.add(row)
        db.flush()


def _day_of(db: Db, stored: Stored, zone: str) -> date:
    occurrence = db.get(OccurrenceRow, stored.occurrence_id) if stored.occurrence_id else None
    return occurrence.local_date if occurrence else local(stored.value.opened_at, zone).date()
