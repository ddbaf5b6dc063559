"""Buttons that begin an entry of the diary, under its own messages and under others."""

from datetime import date
from typing import Final

from bot.conversation.screen import Button, Row, data, in_rows

LONG: Final = "long"
"""A word of the line that says which minutes are offered."""


def line(*words: object) -> str:
    """Return the data of a button that does what sending these words as a line would."""
    return data("c", "load", "", " ".join(str(word) for word in words))


def kind_rows(day: date) -> tuple[Row, ...]:
    """Return the ways to begin an entry of a day: one tap is enough for no sport."""
    ways = [("No sport", "none"), ("Easy run", "run"), ("Hard run", "run fast")]
    ways += [("Long run", f"run {LONG}"), ("Another sport", "other?")]
    return in_rows([Button(label, line(day, words)) for label, words in ways], 2)
