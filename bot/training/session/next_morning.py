"""A session that closes has a morning after it, which is asked about."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.protocol.progression.morning import asked_at
from bot.protocol.session.outcome import NOT_HELD
from bot.store import mornings, people, sessions
from bot.store.mornings import DAY
from bot.store.sessions import Stored
from bot.store.tables import MorningRow
from bot.training import occurrences


def expect(db: Db, stored: Stored, now: datetime) -> None:
    """A session was closed: plan the question of the morning after its day, one for all of them."""
    if stored.value.outcome in NOT_HELD and not stored.value.holds:
        return
    athlete, person = people.athlete(db, stored.athlete_id), people.person(db, stored.athlete_id)
    day = sessions.day_of(db, stored) + DAY
    row = mornings.of_day(db, stored.athlete_id, day) or MorningRow(
        athlete_id=stored.athlete_id, local_date=day
    )
    if row.asked_at is None:
        row.due_at = asked_at(day, now, occurrences.quiet_of(athlete), person.zone)
        db.add(row)
        db.flush()
