"""Letters that carry a link: the one place, for a moment, where a token stands in plain.

A letter holds its link until its fate is settled. What has to be sent again before that, after
a refusal, an unclear answer or a restart, is the same letter with the same link: a new one would
leave an admin with two, one of which may have been passed on. Once settled, sent or lost, the
link is blanked and the row stays; nobody can be shown that link again.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from sqlmodel import Session as Db

from bot.accounts.invites.messages import Invitation, LinkMade, MoveLinkMade
from bot.conversation.message import Message, Say, dump
from bot.store import outbox
from bot.store.outbox_claims import Claimed

TOPICS: Final = frozenset({LinkMade.topic, Invitation.topic, MoveLinkMade.topic})
_HELD: Final = '"link": "https:'
"""How a body looks that still holds a link."""


def has_link(letter: Claimed) -> bool:
    """Whether a letter carries a link."""
    return letter.kind == Say.kind() and _is_theirs(letter.body)


def forget_link(db: Db, letter: Claimed, intent: Message) -> None:
    """Blank the link in a letter that was sent or lost; other letters stay as they are."""
    match intent:
        case Say(LinkMade() | Invitation() | MoveLinkMade() as made):
            outbox.reword(db, letter.id, dump(replace(intent, reply=replace(made, link=""))))


def forget_unreadable(db: Db, letter: Claimed) -> None:
    """Empty a letter that cannot be read and may hold a link."""
    if has_link(letter) or not letter.readable:
        outbox.reword(db, letter.id, {})


def with_links(db: Db) -> list[int]:
    """Return the letters that hold a link and will not be sent: they were cancelled before.

    All letters are gone through: ask it beside the writer.
    """
    return outbox.settled_with(db, _HELD)


def forget_links(db: Db, letter_ids: Collection[int]) -> int:
    """Blank the links in these letters; return how many. One that cannot be read is emptied."""
    count = 0
    for letter_id, body in outbox.settled(db, letter_ids) if letter_ids else ():
        if body is None or not isinstance(body.get("values"), dict):
            outbox.reword(db, letter_id, {})
        elif _is_theirs(body):
            outbox.reword(db, letter_id, body | {"values": body["values"] | {"link": ""}})
        else:
            continue
        count += 1
    return count


def _is_theirs(body: dict[str, Any]) -> bool:
    topic = body.get("topic")
    return isinstance(topic, str) and topic in TOPICS
