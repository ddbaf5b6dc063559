"""How much of a button is read: Telegram cuts a label at the end of its one line."""

import unicodedata
from typing import Final

ROOM: Final = {1: 34, 2: 16, 3: 10, 4: 7, 5: 5, 6: 4, 7: 3, 8: 2}
"""Buttons in a row → letters of a label that are read on a phone 390 pixels wide."""
_WIDE: Final = frozenset("WF")


def width(text: str) -> int:
    """Return how many letters wide a text is: a wide sign counts as two, a mark on one as none."""
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1


def in_one_line(text: str, *, of: int = 1, but: int = 0) -> str:
    """Return a label that is read whole among `of` in a row; what is too long ends with "…".

    `but` letters are left free, for what stands beside it.
    """
    plain = " ".join(text.split())
    room = ROOM[of] - but
    if width(plain) <= room:
        return plain
    while plain and width(plain) >= room:
        plain = plain[:-1]
    return f"{plain.rstrip()}…"
