"""Whether a keyboard can be read on a phone: Telegram cuts a label at the end of its line."""

from typing import Final

from bot.conversation.screen import ROOM, Screen, width

CUT: Final[list[str]] = []
"""Labels that would be cut, on the keyboards that the running test came across."""


def too_long(screen: Screen) -> list[str]:
    """Return the labels of a screen that are not read whole in their row."""
    return [
        f"{button.label} ({width(button.label)} of {ROOM.get(len(row), 2)})"
        for row in screen.rows
        for button in row
        if width(button.label) > ROOM.get(len(row), 2)
    ]
