"""How one message looks: text, buttons, ring or silence. A value, so that tests can read it."""

import html
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

VERSION: Final = "1"
"""First field of every button's data; buttons of another version are not active any more."""
MAX_DATA: Final = 64
"""Telegram's limit for a button's data, in bytes."""


class Style(StrEnum):
    """A button's colour; never the only sign of what it does."""

    DANGER = "danger"
    SUCCESS = "success"
    PRIMARY = "primary"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. `data` names row, step and value: see `data`."""

    label: str
    data: str
    style: Style | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One message. `text` is HTML; `photo` makes it a picture with the text as its caption.

    It `rings`, or is silent; what rings `by_day` keeps the reader's quiet hours.

    `asks_location` adds a keyboard with one button that shares the phone's location;
    `removes_keyboard` takes such a keyboard away.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    rings: bool = False
    by_day: bool = False
    photo: bytes | None = None
    document: tuple[str, bytes] | None = None
    asks_location: str | None = None
    removes_keyboard: bool = False


def data(verb: str, *values: object) -> str:
    """Return a button's data: version, verb and values. At most 64 bytes of ASCII."""
    found = ":".join([VERSION, verb, *(str(value) for value in values)])
    assert len(found.encode()) <= MAX_DATA, found
    return found


def fits(found: str) -> bool:
    """Whether a text may be a button's data."""
    return found.isascii() and len(found) <= MAX_DATA


def esc(text: object) -> str:
    """Return text of a person's as HTML that shows it literally."""
    return html.escape(str(text), quote=False)


def live_time(moment: datetime, fallback: str, style: str = "r") -> str:
    """Return a time that Telegram's clients show in the reader's own way, "r": counting down.

    Clients that do not know it show `fallback`, which must be true without ticking.
    """
    return f'<tg-time unix="{int(moment.timestamp())}" format="{style}">{esc(fallback)}</tg-time>'
