"""Whether a text is in plain words: no codes, and none of the words of the trade."""

import re
from typing import Final

from bot.conversation.screen import Screen

FOUND: Final[list[str]] = []
"""What was found on the screens that the running test came across."""
_TRADE: Final = re.compile(
    r"to fatigue|hard[ -]stop|sit[ -]bones?|under tension|\bversion \d|\bPROTOCOL\b", re.IGNORECASE
)
_RELEASE: Final = re.compile(r"Version \d+\.\d+\.\d+")
"""The program's own version, for an admin."""
_CODE: Final = re.compile(r"(?<![=\w])H\d{1,2}\b|(?<![/=“\w.-])[a-z]+(?:_[a-z]+)+\b(?!=)")
"""An exercise's id, or a name as it is stored; not a command, a link or what was typed."""


def trade_words(text: str) -> list[str]:
    """Return the words of the trade in a text."""
    return _TRADE.findall(_RELEASE.sub("", text))


def codes(text: str) -> list[str]:
    """Return the words of the trade and the codes in a text that people read."""
    return [*trade_words(text), *_CODE.findall(text)]


def on_screen(screen: Screen) -> list[str]:
    """Return what is not plain in a message or on its buttons, with the message."""
    read = [screen.text, *(button.label for row in screen.rows for button in row)]
    return [f"{code!r} in {text!r}" for text in read for code in codes(text)]
