"""What people type for a time of day, for weekdays and for a last day.

Each reader returns a value or raises InputError: what is wrong, what is allowed, an example.
Nothing is guessed: "7" could be morning or evening, so it is asked again.
"""

import re
import unicodedata
from datetime import date, time, timedelta
from typing import Final

from bot.protocol.calendar.local_time import MONTHS, WEEKDAYS
from bot.protocol.folding import fold

MAX_DAYS_AHEAD = 730
MAX_DAYS_WITHOUT_YEAR = 183

_SHOWN = 40
_NOON = 12
_TIME_HELP = "Write a time as 07:30, 19:30 or 7:30 pm."
_DAYS_HELP = "Write weekdays as mon-fri, as mon, wed, fri, or as daily."
_UNTIL_HELP = "Write a last day as 2026-12-01, 1 Dec, fri, tomorrow or 2 weeks."

_WORDED_TIMES = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_CLOCK = re.compile(r"(\d{1,2})\s?[:.h]\s?(\d{2})\s?(?:([ap])\.?m\.?)?", re.ASCII)
_COMPACT = re.compile(r"(\d{2})(\d{2})()", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})()\s?(?:([ap])\.?m\.?|h)", re.ASCII)
_BARE_HOUR = re.compile(r"\d{1,2}", re.ASCII)
_ONE_DIGIT_MINUTE = re.compile(r"(\d{1,2})[:.h](\d)\b", re.ASCII)

_ALL_DAYS = tuple(range(7))
_NAMED_DAYS: Final = {
    "daily": _ALL_DAYS,
    "everyday": _ALL_DAYS,
    "weekday": _ALL_DAYS[:5],
    "weekdays": _ALL_DAYS[:5],
    "workdays": _ALL_DAYS[:5],
    "weekends": _ALL_DAYS[5:],
    "weekend": _ALL_DAYS[5:],
}
_DAY_WORDS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_WORDS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_DAY = 2
_SHORTEST_MONTH = 3

