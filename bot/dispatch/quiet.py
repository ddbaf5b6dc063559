"""Whether a message may ring in a chat now: people's own words do so by day alone."""

from collections.abc import Iterator
from datetime import datetime, time

from sqlmodel import Session as Db

from bot.protocol.calendar.quiet_hours import QuietHours, release_at
from bot.protocol.session.state import CUED
from bot.store import people, sessions
from bot.store.tables import PersonRow, Role
from bot.training.alerts.flow import quiet_of


def is_quiet(db: Db, chat_id: int, now: datetime) -> bool:
    """Whether nothing that can wait rings: it is the reader's night, or a set is running.

    In a hold a ring is a cue. Who is an athlete and a coach has both quiet hours.
    """
    person = people.by_telegram(db, chat_id)
    if person is None:
        return False
    live = sessions.live(db, person.id or 0)
    if live is not None and live.value.phase in CUED:
        return True
    return any(release_at(now, quiet, person.zone) > now for quiet in _of(db, person))


def _of(db: Db, person: PersonRow) -> Iterator[QuietHours]:
    assert person.id is not None
    athlete = people.find_athlete(db, person.id)
    if athlete is not None:
        start, end = athlete.quiet_start, athlete.quiet_end
        yield QuietHours(time.fromisoformat(start), time.fromisoformat(end))
    if athlete is None or people.roles_of(db, person.id) - {Role.ATHLETE}:
        yield quiet_of(db, person.id)
