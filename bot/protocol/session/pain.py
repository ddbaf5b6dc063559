"""Reading a pain answer: an integer 0–10, or a reason to ask again. Never a guess."""

import re
from typing import Final

MIN: Final = 0
MAX: Final = 10

WORDS: Final = {
    "zero": 0,
    "none": 0,
    "no pain": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}

_NUMBER: Final = re.compile(r"(\d{1,2})(?:[.,](\d))?(?:\s*(?:/|of|out of)\s*10)?")


def parse_pain(text: str) -> int | None:
    """Return the pain 0–10 that `text` plainly says, or None: then it must be asked again.

    "3", "3/10", "3 of 10", "3,5" and "three" are plain; a half or more rounds up and a
    smaller fraction rounds up too, so that doubt never lowers a pain (PROTOCOL 3).
    Digits of other scripts count as digits. "4 but ok", "-1" and "11" are not plain.
    """
    plain = text.strip().rstrip(".!").strip().casefold()
    if plain in WORDS:
        return WORDS[plain]
    match = _NUMBER.fullmatch(plain)
    if match is None:
        return None
    whole, tenth = int(match[1]), int(match[2] or 0)
    value = whole + (1 if tenth else 0)
    return value if MIN <= value <= MAX and whole + tenth / 10 <= MAX else None
