"""Files by Telegram's own names of them: what was uploaded once, and what a person sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(eq=False, slots=True)
class KeptFile:
    """What a call sends in the place of a file; delivery makes an upload of it, or its name.

    `key` is what the name is stored under, and `known` what is stored: the id of the bot that
    uploaded it, and the name, which is of use to that bot alone. `fresh` is to be stored instead.
    """

    key: str
    file_name: str
    content: Callable[[], bytes]
    known: str | None = None
    fresh: str | None = None


@dataclass(frozen=True, slots=True)
class SentPicture:
    """A photo or video that a person has sent, by Telegram's name of it."""

    kind: Literal["photo", "video"]
    file: str


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """A "photo" or "video" that a coach sent: Telegram's name of it, and the coach's."""

    kind: str
    file: str
    by: str
