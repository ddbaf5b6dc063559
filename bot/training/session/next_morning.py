"""A session that closes has a morning after it, which is asked about."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.protocol.session.outcome import NOT_HELD
from bot.store import sessions
from bot.store.sessions import Stored
from bot.training import coming_mornings


def expect(db: Db, stored: Stored, now: datetime) -> None:
    """A session was closed: plan the question of the morning after its day, one for all of them."""
    if stored.value.outcome in NOT_HELD and not stored.value.holds:
        return
    day = sessions.day_of(db, stored)
    coming_mornings.expect_after_session(db, stored.athlete_id, day, now)
