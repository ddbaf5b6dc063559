"""What people say and press, read from updates as Telegram sends them.

Read apart from the bot's own reading, so that what the bot does not understand is seen as well.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

STOP: Final = "stop"
PAIN: Final = "pain"
FLAG: Final = "flag"
"""A red flag was named."""
CLEAR: Final = "clear"
"""The red-flag questions were answered: none of them."""
SIGN: Final = "sign"
"""A word of a red flag: numb, sharp, a pop."""
GO: Final = "go"
OTHER: Final = "other"

_STOP: Final = re.compile(r"\W*/?stop", re.IGNORECASE)
_PLAIN: Final = re.compile(r"\W*(?:/?pain\s+)?(\d{1,2})(?:[.,]0)?(?:\s*/\s*10)?\W*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<![\d#.,:/-])(\d{1,2})(?![\d:])")
_SIGNS: Final = re.compile(r"\W*(numb|sharp|pop|tingling)\W*", re.IGNORECASE)
_HIGHEST: Final = 10


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person did, at a second of the run and an instant of the wall clock.

    `plain` is a number and nothing else. `message` is what was pressed, written or edited, `reply`
    what it answers. `about` is the hold that a button is about, -1 for the pain before.
    """

    update: int
    at: float
    said: datetime
    kind: str
    value: int = 0
    session: int | None = None
    about: int | None = None
    morning: int | None = None
    message: int = 0
    reply: int | None = None
    edited: bool = False
    plain: bool = True
    text: str = ""


def identity(update: dict[str, Any]) -> tuple[object, ...]:
    """Return what stays the same where one act comes again as another update."""
    if (query := update.get("callback_query")) is not None:
        return "press", query["id"]
    for kind in ("message", "edited_message"):
        if (found := update.get(kind)) is not None:
            return kind, found["chat"]["id"], found["message_id"], found.get("edit_date")
    return "update", update["update_id"]


def read(update: dict[str, Any], at: float, said: datetime) -> tuple[int, Act] | None:
    """Return the chat of an update and what was done there; None for what nobody said."""
    number = int(update["update_id"])
    if (query := update.get("callback_query")) is not None:
        return int(query["from"]["id"]), _pressed(query, Act(number, at, said, OTHER))
    message = update.get("message") or update.get("edited_message")
    if message is None:
        return None
    text = message.get("text") or message.get("caption") or ""
    reply = message.get("reply_to_message")
    done = replace(
        _said(text, Act(number, at, said, OTHER)),
        message=int(message["message_id"]),
        reply=None if reply is None else int(reply["message_id"]),
        edited="edited_message" in update,
        text=text,
    )
    return int(message["chat"]["id"]), done


def _pressed(query: dict[str, Any], act: Act) -> Act:
    """Read a press. What follows a button's own values is its stamp, which the bot may add."""
    text = str(query["data"])
    act = replace(act, message=int(query["message"]["message_id"]), text=text)
    match text.split(":")[1:]:
        case ["p", session, about, value, *_]:
            act = replace(act, kind=PAIN, value=int(value), session=int(session), about=int(about))
        case ["m", morning, value]:
            act = replace(act, kind=PAIN, value=int(value), morning=int(morning))
        case ["q", value]:
            act = replace(act, kind=PAIN, value=int(value))
        case ["F", flag, *_]:
            act = replace(act, kind=CLEAR if flag in {"none", "fit"} else FLAG)
        case ["r", session, "sharp" | "numb", *_]:
            act = replace(act, kind=SIGN, session=int(session))
        case ["x" | "g" as verb, session, *_]:
            act = replace(act, kind=STOP if verb == "x" else GO, session=int(session))
    return act


def _said(text: str, act: Act) -> Act:
    if _STOP.match(text):
        return replace(act, kind=STOP)
    if text.startswith("/resume"):
        return replace(act, kind=GO)
    if _SIGNS.fullmatch(text):
        return replace(act, kind=SIGN)
    plain = _PLAIN.fullmatch(text)
    if plain is not None and int(plain[1]) <= _HIGHEST:
        return replace(act, kind=PAIN, value=int(plain[1]))
    command = text.startswith("/")
    found = [] if command else [int(one) for one in _NUMBER.findall(text) if int(one) <= _HIGHEST]
    return replace(act, kind=PAIN, value=max(found), plain=False) if found else act
