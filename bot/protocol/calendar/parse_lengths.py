"""What people type for a length of time in days: "3 days", "two weeks", "a week and 3 days"."""

import re
from datetime import date, timedelta
from typing import Final

MAX_DAYS: Final = 731
"""The longest span, and how far ahead a day may be: two years, one of them a leap year."""

_FAR: Final = timedelta(days=36_525)
"""Any longer length is as good as this one: nobody's calendar ends before it."""
_DAY: Final = timedelta(days=1)
_MONTHS_A_YEAR: Final = 12
_ONE_TO_TWENTY: Final = (
    *("one", "two", "three", "four", "five", "six", "seven"),
    *("eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NUMBERS: Final = {
    **{word: number for number, word in enumerate(_ONE_TO_TWENTY, start=1)},
    "a": 1,
    "an": 1,
    "twenty-one": 21,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
}
_UNITS: Final = {"d": 1, "day": 1, "w": 7, "wk": 7, "week": 7, "fortnight": 14}
_MONTHS: Final = {"month": 1, "year": _MONTHS_A_YEAR}
_A_LENGTH: Final = re.compile(
    r"(\d{1,4}\s?|[a-z]+(?:-[a-z]+)?\s)(d|days?|w|wks?|weeks?|fortnights?|months?|years?)"
)


def is_unit(word: str) -> bool:
    """Whether a folded word is what a length counts: "days", "wk"."""
    return _A_LENGTH.fullmatch(f"2 {word}") is not None


def length_of(text: str, today: date) -> timedelta | None:
    """Return "3 days", "two weeks", "a week and 3 days" as a length; None for other words.

    A hundred years at most: what takes it says itself how long is too long.
    """
    total = timedelta()
    for part in re.split(r",? and |, | (?=\d)", text):
        found = _A_LENGTH.fullmatch(part)
        number = None if found is None else _number(found[1].strip())
        if found is None or number is None:
            return None
        unit = found[2].removesuffix("s")
        if unit in _MONTHS:
            months = number * _MONTHS[unit]
            total += _same_day_later(today + total, months) - (today + total)
        else:
            total += timedelta(days=number * _UNITS[unit])
        total = min(total, _FAR)
    return total


def _same_day_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last one."""
    first = month_after(day, min(months, MAX_DAYS))
    last = month_after(first, 1) - _DAY
    return min(first.replace(day=min(day.day, last.day)), last)


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else _NUMBERS.get(word)


def month_after(day: date, months: int) -> date:
    """Return the first day of the month so many months later."""
    count = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    return date(count // _MONTHS_A_YEAR, count % _MONTHS_A_YEAR + 1, 1)
