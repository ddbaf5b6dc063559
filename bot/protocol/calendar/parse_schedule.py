"""What a coach or admin types for an athlete's schedule: `mon-fri 07:30 18:00 Europe/Berlin`.

Days first, then one or two times, then the zone; each part may be left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from bot.protocol.calendar.parse_dates import InputError, names_weekday, parse_time, parse_weekdays
from bot.protocol.calendar.recurrence import MAX_TIMES, MIN_GAP
from bot.protocol.calendar.zones import ZoneError, normalise_zone

EXAMPLE: Final = "mon-fri 07:30 Europe/Berlin"
_SHOWN: Final = 40
_HALF: Final = re.compile(r"(?<=\d)\s+(?=[ap]\.?m\b)", re.IGNORECASE)
_RANGE: Final = re.compile(r"(?<=[a-z])\s*(?:\s[-–—]\s|\b(?:to|through)\b)\s*", re.IGNORECASE)
_EVERY: Final = re.compile(r"\bevery\s+day\b", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s,;&]+")
_FILLERS: Final = frozenset({"at", "and", "on", "every"})
_SWITCHES: Final = frozenset({"on", "off"})
_TIME_WORDS: Final = frozenset({"noon", "midday", "midnight"})


@dataclass(frozen=True, slots=True)
class TypedSchedule:
    """What was typed; None for what was left out. `switch` is "on" or "off", alone."""

    weekdays: frozenset[int] | None = None
    times: tuple[time, ...] | None = None
    zone: str | None = None
    switch: str | None = None


def parse_schedule(text: str) -> TypedSchedule:
    """Return the schedule that was typed.

    Raises InputError, naming the word that does not fit, what is allowed, and an example.
    """
    words = _words(text)
    switch = next((word for word in words if word.casefold() in _SWITCHES), None)
    if switch is not None and len(words) == 1:
        return TypedSchedule(switch=switch.casefold())
    if switch is not None and switch.casefold() == "off":
        raise InputError("Write “off” alone: it ends the reminders and keeps days and time.")
    rest = [word for word in words if word.casefold() not in _FILLERS]
    days, rest = _leading(rest, names_weekday)
    times, rest = _leading(rest, _is_time)
    zone = _zone(rest, after_days=bool(days), after_time=bool(times)) if rest else None
    if not (days or times or zone):
        raise InputError(f"Write days, a time or a zone, for example {EXAMPLE}.")
    return TypedSchedule(
        parse_weekdays(" ".join(days)) if days else None,
        _times(times) if times else None,
        zone,
    )


def _words(text: str) -> list[str]:
    plain = _EVERY.sub("daily", _HALF.sub("", text))
    return [word for word in _BETWEEN.split(_RANGE.sub("-", plain)) if word]


def _leading(words: list[str], fits: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """Split off the words at the beginning that fit."""
    count = next((at for at, word in enumerate(words) if not fits(word)), len(words))
    return words[:count], words[count:]


def _is_time(word: str) -> bool:
    return word[0].isdigit() or word.casefold() in _TIME_WORDS


def _times(words: list[str]) -> tuple[time, ...]:
    """Return the times in the day's order, MIN_GAP apart also over midnight."""
    times = sorted(parse_time(word) for word in words)
    if len(times) > MAX_TIMES:
        raise InputError(
            f"“{words[MAX_TIMES]}” is one time too many: a day has one or two, "
            "for example 07:30 18:00."
        )
    if len(times) == MAX_TIMES:
        _check_gap(*times)
    return tuple(times)


def _check_gap(earlier: time, later: time) -> None:
    minutes = (later.hour - earlier.hour) * 60 + later.minute - earlier.minute
    if timedelta(minutes=min(minutes, 24 * 60 - minutes)) < MIN_GAP:
        raise InputError(
            f"{earlier:%H:%M} and {later:%H:%M} are too close: two times a day need four hours "
            "between them, also over midnight, for example 07:30 18:00."
        )


def _zone(words: list[str], *, after_days: bool, after_time: bool) -> str:
    """Return the zone that the words are; else raise InputError for the word that is wrong."""
    for count in range(len(words), 0, -1):
        try:
            zone = normalise_zone(" ".join(words[:count]))
        except ZoneError:
            continue
        if count < len(words):
            raise InputError(
                f"“{words[count][:_SHOWN]}” comes after the zone, but the zone comes last: "
                f"for example {EXAMPLE}."
            )
        return zone
    raise InputError(_why_no_zone(words[0], after_days=after_days, after_time=after_time))


def _why_no_zone(word: str, *, after_days: bool, after_time: bool) -> str:
    shown = word[:_SHOWN]
    if after_time and names_weekday(word):
        return f"“{shown}” comes after the time, but the days come first, for example {EXAMPLE}."
    try:
        normalise_zone(word)
    except ZoneError as why:
        if why.suggestions or why.fixed or after_time:
            return str(why)
    none = "not a time or a time zone" if after_days else "not a weekday, a time or a time zone"
    return f"“{shown}” is {none}. Write for example {EXAMPLE}."
