"""What every room knows of a letter: who goes first, and that one cannot be read."""

from enum import IntEnum


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
