"""Choices of a zone, of weekdays and of times: by button or typed, joining and in the settings.

Buttons carry the whole choice as their value, so nothing needs to be remembered between two
presses; every value is read as strictly as typed text.
"""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from bot.protocol.calendar.local_time import local, utc
from bot.protocol.calendar.parse_dates import InputError, parse_time, parse_weekdays
from bot.protocol.calendar.quiet_hours import QuietHours
from bot.protocol.calendar.recurrence import MAX_TIMES, Recurrence, RecurrenceError
from bot.protocol.calendar.zones import COMMON_ZONES, ZoneError, normalise_zone, zones_at_local_time
from bot.protocol.folding import fold

YES: Final = frozenset({"yes", "y", "yep", "yeah", "ok", "okay", "right", "correct", "true"})
NO: Final = frozenset({"no", "n", "nope", "wrong", "no thanks", "no, thanks"})
MAX_GUESSES: Final = 8

_DAY_MINUTES: Final = 24 * 60
_OFFSETS: Final = range(-_DAY_MINUTES // 2, 14 * 60 + 1)
_NOWHERE: Final = (
    "I know no place where it is that time now. Type your city instead, for example Paris."
)
_PAIR: Final = re.compile(r"\s*(?:,|&|\+|\band\b)\s*")
_SPAN: Final = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b)\s*")
_QUIET_HELP: Final = "Write the quiet hours as 22:00-07:00."


class CityGuess(NamedTuple):
    """A place the edge found for a typed name: how to call it, and its IANA zone."""

    label: str
    zone: str


@dataclass(frozen=True, slots=True)
class AskZone:
    """Ask for the zone from the start; `problem` is what was wrong with the answer before."""

    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AskLocation:
    """Ask to share the phone's location."""


