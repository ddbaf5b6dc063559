"""Letters that are lost for good although nobody is out of reach: counted, and told to the admins.

Telegram would not take them in any form, or this version cannot read them. One message for each
kind and hour; nothing in it is about a person.
"""

from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.message import Answer, Menu, Retire, Say
from bot.conversation.outgoing import post
from bot.operations import faults
from bot.operations.messages import EVENT, LetterLost, WhyLost
from bot.store import people
from bot.store.tables import OutboxState, Role
from bot.training.messages import Noted, TakeBack

_SLIGHT: Final = frozenset(one.kind() for one in (Answer, Menu, Noted, Retire, TakeBack))
"""Kinds that say nothing: nobody misses them."""


def note(db: Db, kind: str, state: OutboxState, error: str | None, now: datetime) -> None:
    """Count a letter that nobody will get, and tell the admins; other fates are no news."""
    if state is not OutboxState.FAILED or error not in list(WhyLost) or kind in _SLIGHT:
        return
    faults.note(db, EVENT, now)
    words = Say(LetterLost(kind, WhyLost(error)))
    for admin in people.with_role(db, Role.ADMIN):
        key = f"lost:{kind}:{now:%Y-%m-%dT%H}:{admin.id}"
        post(db, admin.telegram_id, words, now, key=key)
