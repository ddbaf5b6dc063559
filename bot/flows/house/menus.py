"""Each person's own command menu: published again whenever the roles or the commands change.

Athletes and strangers see the bot's general menu; a coach or admin has one of their own. What was
published last stands in a fact for each chat, so that nothing is published twice.
"""

from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.flows.intents import Menu
from bot.flows.post import post
from bot.store import due, people
from bot.store.tables import Role

EDITION: Final = "menu_edition"
_PREFIX: Final = "menu:"
_REFUSED: Final = "refused"
"""Stands where a menu could not be published: the chat has not begun yet, mostly."""
_STAFF: Final = (Role.COACH, Role.ADMIN)


def start(db: Db, edition: str, now: datetime) -> int:
    """Publish whatever menu is not of this `edition` of the commands; return how many those are."""
    due.set_fact(db, EDITION, edition, now)
    return sum(publish(db, chat, now) for chat in _chats(db))


def refresh(db: Db, now: datetime) -> int:
    """Publish whatever menu is not that of its person's roles; return how many those are.

    One that was refused waits until its person writes, or the program starts.
    """
    known = {row.key: row.value for row in due.facts(db, _PREFIX)}
    asked = [chat for chat in _chats(db) if known.get(f"{_PREFIX}{chat}") != _REFUSED]
    return sum(publish(db, chat, now) for chat in asked)


def publish(db: Db, chat_id: int | None, now: datetime) -> bool:
    """Publish the menu of a chat if it is another one now; return whether it is.

    Call it wherever somebody gets or loses a role, or leaves a chat.
    """
    if chat_id is None:
        return False
    roles = people.who_is(db, chat_id).roles
    mine = tuple(sorted(roles)) if roles & set(_STAFF) else ()
    key, before = f"{_PREFIX}{chat_id}", due.fact(db, f"{_PREFIX}{chat_id}")
    edition = due.fact(db, EDITION)
    wanted = f"{'' if edition is None else edition.value} {' '.join(mine)}" if mine else None
    if wanted == (None if before is None else before.value):
        return False
    if wanted is None:
        due.forget_fact(db, key)
    else:
        due.set_fact(db, key, wanted, now)
    letter = f"{key}:{now.timestamp():.6f}:{'+'.join(mine)}"
    return post(db, chat_id, Menu(mine), now, key=letter)


def lost(db: Db, chat_id: int, now: datetime) -> None:
    """A menu could not be published: it is, when its person writes or the program starts."""
    key = f"{_PREFIX}{chat_id}"
    if due.fact(db, key) is not None:
        due.set_fact(db, key, _REFUSED, now)


def _chats(db: Db) -> list[int]:
    """Return the chats of coaches and admins, and those that have a menu of their own."""
    staff = [one.telegram_id for role in _STAFF for one in people.with_role(db, role)]
    known = [int(row.key.removeprefix(_PREFIX)) for row in due.facts(db, _PREFIX)]
    return list(dict.fromkeys(chat for chat in [*staff, *known] if chat is not None))
