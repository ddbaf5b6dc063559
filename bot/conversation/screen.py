"""How one message looks: text, buttons, ring or silence. A value, so that tests can read it.

How it reads, each capability says: it registers one function for each type that it tells of.
"""

import html
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.conversation.message import Message, Reply
from bot.drawings.files import Picture
from bot.sound.clips import Sound

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
    """A button under a message. `data` names row, step and value: see `data`.

    One with a `url` opens that, and has no data.
    """

    label: str
    data: str
    style: Style | None = None
    url: str | None = None


Row = tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Audio:
    """A sound that a message brings, and what a player calls it."""

    sound: Sound
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One message. `text` is HTML; with `picture` or `audio` it is the caption of that.

    It `rings`, or is silent; what rings `by_day` keeps the reader's quiet hours.

    `asks_location` adds a keyboard with one button that shares the phone's location;
    `removes_keyboard` takes such a keyboard away.
    """

    text: str
    rows: tuple[Row, ...] = ()
    rings: bool = False
    by_day: bool = False
    picture: Picture | None = None
    audio: Audio | None = None
    asks_location: str | None = None
    removes_keyboard: bool = False


def data(verb: str, *values: object) -> str:
    """Return a button's data: version, verb and values. At most 64 bytes of ASCII."""
    found = ":".join([VERSION, verb, *(str(value) for value in values)])
    assert len(found.encode()) <= MAX_DATA, found
    return found


def command_data(command: str, person_id: int, *words: object) -> str:
    """Return the data of a button that does what typing the command about a person would."""
    return data("c", command, person_id, *words)


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


def in_rows(buttons: list[Button], width: int) -> tuple[Row, ...]:
    """Return buttons in rows of at most `width`."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def many(number: int, noun: str, several: str = "") -> str:
    """Return "1 hold" or "5 holds"; `several` where no "s" makes the plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {several or f'{noun}s'}"


def sentence(text: str) -> str:
    """Return `text` with a capital letter first; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def lines(*parts: str) -> str:
    """Return the parts that are not empty, one a line."""
    return "\n".join(part for part in parts if part)


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty, with a blank line between them."""
    return "\n\n".join(part for part in parts if part)


# ---- how much of a button is read -----------------------------------------------------

ROOM: Final = {1: 34, 2: 16, 3: 10, 4: 7, 5: 5, 6: 4, 7: 3, 8: 2}
"""Buttons in a row → letters of a label that are read on a phone 390 pixels wide."""
_WIDE: Final = frozenset("WF")


def width(text: str) -> int:
    """Return how many letters wide a text is: a wide sign counts as two, a mark on one as none."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def in_one_line(text: str, *, of: int = 1, but: int = 0) -> str:
    """Return a label that is read whole among `of` in a row; what is too long ends with "…".

    `but` letters are left free, for what stands beside it.
    """
    plain = " ".join(text.split())
    room = ROOM[of] - but
    if width(plain) <= room:
        return plain
    while plain and width(plain) >= room:
        plain = plain[:-1]
    return f"{plain.rstrip()}…"


# ---- the words of a capability --------------------------------------------------------

MAX_TOAST: Final = 200
"""Telegram's limit for the answer to a button, in characters."""
M = TypeVar("M", bound=Message | Reply)
Look = Callable[[M, datetime], Screen]
"""From a message, at the moment of sending, to how it looks."""
Sentence = Callable[[M], str]
"""From a message to one plain sentence."""


class Words:
    """The words of a capability, by the type of what is said."""

    def __init__(self) -> None:
        self.looks: dict[type[Any], Look[Any]] = {}
        self.toasts: dict[type[Any], Sentence[Any]] = {}

    def of(self, kind: type[M]) -> Callable[[Look[M]], Look[M]]:
        """Register how a message looks."""

        def register(look: Look[M]) -> Look[M]:
            assert kind not in self.looks, kind
            self.looks[kind] = look
            return look

        return register

    def plain(self, kind: type[M], text: str) -> None:
        """Register words that are the same whatever the values: `text`, as HTML."""
        self.of(kind)(lambda _message, _now: Screen(text=text))

    def toast(self, kind: type[M]) -> Callable[[Sentence[M]], Sentence[M]]:
        """Register the short answer to a button; a message without a look is the same sentence."""

        def register(sentence: Sentence[M]) -> Sentence[M]:
            assert kind not in self.toasts, kind
            self.toasts[kind] = sentence
            return sentence

        return register

    def sentence(self, kind: type[M], text: str) -> None:
        """Register one plain sentence that is the same whatever the values, also as a message."""
        self.toast(kind)(lambda _message: text)

    def screen(self, said: Message | Reply, now: datetime) -> Screen:
        """Return how something looks when it is sent `now`; KeyError for what has no words."""
        look = self.looks.get(type(said))
        if look is not None:
            return look(said, now)
        return Screen(text=esc(self.toasts[type(said)](said)))

    def short(self, said: Reply) -> str:
        """Return the answer to a button, cut to what Telegram takes; KeyError without one."""
        return self.toasts[type(said)](said)[:MAX_TOAST]

    @property
    def kinds(self) -> frozenset[type[Any]]:
        """The types that have words."""
        return frozenset(self.looks.keys() | self.toasts.keys())


def all_of(words: Iterable[Words]) -> Words:
    """Return the words of several capabilities together; no type may be in two."""
    together = Words()
    for one in words:
        assert not together.kinds & one.kinds
        together.looks |= one.looks
        together.toasts |= one.toasts
    return together
