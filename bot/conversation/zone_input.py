"""The dialogue about a zone: by button or typed, joining, in the settings, and after /zone.

Buttons carry the whole choice as their value; every value is read as strictly as typed text.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple

from bot.conversation.choosing import chosen
from bot.conversation.schedule_input import NO, YES, fold_answer
from bot.protocol.calendar.input_error import meanings
from bot.protocol.calendar.local_time import local, utc
from bot.protocol.calendar.parse_times import parse_time
from bot.protocol.calendar.zones import (
    COMMON_ZONES,
    ZoneError,
    normalise_zone,
    one_of_each,
    zones_at_local_time,
)

MAX_GUESSES: Final = 12

_DAY_MINUTES: Final = 24 * 60
_OFFSETS: Final = range(-_DAY_MINUTES // 2, 14 * 60 + 1)
_NOWHERE: Final = (
    "I know no place where it is that time now. Type your city instead, for example Paris."
)


class CityGuess(NamedTuple):
    """A place the edge found for a typed name: how to call it, and its IANA zone."""

    label: str
    zone: str


FindPlace = Callable[[str], Sequence[CityGuess]]
"""From a typed name to what it may mean, as far as that was looked up."""


def no_place(_text: str) -> Sequence[CityGuess]:
    """Find nothing."""
    return ()


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
    return Chosen(zone) if kind == "=" else AskIfRight(zone)  # "?" in letters of 0.1.0


def zone_typed(
    text: str,
    cities: Sequence[CityGuess],
    now: datetime,
    checking: str | None = None,
    guesses: Sequence[CityGuess] = (),
) -> Shown | Chosen:
    """Return what a typed zone, city, country, time of day, choice or yes leads to.

    `checking` was asked about, `guesses` were offered; `cities` is what is found for the text.
    """
    word = fold_answer(text)
    if checking is not None and word in YES:
        return Chosen(checking)
    if checking is not None and word in NO:
        return AskZone()
    picked = chosen([label for label, _zone in guesses], text, partly=True)
    if len(picked) == 1:
        return Chosen(guesses[picked[0]].zone)
    try:
        found = zones_meant(text, cities, now)
    except ZoneError as why:
        return _by_time(text, now) or _unknown(why)
    return AskIfRight(found[0].zone) if len(found) == 1 else _pick(found)


def zones_meant(text: str, cities: Sequence[CityGuess], now: datetime) -> list[CityGuess]:
    """Return the places whose clocks a text may mean: one alone where it is clear.

    `cities` is what is found for it. A short name of clocks ("IST") is no place; a country may have
    several zones, whatever else has its name. Raises ZoneError where it means none.
    """
    try:
        zone = normalise_zone(text)
    except ZoneError as why:
        found = [] if why.fixed else _one_a_clock(cities, now)
        if not found:
            raise
        return found
    found = [] if "/" in text else _one_a_clock(cities, now)
    return found if len(found) > 1 else [CityGuess(zone, zone)]


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


def _pick(guesses: Sequence[CityGuess], problem: str | None = None) -> AskPlace:
    return AskPlace(tuple(guesses[:MAX_GUESSES]), problem)


def _at_offset(text: str, now: datetime) -> Shown | None:
    if re.fullmatch(r"-?\d{1,3}", text, re.ASCII) is None or int(text) not in _OFFSETS:
        return None
    return _at_clock([(utc(now) + timedelta(minutes=int(text))).time()], now)


def _at_clock(times: Iterable[time], now: datetime) -> Shown:
    choices = [choice for at in times for choice in zones_at_local_time(now, at)]
    zones = [zone for choice in choices for zone in choice.zones]
    if not zones:
        return AskZone(_NOWHERE)
    return _pick([CityGuess(_name_of(zone), zone) for zone in zones])


def _name_of(zone: str) -> str:
    area, _, city = zone.replace("_", " ").rpartition("/")
    return f"{city} ({area.partition('/')[0]})" if area else city


def _one_a_clock(cities: Sequence[CityGuess], now: datetime) -> list[CityGuess]:
    """Return the first of those cities whose clocks agree."""
    by_zone = {city.zone: city for city in reversed(cities)}
    zones = one_of_each(dict.fromkeys(city.zone for city in cities), now)
    return [by_zone[zone] for zone in zones]


def _by_time(text: str, now: datetime) -> Shown | None:
    times = [] if text.strip().isdecimal() else meanings(parse_time, text)
    return _at_clock(times, now) if times else None


def _unknown(why: ZoneError) -> Shown:
    guesses = [CityGuess(_name_of(zone), zone) for zone in why.suggestions]
    return _pick(guesses, str(why)) if guesses else AskZone(str(why))
