"""A file that is uploaded once: afterwards Telegram's own name of it is sent."""

from collections.abc import Callable
from dataclasses import dataclass


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
