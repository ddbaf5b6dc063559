"""Each person's own command menu: published again whenever the roles or the commands change.

Athletes and strangers see the bot's general menu; a coach or admin has one of their own. What was
published last stands in a fact for each chat, so that nothing is published twice. A list that
another program gave to a chat, with this bot's token, is taken away when its person joins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.message import Menu
from bot.conversation.outgoing import post, posted
from bot.store import facts, inbox, people
from bot.store.facts import Fact
from bot.store.tables import Role

EDITION: Final = "menu_edition"
_PREFIX: Final = "menu:"
_REFUSED: Final = "refused"
"""Stands where a menu could not be published: the chat has not begun yet, mostly."""
_STAFF: Final = (Role.COACH, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class KnownChat:
    """The chat of somebody who joined, and the language of their Telegram, where it is known."""

    chat_id: int
    has_own_menu: bool
    language: str | None = None


def chats(db: Db) -> list[KnownChat]:
    """Return the chats of everybody who joined."""
    spoken = inbox.languages(db)
    return [
        KnownChat(chat, bool(_staff_roles(roles)), spoken.get(chat))
        for chat, roles in people.chats_with(db, tuple(Role)).items()
    ]


def welcome(db: Db, chat_id: int, now: datetime) -> None:
    """Give a new athlete the general menu: another program may have given this chat one before."""
    if not publish(db, chat_id, now) and not _staff_roles(people.who_is(db, chat_id).roles):
        post(db, chat_id, Menu(()), now, key=f"{_PREFIX}{chat_id}:{now.timestamp():.6f}:")


def start(db: Db, edition: str, now: datetime) -> int:
    """Publish whatever menu is not of this `edition` of the commands; return how many those are."""
    facts.set_fact(db, EDITION, edition, now)
    return _publish_all(db, now)


def refresh(db: Db, now: datetime) -> int:
    """Publish whatever menu is not that of its person's roles; return how many those are.

    One that was refused waits until its person writes, or the program starts.
    """
    return _publish_all(db, now, but=_REFUSED)


def publish(db: Db, chat_id: int | None, now: datetime) -> bool:
    """Publish the menu of a chat if it is another one now; return whether it is.

    Call it wherever somebody gets or loses a role, or leaves a chat.
    """
    if chat_id is None:
        return False
    key = f"{_PREFIX}{chat_id}"
    known = facts.some_facts(db, (key, EDITION))
    before = known[key].value if key in known else None
    mine = _staff_roles(people.who_is(db, chat_id).roles)
    return _publish(db, chat_id, mine, before, _edition(known), now)


def _publish_all(db: Db, now: datetime, *, but: str | None = None) -> int:
    """Publish whatever menu is another one now, unless what was published last is `but`."""
    roles = {chat: _staff_roles(found) for chat, found in people.chats_with(db, _STAFF).items()}
    known = {row.key: row.value for row in facts.facts(db, _PREFIX)}
    edition = _edition(facts.some_facts(db, (EDITION,)))
    count = 0
    for chat in dict.fromkeys([*roles, *(int(key.removeprefix(_PREFIX)) for key in known)]):
        before = known.get(f"{_PREFIX}{chat}")
        if but is None or before != but:
            count += _publish(db, chat, roles.get(chat, ()), before, edition, now)
    return count


def _staff_roles(roles: frozenset[Role]) -> tuple[Role, ...]:
    """Return the roles that a menu of one's own is made of; none for an athlete."""
    return tuple(sorted(roles)) if roles & set(_STAFF) else ()


def _edition(known: Mapping[str, Fact]) -> str:
    return known[EDITION].value if EDITION in known else ""


def _publish(
    db: Db, chat_id: int, mine: tuple[Role, ...], before: str | None, edition: str, now: datetime
) -> bool:
    wanted = f"{edition} {' '.join(mine)}" if mine else None
    if wanted == before:
        return False
    key = f"{_PREFIX}{chat_id}"
    if wanted is None:
        facts.forget_fact(db, key)
    else:
        facts.set_fact(db, key, wanted, now)
    letter = f"{key}:{now.timestamp():.6f}:{'+'.join(mine)}"
    return posted(db, chat_id, Menu(mine), now, key=letter)


def lost(db: Db, chat_id: int, now: datetime) -> None:
    """A menu could not be published: it is, when its person writes or the program starts."""
    key = f"{_PREFIX}{chat_id}"
    if facts.fact(db, key) is not None:
        facts.set_fact(db, key, _REFUSED, now)
