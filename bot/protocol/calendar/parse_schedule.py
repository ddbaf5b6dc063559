"""What a coach or admin types for an athlete's schedule: `mon-fri 07:30 18:00 Europe/Berlin`.

Days and one or two times, in either order, then the zone; each part may be left out.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final, TypeVar

from bot.protocol.calendar.input_error import InputError, UnreadError, WhichError, joined, shown
from bot.protocol.calendar.parse_times import parse_times
from bot.protocol.calendar.parse_weekdays import begins_days, names_weekday, parse_weekdays
from bot.protocol.calendar.recurrence import MAX_TIMES, MIN_GAP
from bot.protocol.calendar.zones import ZoneError, normalise_zone
from bot.protocol.folding import fold_typed

EXAMPLE: Final = "mon-fri 07:30 Europe/Berlin"
_SEPARATORS: Final = " ,;&"
_FILLERS: Final = frozenset({"at", "and", "on", "every", "in"})
_SWITCHES: Final = frozenset({"on", "off"})
_LOOKS_LIKE_TIME: Final = re.compile(r"\d{1,2}(?:[-:.h]|[ap]m|$)|\d{3,4}$")
T = TypeVar("T")
ZoneOf = Callable[[str], str]
"""From what was typed for a zone or a place to its IANA name; raises ZoneError or WhichError."""


@dataclass(frozen=True, slots=True)
class TypedSchedule:
    """What was typed; None for what was left out. `switch` is "on" or "off", alone."""

    weekdays: frozenset[int] | None = None
    times: tuple[time, ...] | None = None
    zone: str | None = None
    switch: str | None = None


def parse_schedule(text: str, zone_of: ZoneOf = normalise_zone) -> TypedSchedule:
    """Return the schedule that was typed; `zone_of` reads a zone, or a place.

    Raises InputError, naming the word that does not fit, what is allowed, and an example, or
    WhichError for a part with several meanings, if one of them leads to a schedule.
    """
    try:
        return _parse(text, zone_of)
    except WhichError as which:
        _check_answers(which, zone_of)
        raise


def _check_answers(which: WhichError, zone_of: ZoneOf) -> None:
    """Raise what is wrong beside a question, where no answer to it would do."""
    wrong: InputError | None = None
    for choice in which.choices:
        try:
            parse_schedule(which.filled(choice), zone_of)
        except WhichError:
            return
        except InputError as why:
            wrong = wrong or why
        else:
            return
    if wrong is not None:
        raise wrong from which


def _parse(text: str, zone_of: ZoneOf) -> TypedSchedule:
    words = text.split()
    switches = [word for word in words if word.casefold() in _SWITCHES]
    if switches and len(words) == 1:
        return TypedSchedule(switch=switches[0].casefold())
    if any(word.casefold() == "off" for word in switches):
        raise InputError("Write “off” alone: it ends the reminders and keeps days and time.")
    days, rest = _first(words, [], parse_weekdays)
    times, rest = _first(rest, words, _times)
    if days is None and begins_days(_trimmed(rest)):
        days, rest = _first(rest, words, parse_weekdays)
    zone = _zone(rest, words, zone_of, bool(days), bool(times)) if rest else None
    if not (days or times or zone):
        raise InputError(f"Write days, a time or a zone, for example {EXAMPLE}.")
    return TypedSchedule(days, times, zone)


def _first(
    words: list[str], whole: list[str], read: Callable[[str], T]
) -> tuple[T | None, list[str]]:
    """Read as many words from the beginning as can be read together, and return the others."""
    words = _trimmed(words)
    for count in range(len(words), 0, -1):
        try:
            return read(" ".join(words[:count])), words[count:]
        except WhichError as which:
            before = whole[: len(whole) - len(words)]
            raise which.within(" ".join(before), " ".join(words[count:])) from which
        except UnreadError:
            continue
    return None, words


def _trimmed(words: list[str]) -> list[str]:
    """Return the words without those that only join, and without signs alone."""
    at = next(
        (
            at
            for at, word in enumerate(words)
            if word.strip(_SEPARATORS) and word.casefold() not in _FILLERS - {"every"}
        ),
        len(words),
    )
    return words[at:]


def _times(text: str) -> tuple[time, ...]:
    """Return the times in the day's order, MIN_GAP apart also over midnight."""
    times = parse_times(text)
    if len(times) == MAX_TIMES:
        _check_gap(*times)
    return times


def _check_gap(earlier: time, later: time) -> None:
    minutes = (later.hour - earlier.hour) * 60 + later.minute - earlier.minute
    if timedelta(minutes=min(minutes, 24 * 60 - minutes)) < MIN_GAP:
        raise InputError(
            f"{earlier:%H:%M} and {later:%H:%M} are too close: two times a day need four hours "
            "between them, also over midnight, for example 07:30 18:00."
        )


def _zone(
    words: list[str],
    whole: list[str],
    zone_of: ZoneOf,
    after_days: bool,  # noqa: FBT001 - what stood before
    after_time: bool,  # noqa: FBT001
) -> str | None:
    """Return the zone that the words are; else raise InputError for the word that is wrong."""
    words = _trimmed(words)
    if not words:
        return None
    if not after_time and _LOOKS_LIKE_TIME.match(fold_typed(words[0])):
        parse_times(words[0])
    why: ZoneError | None = None
    for count in range(len(words), 0, -1):
        try:
            zone = zone_of(" ".join(words[:count]).strip(_SEPARATORS))
        except ZoneError as error:
            why = why or error
            continue
        except WhichError as which:
            before = whole[: len(whole) - len(words)]
            raise which.within(" ".join(before), " ".join(words[count:])) from which
        if count < len(words):
            raise InputError(
                f"“{shown(words[count])}” comes after the zone, but the zone comes last: "
                f"for example {EXAMPLE}."
            )
        return zone
    assert why is not None
    raise _no_zone(words, whole, why, after_days=after_days, after_time=after_time)


def _no_zone(
    words: list[str], whole: list[str], why: ZoneError, *, after_days: bool, after_time: bool
) -> InputError:
    word = words[0].strip(",;")
    if after_time and names_weekday(word):
        return InputError(
            f"“{shown(word)}” comes after the time, but the days come first, for example {EXAMPLE}."
        )
    if why.suggestions:
        before = " ".join(whole[: len(whole) - len(words)])
        return WhichError(str(why), why.suggestions, joined(before))
    if why.fixed or after_time:
        return InputError(str(why))
    none = "not a time or a time zone" if after_days else "not a weekday, a time or a time zone"
    return InputError(f"“{shown(word)}” is {none}. Write for example {EXAMPLE}.")
