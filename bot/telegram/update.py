"""An update narrowed to what the bot understands: who, where, what was said or pressed, and when.

It can come again under a new id: its press or message is the same one then.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from telegram import ChatMember
from telegram.constants import ChatType, MessageAttachmentType, MessageType

from bot.conversation.limits import MAX_TEXT
from bot.dispatch.updates import Arrived, Caller
from bot.kept import SentPicture
from bot.protocol.session import speech
from bot.training.load.files import SentFile, is_watchs
from bot.training.speech.flow import SpokenWords

Raw = dict[str, Any]
"""A part of an update, as JSON has it."""

ALLOWED: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""The kinds of updates that Telegram is asked for."""
IDS: Final = 2**63
"""No id that can be stored is as great, or below its negative."""
_COMMAND: Final = re.compile(r"/([a-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)


_SENT: Final = frozenset(MessageAttachmentType) | {
    MessageType.CHECKLIST,
    MessageType.GIVEAWAY,
    MessageType.GIVEAWAY_WINNERS,
    MessageType.TEXT,
}
"""What a person sends."""
_BESIDE: Final = {
    MessageType.BUSINESS_CONNECTION_ID,
    MessageType.EFFECT_ID,
    MessageType.REPLY_TO_STORY,
    MessageType.SENDER_BOOST_COUNT,
    MessageType.SENDER_BUSINESS_BOT,
    MessageType.SUGGESTED_POST_INFO,
}
"""What may stand beside it in any message."""
_SERVICE: Final = frozenset(MessageType) - _SENT - _BESIDE
"""What Telegram itself says in a chat: something was pinned, somebody joined."""


_NAME: Final = 120
"""Characters of a file's name."""


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

    `message_id` is the message whose button was pressed, a sound if it was pressed `on_sound`;
    `spoken_as` the one that says the words: a text, the caption of a picture or file, or a
    sticker's sign. `reply_to` is the message of the chat that it replies to. `forwarded` words are
    somebody else's. `file` may be from a watch, `sent` is a photo or video.
    """

    telegram_id: int
    name: str
    manner: Manner
    text: str = ""
    message_id: int | None = None
    query_id: str | None = None
    on_sound: bool = False
    place: tuple[float, float] | None = None
    reply_to: int | None = None
    spoken_as: int | None = None
    forwarded: bool = False
    file: SentFile | None = None
    sent: SentPicture | None = None

    @property
    def words(self) -> SpokenWords:
        """Return what was said, for the flow that reads it."""
        return SpokenWords(
            self.text,
            self.spoken_as,
            self.reply_to,
            edited=self.manner is Manner.EDITED,
            aside=self.forwarded or self.manner is Manner.OTHER,
        )

    @property
    def caller(self) -> Caller:
        """Return who this is from, for the flow that handles it."""
        return Caller(self.telegram_id, self.message_id, self.query_id, on_sound=self.on_sound)

    @property
    def command(self) -> tuple[str, str] | None:
        """Return the command in lower case and its arguments, or None."""
        found = _COMMAND.fullmatch(self.text) if self.manner is Manner.TEXT else None
        return None if found is None else (found[1].lower(), (found[2] or "").strip())

    @property
    def is_stop(self) -> bool:
        """Whether the text says STOP anywhere: when in doubt, it is taken as one."""
        return self.manner is not Manner.PRESS and speech.says_stop(self.text)

    @property
    def begins_with_stop(self) -> bool:
        """Whether STOP is what the text says first: so it is meant where no session is live too."""
        return self.manner is not Manner.PRESS and speech.begins_with_stop(self.text)


def narrow(update: Raw) -> Said | None:
    """Return what was said, or None where nobody spoke to the bot in private.

    `update` is as the Bot API sends it: of its many fields these few are read. Raises KeyError,
    TypeError or ValueError for an update that is none.
    """
    if (query := update.get("callback_query")) is not None:
        return _press(query)
    if (change := update.get("my_chat_member")) is not None:
        return _membership(change)
    new, edited = update.get("message"), update.get("edited_message")
    message = new or edited
    if message is None or message.get("from") is None or not _in_private(message):
        return None
    if _is_service(message):
        return None
    return _message(message, edited=new is None)


def _in_private(message: Raw) -> bool:
    return bool(message["chat"]["type"] == ChatType.PRIVATE)


def _is_service(message: Raw) -> bool:
    """Whether nobody said this; a kind that is not known yet may have been said."""
    return not (_SERVICE.isdisjoint(message) or _SENT & message.keys())


def _name(user: Raw) -> str:
    """Return the name as Telegram shows it."""
    last = user.get("last_name")
    return _told(f"{user['first_name']} {last}" if last else user["first_name"])


def _told(text: str | None) -> str:
    """Return what somebody wrote; NUL, which Telegram takes back in no message, is made visible."""
    return (text or "").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _press(query: Raw) -> Said | None:
    user, message = query["from"], query.get("message")
    if message is not None and not _in_private(message):
        return None
    return Said(
        user["id"],
        _name(user),
        Manner.PRESS,
        _told(query.get("data")),
        None if message is None else message["message_id"],
        query["id"],
        on_sound=message is not None and "audio" in message,
    )


def _membership(change: Raw) -> Said | None:
    if not _in_private(change):
        return None
    gone = change["new_chat_member"]["status"] in {ChatMember.BANNED, ChatMember.LEFT}
    manner = Manner.BLOCKED if gone else Manner.UNBLOCKED
    return Said(change["from"]["id"], _name(change["from"]), manner)


def _message(message: Raw, *, edited: bool) -> Said:
    user, text = message["from"], _text_of(message)
    where = message.get("location")
    if where is not None and not edited:
        at = (float(where["latitude"]), float(where["longitude"]))
        return Said(user["id"], _name(user), Manner.LOCATION, place=at)
    typed = Manner.TEXT if message.get("text") else Manner.OTHER
    original = message.get("reply_to_message")
    return Said(
        user["id"],
        _name(user),
        Manner.EDITED if edited else typed,
        text,
        reply_to=None if original is None else original["message_id"],
        spoken_as=message["message_id"],
        forwarded="forward_origin" in message or "forward_date" in message,
        file=None if edited else _file(message),
        sent=None if edited else _sent(message),
    )


def _file(message: Raw) -> SentFile | None:
    """Return a file that is called as a watch's are."""
    found = message.get("document")
    name = _told(found.get("file_name")) if isinstance(found, dict) else ""
    if found is None or not is_watchs(name):
        return None
    return SentFile(found["file_id"], name[:_NAME], int(found.get("file_size") or 0))


def _sent(message: Raw) -> SentPicture | None:
    """Return the photo, in its largest size, or the video of a message, if it can be read."""
    sizes, video = message.get("photo"), message.get("video")
    try:
        if sizes:
            return SentPicture("photo", str(sizes[-1]["file_id"]))
        return SentPicture("video", str(video["file_id"])) if video else None
    except (LookupError, TypeError):  # the words beside it count all the same
        return None


def _text_of(message: Raw) -> str:
    """Return the words of a message: its text or caption, else the sign of its sticker."""
    sign = (message.get("sticker") or {}).get("emoji")
    return _told(message.get("text") or message.get("caption") or sign)[:MAX_TEXT]


# ---- which act it is, and when that was --------------------------------------------

_MESSAGES: Final = ("message", "edited_message")


def key_of(update: Raw) -> str | None:
    """Return what tells this press, message or change from all others; None for anything else."""
    if (query := update.get("callback_query")) is not None:
        return f"q{query['id']}"
    message = _newest(update)
    if message is not None:
        named = ("message_id", "date", "edit_date", "text")
        return _written("m", message["chat"], [message.get(name) for name in named])
    change = update.get("my_chat_member")
    if change is None:
        return None
    statuses = [change[which]["status"] for which in ("old_chat_member", "new_chat_member")]
    return _written("c", change["chat"], [change.get("date"), *statuses])


def dated(update: Raw) -> datetime | None:
    """Return a message's own date, that of its last edit; None where there is none to read.

    A press has none: the date in it is that of the message under the button.
    """
    told = _newest(update) or update.get("my_chat_member")
    if not isinstance(told, dict):
        return None
    seconds: Any = told.get("edit_date") or told.get("date")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _newest(update: Raw) -> Any:
    return next((update[kind] for kind in _MESSAGES if update.get(kind) is not None), None)


def _written(kind: str, chat: Raw, values: list[Any]) -> str:
    return kind + json.dumps([chat["id"], *values])


# ---- as it is stored ------------------------------------------------------------------


def arrived(update: dict[str, Any]) -> Arrived:
    """Return an update to be stored; one of a form that nobody knows belongs to no chat."""
    return Arrived(update["update_id"], _chat_of(update), _as_json(update), dated(update))


def _as_json(update: dict[str, Any]) -> str:
    """Return an update as JSON; half a character, which no file can hold, becomes a "?"."""
    return json.dumps(update, ensure_ascii=False).encode(errors="replace").decode()


def _chat_of(update: dict[str, Any]) -> int | None:
    """Return the chat an update belongs to: the order of updates is kept within it."""
    try:
        found: Any = next((update[kind] for kind in ALLOWED if update.get(kind) is not None), {})
        chat = found.get("chat") or (found.get("message") or {}).get("chat") or found.get("from")
        number = None if chat is None else int(chat["id"])
    except (AttributeError, LookupError, TypeError, ValueError):
        return None
    return number if number is not None and -IDS <= number < IDS else None
