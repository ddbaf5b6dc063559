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
_STAFF: Final = (Role.COACH, Role.ADMIN)


def start(db: Db, edition: str, now: datetime) -> int:
    """Publish whatever menu is not of this `edition` of the commands; return how many those are."""
    due.set_fact(db, EDITION, edition, now)
    staff = [one.telegram_id for role in _STAFF for one in people.with_role(db, role)]
    known = [int(row.key.removeprefix(_PREFIX)) for row in due.facts(db, _PREFIX)]
    return sum(publish(db, chat, now) for chat in dict.fromkeys([*staff, *known]))


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
    return post(db, chat_id, Menu(mine), now, key=f"{key}:{now.timestamp():.6f}")


def lost(db: Db, chat_id: int) -> None:
    """A menu could not be published: it will be at the next occasion."""
    due.forget_fact(db, f"{_PREFIX}{chat_id}")
