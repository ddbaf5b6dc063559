"""Words that messages of several capabilities share."""

from typing import Final, Literal

from bot.conversation.screen import esc
from bot.protocol.dose.dose import RANGES, Side

KEPT: Final = "Only your coach or the admin can end the pause."
Unchanged = Literal["", "same", "gone"]
"""Why nothing was changed: it was so already, or by a button of an older change; "" for neither."""
UNCHANGED: Final[dict[Unchanged, str]] = {
    "": "",
    "same": "That is already the setting.",
    "gone": "Nothing was changed: that button belongs to an older change.",
}
"""Why a screen shows what was there before."""


def many(number: int, noun: str, several: str = "") -> str:
    """Return "1 hold" or "5 holds"; `several` where no "s" makes the plural."""
    return f"{number} {noun}" if number == 1 else f"{number} {several or f'{noun}s'}"


def say_dose(holds: int, hold_s: int, sets: int, side: str) -> str:
    """Return "5 holds of 10 s, LEFT side"; sets and both sides are said where there are any."""
    dose = f"{many(holds, 'hold')} of {hold_s} s"
    if sets > 1:
        dose = f"{sets} sets of {dose}"
    if side == Side.BOTH:
        return f"{dose} each side, LEFT first, then RIGHT"
    return f"{dose}, {side.upper()} side"


def say_saved(pain: int) -> str:
    """Return that a pain number is stored."""
    return f"Pain {pain} – saved."


def say_band(band: int, label: str) -> str:
    """Return "Band: black (3 of 6)" by the coach's own label; nothing where no band is set."""
    if not (band or label):
        return ""
    ordinal = f"{band} of {RANGES['band'].high}" if band else ""
    if not label:
        return f"Band: {ordinal}"
    return f"Band: {esc(label)} ({ordinal})" if ordinal else f"Band: {esc(label)}"


def sentence(text: str) -> str:
    """Return `text` with a capital letter first; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def lines(*parts: str) -> str:
    """Return the parts that are not empty, one a line."""
    return "\n".join(part for part in parts if part)


def paragraphs(*parts: str) -> str:
    """Return the parts that are not empty, with a blank line between them."""
    return "\n\n".join(part for part in parts if part)
