"""What is said and pressed about the red-flag questions, as values."""

from dataclasses import dataclass
from typing import ClassVar, Final

from bot.conversation.message import Reply

NONE: Final = "none"
"""The button that says: nothing of this."""
NONE_AWAY: Final = "fit"
"""The same, where it was asked because of days away: the session begins then."""
NONE_BANDLESS: Final = "fit0"
"""The same, where the session was to begin without the band."""


@dataclass(frozen=True, slots=True)
class NoFlags(Reply):
    """None of the signs is there; sessions may be `locked` because of an earlier one."""

    topic: ClassVar[str] = "no_flags"
    locked: bool
