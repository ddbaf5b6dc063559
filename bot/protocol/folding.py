"""Text as it is compared: spellings that mean the same become the same."""

import unicodedata
from typing import Final

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－~～→⇒➔"), "-")
_STROKES: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)


def fold(text: str) -> str:
    """Return text in lower case, with single spaces."""
    return " ".join(text.casefold().split())


def fold_typed(text: str) -> str:
    """Return days and times as they are read.

    The digits of all scripts are one, and so are all dashes and arrows. What cannot be seen, as the
    marks that a keyboard for right-to-left writing adds, is not there.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return fold("".join(_digit(char) for char in plain if unicodedata.category(char) != "Cf"))


def _digit(char: str) -> str:
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def without_marks(text: str) -> str:
    """Return text without accents and invisible signs; what looks like a letter is made one."""
    return "".join(
        char
        for char in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(char) and unicodedata.category(char) != "Cf"
    )


def plain_letters(text: str) -> str:
    """Return text in lower case and in the plainest letters: no accents, no strokes."""
    return without_marks(text.casefold()).translate(_STROKES)