_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?\s?([a-z]+)\.?,?\s?(\d{4})?", re.ASCII)
_MONTH_DAY = re.compile(r"([a-z]+)\.?\s?(\d{1,2})(?:st|nd|rd|th)?(?:,?\s(\d{4}))?", re.ASCII)
_SPAN = re.compile(r"(?:in\s|for\s)?(\d{1,4}|a|one)\s?(day|week)s?", re.ASCII)
_UNTIL = re.compile(r"(?:until|till|til)(?:\s+|$)", re.IGNORECASE)
_FOR = re.compile(r"(?:to|for|in)\s+", re.IGNORECASE)
_MONTH_LIKE = "(?:" + "|".join(month[:_SHORTEST_MONTH] for month in _MONTH_WORDS) + r")[a-z]*\.?"
_DATE_LIKE = re.compile(
    rf"""(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}
    |(?:\d{{1,4}}|an?|one)\s?(?:day|week)s?
    |\d{{1,2}}(?:st|nd|rd|th|\.)?\s?{_MONTH_LIKE},?(?:\s?\d{{4}})?
    |{_MONTH_LIKE}\s?\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?
    |today|tomorrow)(?=[\s,;:]|$)""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
_WEEKDAY_LIKE = re.compile(
    r"(?:next\s+)?(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*(?=[\s,;:]|$)", re.IGNORECASE | re.ASCII
)


class InputError(ValueError):
    """A typed text cannot be used; the message says why and how to write it."""


def parse_time(text: str) -> time:
    """Return the wall time a person typed, to the minute.

    Reads 07:30, 7.30, 0730, 19h30, 7am, 6:45 pm, noon, midnight. Raises InputError for all
    else, with the reason: 24:00, 7:5, 25:00, and an hour alone, which has two meanings.
    """
    folded = _fold(text)
    if folded in _WORDED_TIMES:
        return _WORDED_TIMES[folded]
    for pattern in (_CLOCK, _COMPACT, _HOUR):
        match = pattern.fullmatch(folded)
        if match is not None:
            hour, minute, half = match.groups()
            return _clock_time(text, int(hour), int(minute or 0), half)
    raise InputError(_why_no_time(text, folded))


def parse_weekdays(text: str) -> frozenset[int]:
    """Return weekdays 0 (Monday) to 6 (Sunday) from "mon-fri", "Mo We Fr", "daily" and the like.

    A range may run over the weekend ("fri-mon"). Raises InputError for an unknown or
    ambiguous word and for a day named twice.
    """
    listed = [day for word in _weekday_words(text) for day in _expand(word)]
    if not listed:
        raise InputError(f"No weekday is named. {_DAYS_HELP}")
    twice = next((day for day in listed if listed.count(day) > 1), None)
    if twice is not None:
        raise InputError(f"{_DAY_WORDS[twice].capitalize()} is named twice. {_DAYS_HELP}")
    return frozenset(listed)


def names_weekday(word: str) -> bool:
    """Whether a word begins with a weekday, or is one for many: "mon", "mon-fri", "daily"."""
    folded = _fold(word)
    first = re.split(r"[-–—+/.]", folded)[0]
    return folded in _NAMED_DAYS or _find_weekday(first) is not None


def parse_until(text: str, today: date) -> date:
    """Return the last day a person typed, seen from the local date `today`.

    Reads 2026-12-01, 1 Dec, Dec 1 2026, today, tomorrow, 3 days, 2 weeks, fri. A date without
    a year is in this year, or in the next if that is at most MAX_DAYS_WITHOUT_YEAR days off;
    a weekday is the next such day after today. Raises InputError for a date that is past,
    does not exist, or is over MAX_DAYS_AHEAD days off.
    """
    folded = _fold(text)
    day = (
        _relative_day(folded, today)
        or _iso_day(text, folded)
        or _calendar_day(text, folded, today)
        or _coming_weekday(folded, today)
    )
    if day is None:
        raise InputError(f"“{_shown(text)}” is not a day I can read. {_UNTIL_HELP}")
    if day < today:
        raise InputError(f"{_say_full(day)} is past; today is {_say_full(today)}. {_UNTIL_HELP}")
    if (day - today).days > MAX_DAYS_AHEAD:
        raise InputError(f"{_say_full(day)} is more than two years away. {_UNTIL_HELP}")
    return day


def split_until(text: str) -> tuple[str, str]:
    """Split what may begin with a last day into that day, as it was typed, and the rest.

    "until fri flu" → "fri" and "flu". Without "until" a weekday is a day only if it stands
    alone: "sun burn" is no date. After "until", or for a digit, the first word is taken as the
    day even where it cannot be read, so that it is not lost in the rest.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    until = _UNTIL.match(plain)
    lead = until or _FOR.match(plain)
    asked = plain[lead.end() :] if lead is not None else plain
    day = _DATE_LIKE.match(asked) or (
        _WEEKDAY_LIKE.match(asked) if until else _WEEKDAY_LIKE.fullmatch(asked)
    )
    if day is not None:
        return day.group(), asked[day.end() :].lstrip(" ,;:")
    if until is None and not plain[:1].isdigit():
        return "", plain
    first, _, rest = (asked or plain).partition(" ")
    return first, rest


def _fold(text: str) -> str:
    """Return the text in lower case, wide digits made plain, runs of spaces made one."""
    return fold(unicodedata.normalize("NFKC", text))


def _shown(text: str) -> str:
    return " ".join(text.split())[:_SHOWN]


def _clock_time(text: str, hour: int, minute: int, half: str | None) -> time:
    """Return the time; `half` is "a", "p" or nothing for a 24-hour clock."""
    shown = _shown(text)
    if minute > 59:  # noqa: PLR2004
        raise InputError(f"“{shown}” is not a time: minutes go from 00 to 59. {_TIME_HELP}")
    if half and not 1 <= hour <= _NOON:
        raise InputError(f"“{shown}” is not a time: am and pm go with 1 to 12. {_TIME_HELP}")
    if half:
        return time(hour % _NOON + (_NOON if half == "p" else 0), minute)
    if (hour, minute) == (24, 0):
        raise InputError(f"“{shown}” is not a time: midnight is written 00:00. {_TIME_HELP}")
    if hour > 23:  # noqa: PLR2004
        raise InputError(f"“{shown}” is not a time: hours go from 00 to 23. {_TIME_HELP}")
    return time(hour, minute)


def _why_no_time(text: str, folded: str) -> str:
    """Return the sentence for a text that no pattern of a time fits."""
    shown = _shown(text)
    if not shown:
        return f"A time is missing. {_TIME_HELP}"
    if _BARE_HOUR.fullmatch(folded):
        return _which_hour(shown, int(folded))
    if _ONE_DIGIT_MINUTE.match(folded):
        return f"“{shown}” has one digit for the minutes; write two, as in 07:05. {_TIME_HELP}"
    return f"“{shown}” is not a time I can read. {_TIME_HELP}"


def _which_hour(shown: str, hour: int) -> str:
    """Return the question for an hour without minutes."""
    if 1 <= hour <= _NOON:
        morning, evening = hour % _NOON, hour % _NOON + _NOON
        return f"“{shown}” could be {morning:02}:00 or {evening:02}:00. Which one?"
    if hour < 24:  # noqa: PLR2004
        return f"“{shown}” has no minutes; write {hour:02}:00."
    return f"“{shown}” is not a time: hours go from 00 to 23. {_TIME_HELP}"


def _weekday_words(text: str) -> list[str]:
    """Split a list of weekdays into words, each a day, a range "mon-fri" or a name for many."""
    plain = re.sub(r"\b(?:on|every)\b", " ", _fold(text).replace("every day", "daily"))
    ranged = re.sub(r"\s*(?:[-–—]|\bto\b|\bthrough\b)\s*", "-", plain)
    words = re.split(r"[\s,;&+/.]+|\band\b", ranged)
    return [word for word in words if word]


def _expand(word: str) -> tuple[int, ...]:
    """Return the weekdays that one word stands for, in order."""
    if word in _NAMED_DAYS:
        return _NAMED_DAYS[word]
    first, dash, last = word.partition("-")
    if not dash:
        return (_weekday(word),)
    if not (first and last):
        raise InputError(f"“{_shown(word)}” lacks one end of its range. {_DAYS_HELP}")
    start, end = _weekday(first), _weekday(last)
    if start == end:
        raise InputError(f"“{_shown(word)}” begins and ends on the same day. {_DAYS_HELP}")
    return tuple((start + i) % 7 for i in range((end - start) % 7 + 1))


def _weekday(word: str) -> int:
    """Return the one weekday a word of two letters or more begins, else raise InputError."""
    found = _find_weekday(word)
    if found is None:
        raise InputError(f"“{_shown(word)}” is not a weekday I can read. {_DAYS_HELP}")
    return found


def _find_weekday(word: str) -> int | None:
    if word == "weds":
        return 2
    if len(word) < _SHORTEST_DAY:
        return None
    singular = word.removesuffix("s") if word.endswith("days") else word
    starts = [i for i, name in enumerate(_DAY_WORDS) if name.startswith(singular)]
    return starts[0] if starts else None


def _relative_day(folded: str, today: date) -> date | None:
    """Return the day for "today", "tomorrow", "3 days", "a week", or None."""
    if folded in {"today", "tomorrow"}:
        return today + timedelta(days=folded == "tomorrow")
    match = _SPAN.fullmatch(folded)
    if match is None:
        return None
    count, unit = match.groups()
    number = int(count) if count.isdigit() else 1
    return today + timedelta(days=number * (7 if unit == "week" else 1))


def _iso_day(text: str, folded: str) -> date | None:
    match = _ISO_DATE.fullmatch(folded)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    return _existing(text, year, month, day)


def _calendar_day(text: str, folded: str, today: date) -> date | None:
    """Return the date for "1 Dec", "Dec 1" with or without a year, or None."""
    match = _DAY_MONTH.fullmatch(folded)
    turned = _MONTH_DAY.fullmatch(folded)
    if match is not None:
        day, name, year = match.groups()
    elif turned is not None:
        name, day, year = turned.groups()
    else:
        return None
    month = _month(name)
    if month is None:
        return None
    if year is not None:
        return _existing(text, int(year), month, int(day))
    return _coming_date(text, month, int(day), today)


def _month(name: str) -> int | None:
    if len(name) < _SHORTEST_MONTH:
        return None
    starts = [i for i, full in enumerate(_MONTH_WORDS, start=1) if full.startswith(name)]
    return starts[0] if starts else None


def _coming_date(text: str, month: int, day: int, today: date) -> date:
    """Return the date in this year, or early in the next; raise InputError for a past one."""
    this, following = (_date_or_none(today.year + i, month, day) for i in (0, 1))
    if this is not None and this >= today:
        return this
    if following is not None and (following - today).days <= MAX_DAYS_WITHOUT_YEAR:
        return following
    if this is None:
        return _existing(text, today.year, month, day)
    raise InputError(f"{_say_full(this)} is past; add the year if you mean a later one.")


def _existing(text: str, year: int, month: int, day: int) -> date:
    found = _date_or_none(year, month, day)
    if found is None:
        raise InputError(f"“{_shown(text)}” is not a date in the calendar. {_UNTIL_HELP}")
    return found


def _date_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming_weekday(folded: str, today: date) -> date | None:
    """Return the next such weekday after today, or None."""
    weekday = _find_weekday(folded.removeprefix("next "))
    if weekday is None:
        return None
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _say_full(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"
