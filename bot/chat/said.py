"""An update narrowed to what the bot understands: who, where, and what was said or pressed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from telegram import ChatMember, ChatMemberUpdated, Message, Update
from telegram.constants import ChatType

from bot.flows.mail import Caller

MAX_TEXT: Final = 4096
_COMMAND: Final = re.compile(r"/([a-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_STOP: Final = re.compile(r"\W*/?stop(?:pp)?\b", re.IGNORECASE)


class Manner(StrEnum):
    """How something was said."""

    TEXT = "text"
    EDITED = "edited"
    PRESS = "press"
    LOCATION = "location"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    OTHER = "other"  # a sticker, a voice message, a picture …


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said or pressed in their private chat with the bot.

    `reply_to` is the message of the chat that it replies to.
    """

    telegram_id: int
    name: str
    manner: Manner
    text: str = ""
    message_id: int | None = None
    query_id: str | None = None
    place: tuple[float, float] | None = None
    reply_to: int | None = None

    @property
    def caller(self) -> Caller:
        """Return who this is from, for the flow that handles it."""
        return Caller(self.telegram_id, self.message_id, self.query_id)

    @property
    def command(self) -> tuple[str, str] | None:
        """Return the command in lower case and its arguments, or None."""
        found = _COMMAND.fullmatch(self.text) if self.manner is Manner.TEXT else None
        return None if found is None else (found[1].lower(), (found[2] or "").strip())

    @property
    def is_stop(self) -> bool:
        """Whether the text begins with the word stop: when in doubt, it is taken as one."""
        return _STOP.match(self.text) is not None


Fields = Mapping[str, Any]
_USER: Final[Fields] = {"id": {}, "is_bot": {}, "first_name": {}, "last_name": {}}
_CHAT: Final[Fields] = {"id": {}, "type": {}}
_PLACE: Final[Fields] = {"message_id": {}, "date": {}, "chat": _CHAT}
_MESSAGE: Final[Fields] = {
    **_PLACE,
    "from": _USER,
    "text": {},
    "location": {"latitude": {}, "longitude": {}},
    "reply_to_message": _PLACE,
}
_QUERY: Final[Fields] = {
    "id": {},
    "from": _USER,
    "chat_instance": {},
    "data": {},
    "message": _PLACE,
}
_READ: Final[Fields] = {
    "update_id": {},
    "message": _MESSAGE,
    "edited_message": _MESSAGE,
    "callback_query": _QUERY,
    "my_chat_member": {
        "chat": _CHAT,
        "from": _USER,
        "date": {},
        "old_chat_member": {},
        "new_chat_member": {},
    },
}
"""Every field that `narrow` reads; an empty mapping takes the value as it is."""


def essence(told: Fields, read: Fields = _READ) -> dict[str, Any]:
    """Return an update's JSON with nothing in it but what is read.

    Whatever else it carries – a kind of file, a field of a newer Bot API – can not keep a STOP
    from being understood.
    """
    return {
        key: essence(told[key], inside) if inside else told[key]
        for key, inside in read.items()
        if key in told
    }


def narrow(update: Update) -> Said | None:
    """Return what was said, or None where nobody spoke to the bot in private."""
    if update.callback_query is not None:
        return _press(update)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.chat.type != ChatType.PRIVATE:
        return None
    return _message(message, edited=update.message is None)


def _told(text: str | None) -> str:
    """Return what somebody wrote; NUL, which Telegram takes back in no message, is made visible."""
    return (text or "").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _press(update: Update) -> Said | None:
    query = update.callback_query
    assert query is not None
    if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
        return None
    return Said(
        query.from_user.id,
        _told(query.from_user.full_name),
        Manner.PRESS,
        _told(query.data),
        None if query.message is None else query.message.message_id,
        query.id,
    )


def _membership(change: ChatMemberUpdated) -> Said | None:
    if change.chat.type != ChatType.PRIVATE:
        return None
    gone = change.new_chat_member.status in {ChatMember.BANNED, ChatMember.LEFT}
    manner = Manner.BLOCKED if gone else Manner.UNBLOCKED
    return Said(change.from_user.id, _told(change.from_user.full_name), manner)


def _message(message: Message, *, edited: bool) -> Said:
    assert message.from_user is not None
    user, text = message.from_user, _told(message.text)[:MAX_TEXT]
    if message.location is not None and not edited:
        at = (message.location.latitude, message.location.longitude)
        return Said(user.id, _told(user.full_name), Manner.LOCATION, place=at)
    manner = Manner.OTHER if not text else Manner.EDITED if edited else Manner.TEXT
    original = message.reply_to_message
    reply_to = None if original is None else original.message_id
    return Said(user.id, _told(user.full_name), manner, text, reply_to=reply_to)
