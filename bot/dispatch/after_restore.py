"""A backup was put in the database's place: what was under way in it is not taken up again.

The rest is what every start does: reminders whose time has passed are not delivered, deadlines
drop cues, a session that was live a moment ago is broken off and the athlete asked.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.dispatch import delivery_events
from bot.protocol.session.events import Leave
from bot.store import outbox_claims, sessions
from bot.training.session import apply_event

LONG_AGO: Final = timedelta(hours=1)
"""A session older than this has ended long since, for the athlete."""
TIMELESS: Final = frozenset({"CoachAlert", "CoachAlerts"})
"""Kinds of letters that tell their time themselves, and that nobody may miss."""


def settle_waiting(db: Db, now: datetime) -> int:
    """Close sessions of long ago, and drop what waited to be sent; return how many letters.

    What waited when the backup was made has been sent since, or is out of date. Alerts stay.
    """
    for stored in sessions.all_live(db):
        if now - stored.value.opened_at > LONG_AGO:
            apply_event.happen(db, stored, Leave(), now)
    dropped = outbox_claims.abandon(db, but=TIMELESS)
    for letter in dropped:
        delivery_events.lost(db, letter, now)
    return len(dropped)
