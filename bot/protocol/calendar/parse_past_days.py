"""What people type for a day that has been: "yesterday", "mon", "3 days ago", "24 Nov"."""

import re
from datetime import date, timedelta
from typing import Final

from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.calendar.parse_dates import day_of, plain, say_full
from bot.protocol.calendar.parse_lengths import length_of
from bot.protocol.calendar.parse_weekdays import find_weekday
from bot.protocol.folding import fold_typed

_NAMED: Final = {
    "tomorrow": -1,
    "today": 0,
    "tonight": 0,
    "this morning": 0,
    "this afternoon": 0,
    "this evening": 0,
    "yesterday": 1,
    "last night": 1,
    "day before yesterday": 2,
    "the day before yesterday": 2,
}
_AGO: Final = re.compile(r"(.+) ago")
_WEEKDAY: Final = re.compile(r"(?:(last|on|this) )?([a-z]+)")
_DATE: Final = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d\d?\.\d\d?\.(?:\d{2,4})?|.*[a-z]{3}.*\d.*|.*\d.*[a-z]{3}.*"
)
"""Numbers alone are no day: beside minutes and effort nobody could tell."""
_AND_MINUTES: Final = re.compile(r".*\d.*[a-z]{3}.*\s\d\d?")
"""A date with one more short number, which is no year here: "20 Nov 40"."""
_SHORTEST: Final = 3
_DAY: Final = timedelta(days=1)
_HALF_A_YEAR: Final = timedelta(days=182)


def past_day(text: str, today: date, back: timedelta) -> date | None:
    """Return the day that has been, at most `back` before the local date `today`, or None.

    A weekday is the last such day; a date without a year the last one. Raises InputError for a day
    that is still to come, or longer ago.
    """
    folded = plain(text)
    ago = _AGO.fullmatch(folded)
    length = None if ago is None else length_of(ago[1], today)
    if folded in _NAMED:
        found: date | None = today - _NAMED[folded] * _DAY
    elif length is not None:
        found = today - length
    else:
        found = _weekday(folded, today) or _dated(text, today, back)
    return None if found is None else _checked(found, today, back)


def _weekday(text: str, today: date) -> date | None:
    found = _WEEKDAY.fullmatch(text)
    weekday = None if found is None or len(found[2]) < _SHORTEST else find_weekday(found[2])
    if found is None or weekday is None:
        return None
    ago = (today.weekday() - weekday) % 7
    return today - (ago or 7 * (found[1] == "last")) * _DAY


def _dated(text: str, today: date, back: timedelta) -> date | None:
    """Return a date with a month: the first one since `back`, which may be still to come."""
    folded = fold_typed(text)
    if _DATE.fullmatch(folded) is None or _AND_MINUTES.fullmatch(folded) is not None:
        return None
    since = today - back
    try:
        return day_of(plain(text), since, since)
    except WhichError:
        raise
    except InputError:
        longer = today - _HALF_A_YEAR
        return day_of(plain(text), longer, longer)


def _checked(day: date, today: date, back: timedelta) -> date:
    if day > today:
        raise InputError(f"{say_full(day)} is still to come. Today is {say_full(today)}.")
    if today - day > back:
        raise InputError(
            f"{say_full(day)} is too long ago: the last {back.days} days can be noted, "
            "for example yesterday."
        )
    return day
