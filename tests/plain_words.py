"""Whether a text is in plain words: no codes, and none of the words of the trade."""

import re
from dataclasses import fields
from typing import Final

from bot.conversation.screen import Screen
from bot.protocol.dose.dose import Dose
from bot.protocol.dose.exercises import CATALOGUE, REFUSED
from bot.protocol.progression.morning import Verdict
from bot.protocol.report.period import Became
from bot.protocol.session.state import HoldStatus, Outcome, StopReason
from bot.training import reasons

FOUND: Final[list[str]] = []
"""What was found on the screens that the running test came across."""
_TRADE: Final = re.compile(
    r"to fatigue|hard[ -]stop|sit[ -]bones?|under tension|\bversion \d|\bPROTOCOL\b", re.IGNORECASE
)
_RELEASE: Final = re.compile(r"Version \d+\.\d+\.\d+")
"""The program's own version, for an admin."""
_STORED: Final = {
    *CATALOGUE,
    *REFUSED,
    *(
        name
        for name in (
            *(field.name for field in fields(Dose)),
            *(one for kind in (Outcome, Became, StopReason, HoldStatus, Verdict) for one in kind),
            *(one for one in vars(reasons).values() if isinstance(one, str)),
        )
        if re.fullmatch("[a-z]+(_[a-z]+)+", name)
    ),
}
"""Exercises, and names as they are stored."""
_CODE: Final = re.compile(rf"(?<![=\w/])(?:{'|'.join(sorted(_STORED))})\b(?!=)")
"""One of them within a text; not what was typed as `name=value`."""
_NOT_OURS: Final = re.compile(r"“[^”]*”|https://\S+")
"""What somebody typed, said back, and links, whose keys are drawn at random."""


def trade_words(text: str) -> list[str]:
    """Return the words of the trade in a text."""
    return _TRADE.findall(_RELEASE.sub("", text))


def codes(text: str) -> list[str]:
    """Return the words of the trade and the codes in a text that people read."""
    return [*trade_words(text), *_CODE.findall(_NOT_OURS.sub("", text))]


def on_screen(screen: Screen) -> list[str]:
    """Return what is not plain in a message or on its buttons, with the message."""
    read = [screen.text, *(button.label for row in screen.rows for button in row)]
    return [f"{code!r} in {text!r}" for text in read for code in codes(text)]