@dataclass(frozen=True, slots=True)
class AskClock:
    """Ask which time it is; `offsets` are minutes from UTC, west to east."""

    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AskPlace:
    """Ask which of several places has the person's clocks; `problem` as in `AskZone`."""

    guesses: tuple[CityGuess, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AskIfRight:
    """Ask whether the clocks of a zone are right."""

    zone: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The zone the person confirmed."""

    zone: str


Shown = AskZone | AskLocation | AskClock | AskPlace | AskIfRight
"""A question of the zone dialogue."""


def fold_answer(text: str) -> str:
    """Return a typed word or two in lower case, single spaces, without a full stop."""
    return fold(text).strip(" .!")


# ---- zone -----------------------------------------------------------------------------


def zone_pressed(value: str, now: datetime) -> Shown | Chosen | None:
    """Return what a button of the zone dialogue leads to; None for a value that is none."""
    if value == "ask":
        return AskZone()
    if value == "location":
        return AskLocation()
    if value == "clock":
        return AskClock(clock_offsets(now))
    kind, rest = value[:1], value[1:]
    if kind == "@":
        return _at_offset(rest, now)
    zone = _known(rest)
    if zone is None or kind not in {"?", "="}:
        return None
    return Chosen(zone) if kind == "=" else AskIfRight(zone)


def zone_typed(
    text: str, cities: list[CityGuess], now: datetime, checking: str | None
) -> Shown | Chosen:
    """Return what a typed zone, city, time of day or yes leads to; `checking` was asked about."""
    word = fold_answer(text)
    if checking is not None and word in YES:
        return Chosen(checking)
    if checking is not None and word in NO:
        return AskZone()
    try:
        return AskIfRight(normalise_zone(text))
    except ZoneError as why:
        return _by_city(cities) or _by_time(text, now) or _unknown(why)


def zone_located(zone: str | None, problem: str | None) -> Shown:
    """Return what a shared location leads to."""
    known = None if zone is None else _known(zone)
    return AskZone(problem) if known is None else AskIfRight(known)


def clock_offsets(now: datetime) -> tuple[int, ...]:
    """Return minutes from UTC, west to east, one for each time that clocks show now."""
    by_clock: dict[int, int] = {}
    for zone in COMMON_ZONES:
        offset = (local(now, zone).utcoffset() or timedelta()) // timedelta(minutes=1)
        by_clock.setdefault(offset % _DAY_MINUTES, offset)
    return tuple(sorted(by_clock.values()))


def _known(zone: str) -> str | None:
    try:
        return normalise_zone(zone)
    except ZoneError:
        return None


def _pick(guesses: list[CityGuess], problem: str | None = None) -> AskPlace:
    return AskPlace(tuple(guesses[:MAX_GUESSES]), problem)


def _at_offset(text: str, now: datetime) -> Shown | None:
    if re.fullmatch(r"-?\d{1,3}", text, re.ASCII) is None or int(text) not in _OFFSETS:
        return None
    return _at_clock((utc(now) + timedelta(minutes=int(text))).time(), now)


def _at_clock(at: time, now: datetime) -> Shown:
    choices = zones_at_local_time(now, at)
    zones = [zone for choice in choices for zone in choice.zones]
    if not zones:
        return AskZone(_NOWHERE)
    return _pick([CityGuess(_name_of(zone), zone) for zone in zones])


def _name_of(zone: str) -> str:
    area, _, city = zone.replace("_", " ").rpartition("/")
    return f"{city} ({area.partition('/')[0]})" if area else city


def _by_city(cities: list[CityGuess]) -> Shown | None:
    if not cities:
        return None
    one_zone = len({found.zone for found in cities}) == 1
    return AskIfRight(cities[0].zone) if one_zone else _pick(cities)


def _by_time(text: str, now: datetime) -> Shown | None:
    try:
        return _at_clock(parse_time(text), now)
    except InputError:
        return None


def _unknown(why: ZoneError) -> Shown:
    guesses = [CityGuess(_name_of(zone), zone) for zone in why.suggestions]
    return _pick(guesses, str(why)) if guesses else AskZone(str(why))


# ---- days and times -------------------------------------------------------------------


def days_of(digits: str) -> str | None:
    """Return "0,2,4" for a button's "024"; None for anything else."""
    days = sorted({int(digit) for digit in digits}) if re.fullmatch("[0-6]{1,7}", digits) else []
    return ",".join(map(str, days)) or None


def days_pressed(value: str) -> tuple[str, bool] | None:
    """Return a button's days as they are stored, and whether the choice is done.

    "d" before them means that a toggle was pressed and the choice goes on, with no days yet
    perhaps. None for a value that is none.
    """
    draft = value[:1] == "d"
    days = days_of(value[draft:])
    return None if days is None and value != "d" else (days or "", not draft)


def read_days(text: str) -> str:
    """Return typed weekdays as they are stored: "0,2,4". Raises InputError."""
    return ",".join(map(str, sorted(parse_weekdays(text))))


def times_of(compact: str) -> str | None:
    """Return "07:30,18:00" for a button's "0730-1800"; None for anything else."""
    if re.fullmatch(r"\d{4}(?:-\d{4})?", compact, re.ASCII) is None:
        return None
    try:
        return ",".join(f"{parse_time(part):%H:%M}" for part in compact.split("-"))
    except InputError:
        return None


def read_times(text: str) -> str:
    """Return one or two typed times as they are stored, in the day's order. Raises InputError."""
    parts = [part for part in _PAIR.split(text.strip()) if part] or [""]
    if len(parts) > MAX_TIMES:
        raise InputError(
            "One or two times a day are possible. Write 07:30, or 07:30 and 18:00 for two."
        )
    return ",".join(f"{at:%H:%M}" for at in sorted(parse_time(part) for part in parts))


def schedule(days: str, times: str, zone: str) -> Recurrence:
    """Return stored days, times and zone as a schedule. Raises RecurrenceError."""
    weekdays = frozenset(int(day) for day in days.split(",") if day)
    return Recurrence(weekdays, tuple(time.fromisoformat(at) for at in times.split(",")), zone)


def quiet_of(compact: str) -> str | None:
    """Return "22:00-07:00" for a button's "2200-0700"; None for anything else."""
    times = times_of(compact)
    if times is None or "," not in times:
        return None
    start, end = times.split(",")
    return None if start == end else f"{start}-{end}"


def read_quiet(text: str) -> str:
    """Return typed quiet hours as "22:00-07:00". Raises InputError."""
    parts = _SPAN.split(text.strip())
    if len(parts) != 2:  # noqa: PLR2004
        raise InputError(f"Quiet hours have a start and an end. {_QUIET_HELP}")
    start, end = (parse_time(part) for part in parts)
    try:
        QuietHours(start, end)
    except RecurrenceError as why:
        raise InputError(f"{why} {_QUIET_HELP}") from why
    return f"{start:%H:%M}-{end:%H:%M}"
