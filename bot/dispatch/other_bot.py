"""Another bot takes over the database: nothing is taken up that the earlier one had under way.

People and all that is about them stay as they are. None of them has written to the new bot yet,
so nobody can be reached, and no coach is told so of each athlete.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session as Db

from bot.dispatch import delivery_events
from bot.dispatch.after_restore import TIMELESS
from bot.protocol.session.events import Leave
from bot.store import old_chats, outbox_claims, own_bot, people, sessions
from bot.store.tables import Role
from bot.training.alerts import flow as alerts
from bot.training.session import apply_event


@dataclass(frozen=True, slots=True)
class GivenOver:
    """Whose the database was, None if nobody's; and how much the change concerns.

    `people` have to write to the new bot. `letters` were waiting and are not sent, `updates` were
    waiting and are not handled.
    """

    before: str | None
    people: int
    letters: int
    updates: int


def change(db: Db, bot: str, now: datetime) -> GivenOver | None:
    """Give the database to a bot, by its id; None where it is that bot's already.

    Sessions are closed as partial. Alerts to coaches are told once their reader writes.
    """
    before = own_bot.stored(db)
    if before == bot:
        return None
    own_bot.give(db, bot, now)
    updates, gone = old_chats.set_aside(db, now), old_chats.close(db, now)
    old_chats.keep_back(db, TIMELESS)
    for coach in people.with_role(db, Role.COACH):
        alerts.unreachable(db, coach.id or 0, now)
    for stored in sessions.all_live(db):
        apply_event.happen(db, stored, Leave(), now)
    letters = _drop_letters(db, now)
    old_chats.forget(db)
    return GivenOver(before, gone, letters, updates)


def _drop_letters(db: Db, now: datetime) -> int:
    """Drop what waited to be sent; return how many letters."""
    dropped = outbox_claims.abandon(db, but=frozenset())
    for letter in dropped:
        delivery_events.lost(db, letter, now)
    outbox_claims.abandon(db, but=frozenset())  # what only tells that another was lost
    return len(dropped)
