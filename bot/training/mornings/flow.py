"""The question of the morning after: made when a session closes, asked once, on its local date."""

from datetime import datetime, time, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.outgoing import post
from bot.protocol.calendar.local_time import instant
from bot.protocol.progression.morning import AFTER_SESSION, OPEN_FOR, asked_at
from bot.store import people, sessions
from bot.store.mornings import DAY
from bot.store.tables import MorningRow
from bot.training import occurrences
from bot.training.messages import Morning
from bot.training.progression import next_dose

BUSY: Final = timedelta(minutes=5)
"""While a session runs the question waits so long, again and again."""


def act(db: Db, morning_id: int, now: datetime) -> bool:
    """Ask about a morning that is due, or close one that nobody answered."""
    row = db.get(MorningRow, morning_id)
    if row is None or row.due_at is None or row.due_at > now:
        return False
    row.due_at = _ask(db, row, now) if row.asked_at is None else None
    db.add(row)
    db.flush()
    if row.due_at is None:
        next_dose.settle(db, row.athlete_id, now)
    return True


def _ask(db: Db, row: MorningRow, now: datetime) -> datetime | None:
    """Ask, and return when the time for an answer is over; or when to try again; or None.

    A question that could not be asked on its date is never asked: the morning stays unknown.
    """
    athlete, person = people.athlete(db, row.athlete_id), people.person(db, row.athlete_id)
    gone = athlete.erase_at is not None or person.unreachable_since is not None
    if gone or now >= instant(row.local_date + DAY, time(), person.zone):
        return None
    quiet = occurrences.quiet_of(athlete)
    at = asked_at(row.local_date, now - AFTER_SESSION, quiet, person.zone)
    if at > now:  # the zone or the quiet hours were changed meanwhile
        return at
    if sessions.live(db, row.athlete_id) is not None:
        return now + BUSY
    row.asked_at = now
    post(db, person.telegram_id, question(db, row), now, key=f"m{row.id}:ask")
    return now + OPEN_FOR


def question(db: Db, row: MorningRow, message_id: int | None = None) -> Morning:
    """Return the question about a morning; with a message, put in its place."""
    assert row.id is not None
    person, plan = people.person(db, row.athlete_id), people.plan(db, row.athlete_id)
    return Morning(row.id, row.local_date, plan.pain_limit, person.zone, message_id)
