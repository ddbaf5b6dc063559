"""What people type for a day.

A reader returns a value, or raises InputError: what is wrong, what is allowed, an example. Where
several days are left ("12/1"), it is a WhichError with each of them.
A form that is not known here is never read in part.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError, shown
from bot.protocol.calendar.local_time import MONTHS, WEEKDAYS
from bot.protocol.calendar.parse_lengths import MAX_DAYS, length_of, month_after
from bot.protocol.calendar.parse_weekdays import DAY_WORDS, find_weekday
from bot.protocol.folding import fold_typed

MAX_DAYS_WITHOUT_YEAR: Final = 183

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_MONTHS_A_YEAR: Final = 12
_THIS_CENTURY: Final = 2000
_SHORT_YEAR: Final = 100
_SHORTEST_NAME: Final = 3
_MARGIN: Final = ' .!,;?*_"“”„‘’()'
_HELP: Final = "Write a day as 2026-12-01, 1 Dec, fri or tomorrow."

_MONTH_WORDS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# ---- one day --------------------------------------------------------------------------

_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
DOTTED: Final = re.compile(r"(\d{1,2})\.\s?(\d{1,2})(?:\.\s?(\d{4}|\d{2})?)?")
SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_DASHED: Final = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")
_DAY_MONTH: Final = re.compile(
    r"(?:the )?(\d{1,2})(?:st|nd|rd|th|\.)?\s?(?:of )?([a-z]+)\.?,?\s?"
    r"(\d{4}|'\d{2}|2[5-9]|[3-9]\d)?"
)
"""A year of two digits is none that could be an hour."""
MONTH_DAY: Final = re.compile(r"([a-z]+)\.?\s?(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?:,?\s(\d{4}))?")
_OF_A_MONTH: Final = re.compile(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)|the (\d{1,2})")
_WITH_WEEKDAY: Final = re.compile(r"([a-z]+)\.?,? (.*\d.*)")
_WEEKDAY: Final = re.compile(r"(?:(this|coming|the coming|next) )?([a-z]+)")
_OF_NEXT_WEEK: Final = re.compile(r"([a-z]+)(?: of)? next week|next week(?: on)? ([a-z]+)")
_END_OF: Final = re.compile(r"(?:the )?end of (?:(?:the|this|(next)) )?(week|month|year)")
FAR: Final = re.compile(r"in (.+)|(.+) from (?:now|today)")


def parse_day(text: str, today: date) -> date:
    """Return the day a person typed, seen from the local date `today`.

    Reads 2026-12-01, 1 Dec, Dec 1 2026, 24.12., Fri 27 Nov, today, tomorrow, in 3 days, fri. A date
    without a year is in this year, or in the next if that is at most MAX_DAYS_WITHOUT_YEAR days
    off; a weekday is the next such day after today. Raises InputError for a date that is past,
    does not exist, or is over MAX_DAYS days off, and WhichError for one of two meanings.
    """
    found = day_of(plain(text), today, today)
    if found is None:
        raise UnreadError(f"“{shown(text)}” is not a day I can read. {_HELP}")
    return found


def plain(text: str) -> str:
    """Return the text in the form that `day_of` reads."""
    return fold_typed(text).strip(_MARGIN)


def day_of(text: str, today: date, since: date) -> date | None:
    """Return the day that a plain text is, from `since` on; None for a text of no known form."""
    for read in _DAYS:
        found = read(text, today, since)
        if found is not None:
            return checked(found, today)
    return None


def checked(day: date, today: date) -> date:
    """Return a day that is neither past nor too far ahead. Raises InputError."""
    if day < today:
        raise InputError(f"{say_full(day)} is past; today is {say_full(today)}. {_HELP}")
    if (day - today).days > MAX_DAYS:
        raise InputError(f"{say_full(day)} is more than two years away. {_HELP}")
    return day


def _relative(text: str, today: date, _since: date) -> date | None:
    named = {"today": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2}
    if text in named:
        return today + named[text] * _DAY
    far = FAR.fullmatch(text)
    length = None if far is None else length_of(far[1] or far[2], today)
    return None if length is None else today + length


def _numeric(text: str, _today: date, since: date) -> date | None:
    """Return the date of numbers alone: with dots the day comes first, with a slash either may."""
    iso = _YEAR_FIRST.fullmatch(text)
    if iso is not None:
        return _existing(text, int(iso[1]), int(iso[3]), int(iso[4]))
    dotted = DOTTED.fullmatch(text)
    if dotted is not None:
        return _dated(text, int(dotted[1]), int(dotted[2]), dotted[3], since)
    either = SLASHED.fullmatch(text) or _DASHED.fullmatch(text)
    if either is None:
        return None
    orders = {(int(either[1]), int(either[2])), (int(either[2]), int(either[1]))}
    possible = sorted(one for one in orders if 1 <= one[1] <= _MONTHS_A_YEAR)
    if len(possible) > 1:
        read = [or_none(_dated, text, *one, either[3], since) for one in possible]
        _ask(text, [day for day in read if day is not None])
    day, month = possible[0] if possible else (int(either[1]), int(either[2]))
    return _dated(text, day, month, either[3], since)


def _worded(text: str, _today: date, since: date) -> date | None:
    """Return the date for "1 Dec", "Dec 1" with or without a year."""
    found, turned = _DAY_MONTH.fullmatch(text), MONTH_DAY.fullmatch(text)
    if found is not None:
        day, name, year = found.groups()
    elif turned is not None:
        name, day, year = turned.groups()
    else:
        return None
    month = month_named(name)
    year = None if year is None else year.removeprefix("'")
    return None if month is None else _dated(text, int(day), month, year, since)


def _of_a_month(text: str, _today: date, since: date) -> date | None:
    """Return the next such day of a month for "the 10th"."""
    found = _OF_A_MONTH.fullmatch(text)
    if found is None:
        return None
    number = int(found[1] or found[2])
    ahead = (month_after(since, months) for months in range(_MONTHS_A_YEAR))
    days = (_date_or_none(month.year, month.month, number) for month in ahead)
    day = next((one for one in days if one is not None and one >= since), None)
    if day is None:
        raise InputError(f"“{shown(text)}” is not a date in the calendar. {_HELP}")
    return day


def _with_weekday(text: str, today: date, since: date) -> date | None:
    """Return the date for "Fri 27 Nov"; both have to be the same day."""
    found = _WITH_WEEKDAY.fullmatch(text)
    weekday = None if found is None else _one_weekday(found[1])
    if found is None or weekday is None:
        return None
    dated = (_numeric, _worded, _of_a_month)
    day = next((day for read in dated if (day := read(found[2], today, since))), None)
    if day is not None and day.weekday() != weekday:
        raise InputError(f"{say_full(day)} is not a {DAY_WORDS[weekday].capitalize()}. {_HELP}")
    return day


def _coming(text: str, today: date, since: date) -> date | None:
    """Return the next such weekday; ask where it could be a week earlier or later."""
    found = _WEEKDAY.fullmatch(text)
    weekday = None if found is None else _one_weekday(found[2])
    if found is None or weekday is None or len(found[2]) < _SHORTEST_NAME:
        return None
    first = since + (weekday - since.weekday()) % _WEEK * _DAY
    later = first + _WEEK * _DAY
    if first == since != today:
        return later
    if found[1] == "next" and first > today and first <= sunday(today):
        _ask(text, [first, later])
    if first == today and found[1] in {None, "this"}:
        _ask(text, [first, later])
    return later if first == today else first


def _one_weekday(word: str) -> int | None:
    """Return the weekday of a word that names one day: "mondays" are many."""
    return None if word.endswith("days") else find_weekday(word)


def _of_next_week(text: str, today: date, _since: date) -> date | None:
    found = _OF_NEXT_WEEK.fullmatch(text)
    weekday = None if found is None else _one_weekday(found[1] or found[2])
    return None if weekday is None else sunday(today) + (weekday + 1) * _DAY


def end_of(text: str, today: date, _since: date) -> date | None:
    """Return the day for "end of next week", "the end of this month"."""
    found = _END_OF.fullmatch(text)
    if found is None:
        return None
    later = found[1] is not None
    if found[2] == "week":
        return sunday(today) + later * _WEEK * _DAY
    if found[2] == "month":
        return month_after(today, 1 + later) - _DAY
    return date(today.year + later, 12, 31)


_DAYS: Final[tuple[Callable[[str, date, date], date | None], ...]] = (
    _relative,
    _numeric,
    _with_weekday,
    _worded,
    _of_a_month,
    end_of,
    _of_next_week,
    _coming,
)


def _ask(text: str, days: list[date]) -> None:
    """Ask which of several days is meant; one alone needs no question."""
    each = sorted(set(days))
    if len(each) > 1:
        listed = " or ".join(say_full(day) for day in each)
        said = f"“{shown(text)}” could be {listed}. Which one?"
        raise WhichError(said, tuple(say_full(day) for day in each))


def month_named(name: str) -> int | None:
    """Return the month, 1 to 12, that a folded word of three letters or more begins."""
    if len(name) < _SHORTEST_NAME:
        return None
    starts = [at for at, full in enumerate(_MONTH_WORDS, start=1) if full.startswith(name)]
    return 9 if name == "sept" else next(iter(starts), None)


def _dated(text: str, day: int, month: int, year: str | None, since: date) -> date:
    """Return the date; without a year it is in that of `since`, or early in the next."""
    if year is not None:
        full = int(year) + (_THIS_CENTURY if int(year) < _SHORT_YEAR and len(year) < 4 else 0)  # noqa: PLR2004
        return _existing(text, full, month, day)
    this, following = (_date_or_none(since.year + more, month, day) for more in (0, 1))
    if this is not None and this >= since:
        return this
    if following is not None and (following - since).days <= MAX_DAYS_WITHOUT_YEAR:
        return following
    if this is None:
        return _existing(text, since.year, month, day)
    raise InputError(f"{say_full(this)} is past; add the year if you mean a later one.")


def or_none(read: Callable[..., date], *words: object) -> date | None:
    """Return what is read, or None where it is refused."""
    try:
        return read(*words)
    except InputError:
        return None


def _existing(text: str, year: int, month: int, day: int) -> date:
    found = _date_or_none(year, month, day)
    if found is None:
        raise InputError(f"“{shown(text)}” is not a date in the calendar. {_HELP}")
    return found


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def sunday(day: date) -> date:
    """Return the last day of the week."""
    return day + (6 - day.weekday()) * _DAY


def say_full(day: date) -> str:
    """Return a day as it can be typed and has one meaning: "Fri 27 Nov 2026"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
