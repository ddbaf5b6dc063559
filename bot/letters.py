"""What every room knows of a letter: who goes first, and that one cannot be read."""

from datetime import timedelta
from enum import IntEnum
from typing import Final

ENCLOSED: Final = timedelta(hours=3)
"""How long a picture or file is tried: whoever waits for it is told then how to get it."""
INVITED: Final = 10**15
"""From here on a person's number in a letter is that of an invitation: they have not joined."""


class UnreadableError(Exception):
    """A letter's kind or values cannot be read by this version."""


class Priority(IntEnum):
    """Who goes first when several messages wait (docs/delivery.md, Out)."""

    STOP = 0
    RELEASE = 1
    HOLD = 2
    QUESTION = 3
    REPLY = 4
    REMINDER = 5
    SUMMARY = 6
    BROADCAST = 7
