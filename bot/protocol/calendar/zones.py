"""Time zones by name: what a person may type, and what is stored.

Stored is always an IANA name of a place ("Europe/Berlin"), or "UTC". Fixed offsets and
the old abbreviations are refused: they do not follow the clocks of any place.
The database is read once per process, as `zoneinfo` itself does.
"""

import re
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from bot.protocol.calendar.local_time import local, utc, zone_info

UTC_NAME = "UTC"
HELP = "Write an area and a city, for example Europe/Berlin or America/New_York."
DEFAULT_TOLERANCE = timedelta(minutes=7)
"""Half the smallest step between two zones' offsets (15 minutes)."""


_COMMON = """
Asia/Shanghai Asia/Kolkata Europe/London Europe/Berlin Europe/Paris America/New_York
America/Chicago America/Denver America/Phoenix America/Los_Angeles Australia/Sydney
Asia/Jakarta Asia/Karachi America/Sao_Paulo Africa/Lagos Asia/Dhaka Europe/Moscow
America/Mexico_City Asia/Tokyo Asia/Manila Africa/Cairo Africa/Addis_Ababa
Asia/Ho_Chi_Minh Africa/Kinshasa Europe/Istanbul Asia/Tehran Asia/Bangkok
Africa/Johannesburg Africa/Nairobi Asia/Seoul America/Bogota Europe/Kyiv Europe/Athens
Africa/Accra Africa/Casablanca America/Toronto America/Vancouver America/Edmonton
America/Winnipeg America/Halifax America/St_Johns America/Regina America/Anchorage
Pacific/Honolulu America/Argentina/Buenos_Aires America/Lima America/Caracas
America/Santiago America/La_Paz America/Asuncion America/Guatemala America/Havana
America/Puerto_Rico America/Panama America/Tijuana America/Nuuk America/Noronha
Atlantic/Azores Atlantic/Cape_Verde Atlantic/Reykjavik Europe/Lisbon Europe/Dublin
Europe/Chisinau Africa/Maputo Africa/Tunis Africa/Algiers Asia/Baghdad Asia/Riyadh
Asia/Jerusalem Asia/Beirut Asia/Amman Asia/Dubai Asia/Kabul Asia/Tashkent Asia/Almaty
Asia/Yekaterinburg Asia/Colombo Asia/Kathmandu Asia/Yangon Asia/Omsk Asia/Novosibirsk
Asia/Singapore Asia/Hong_Kong Asia/Taipei Asia/Irkutsk Asia/Ulaanbaatar Asia/Yakutsk
Asia/Vladivostok Asia/Kamchatka Australia/Perth Australia/Brisbane Australia/Adelaide
Australia/Darwin Australia/Eucla Australia/Lord_Howe Pacific/Auckland Pacific/Chatham
Pacific/Guam Pacific/Port_Moresby Pacific/Guadalcanal Pacific/Fiji Pacific/Tongatapu
Pacific/Apia Pacific/Kiritimati Pacific/Pago_Pago Pacific/Marquesas Pacific/Gambier
"""
COMMON_ZONES = tuple(_COMMON.split())
"""Zones many people live in, roughly by number."""

_OLD_OFFSETS = """
CET EET MET WET EST MST HST EST5EDT CST6CDT MST7MDT PST8PDT
GMT GMT0 GMT+0 GMT-0 Greenwich UCT Universal Zulu Factory localtime
"""
_FIXED = frozenset(_OLD_OFFSETS.split())
_SPOKEN = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "BRT": "America/Sao_Paulo",
    "ART": "America/Argentina/Buenos_Aires",
    "CLT": "America/Santiago",
    "COT": "America/Bogota",
    "PET": "America/Lima",
    "VET": "America/Caracas",
    "MEZ": "Europe/Berlin",
    "MESZ": "Europe/Berlin",
    "TRT": "Europe/Istanbul",
    "IRST": "Asia/Tehran",
    "GST": "Asia/Dubai",
    "UZT": "Asia/Tashkent",
    "NPT": "Asia/Kathmandu",
    "BDT": "Asia/Dhaka",
    "MMT": "Asia/Yangon",
    "ICT": "Asia/Bangkok",
    "SGT": "Asia/Singapore",
    "MYT": "Asia/Singapore",
    "PHT": "Asia/Manila",
    "AET": "Australia/Sydney",
}
"""Abbreviations that people write and the database does not have, each with a place."""
_RENAMED = {
    "Africa/Asmera": "Africa/Asmara",
    "America/Coral_Harbour": "America/Atikokan",
    "America/Virgin": "America/St_Thomas",
    "Iceland": "Atlantic/Reykjavik",
    "Pacific/Ponape": "Pacific/Pohnpei",
    "Pacific/Truk": "Pacific/Chuuk",
}
"""Old names whose link in the database leads to another country with the same clocks."""

_DATABASE = "tzdata.zoneinfo"
_OFFSET_LIKE = re.compile(r"(utc|gmt|etc/|z?[+\-−]?\d{1,2}(?:[:.]?\d\d)?$)", re.IGNORECASE)
_AREAS = frozenset({"africa", "america", "antarctica", "arctic", "asia", "atlantic", "europe"})
"""What a zone's name begins with: each has many clocks."""
_SHOWN = 40
_SUGGESTED = 3
_SAMPLES = 53
_WINTER_AND_SUMMER = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC))


class ZoneError(ValueError):
    """A text names no zone that can be stored; `suggestions` are names that can.

    `fixed`: it names an offset that follows the clocks of no place.
    """

    def __init__(
        self, message: str, suggestions: tuple[str, ...] = (), *, fixed: bool = False
    ) -> None:
        super().__init__(message)
        self.suggestions = suggestions
        self.fixed = fixed


class TzdataMissingError(RuntimeError):
    """The time zone database is missing: install the tzdata package."""


@dataclass(frozen=True, slots=True)
class OffsetChoice:
    """An offset from UTC, and zones that have it now, the best known first.

    Every set of rules in the coming year is there once before any is there twice.
    """

    offset: timedelta
    zones: tuple[str, ...]


def normalise_zone(text: str) -> str:
    """Return the IANA name to store for what a person typed.

    Case, surrounding spaces, and spaces for underscores do not matter; old names become
    today's ("Asia/Calcutta" → "Asia/Kolkata"). Raises ZoneError with help and suggestions.
    """
    key = _key(text)
    if key in {"utc", "etc/utc"}:
        return UTC_NAME
    name = _by_key().get(key)
    if name is not None:
        return name
    raise _refusal(text, key)


@lru_cache(maxsize=1)
def known_zones() -> tuple[str, ...]:
    """Return today's names of all places' zones, and UTC, sorted."""
    return tuple(sorted({*_by_key().values(), UTC_NAME}))


def check_tzdata() -> None:
    """Raise TzdataMissingError, in one sentence, if there is no usable zone database."""
    try:
        summer = datetime(2026, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    except zoneinfo.ZoneInfoNotFoundError as error:
        raise TzdataMissingError(str(TzdataMissingError.__doc__)) from error
    if summer.utcoffset() != timedelta(hours=2) or not known_zones():
        raise TzdataMissingError(str(TzdataMissingError.__doc__))


def prefer_packaged_tzdata() -> None:
    """Make this process read the tzdata package instead of the machine's own files.

    The machine's files come first otherwise and may be years older than the locked package.
    For the start of the program; nothing happens if the package is absent.
    """
    if _database_lines("tzdata.zi"):
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache()
        zone_info.cache_clear()
        _by_key.cache_clear()
        known_zones.cache_clear()
        _abbreviations.cache_clear()


def one_of_each(zones: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Return the first of those zones whose clocks agree all through the coming year."""
    firsts: dict[tuple[timedelta, ...], str] = {}
    for zone in zones:
        firsts.setdefault(_rules(now, zone), zone)
    return tuple(firsts.values())


def zones_at_local_time(
    now: datetime,
    local_time: time,
    tolerance: timedelta = DEFAULT_TOLERANCE,
    limit: int = 6,
) -> list[OffsetChoice]:
    """Return the offsets at which clocks show `local_time` now, give or take the tolerance.

    The best known zone decides the order; at most `limit` zones per offset.
    An offset alone does not tell when the clocks change, so the person picks a zone.
    Raises NaiveTimeError if `now` is naive.
    """
    by_offset: dict[timedelta, list[str]] = {}
    for zone in _inhabited():
        here = local(now, zone)
        if _clock_distance(here.time(), local_time) <= tolerance:
            by_offset.setdefault(here.utcoffset() or timedelta(), []).append(zone)
    return [
        OffsetChoice(offset, _representatives(now, zones)[:limit])
        for offset, zones in by_offset.items()
    ]


def _inhabited() -> Iterator[str]:
    """Yield the zones people live in, the common ones first."""
    yield from COMMON_ZONES
    for zone in known_zones():
        if zone not in COMMON_ZONES and not zone.startswith((UTC_NAME, "Antarctica/")):
            yield zone


def _representatives(now: datetime, zones: list[str]) -> tuple[str, ...]:
    """Return the first zone of each set of rules, then the other common zones."""
    common = (zone for zone in zones if zone in COMMON_ZONES)
    return tuple(dict.fromkeys([*one_of_each(zones, now), *common]))


def _rules(now: datetime, zone: str) -> tuple[timedelta, ...]:
    """Return the zone's offsets in the coming year, one per week."""
    weeks = (local(utc(now) + timedelta(weeks=i), zone) for i in range(_SAMPLES))
    return tuple(moment.utcoffset() or timedelta() for moment in weeks)


def _clock_distance(one: time, other: time) -> timedelta:
    """Return the shorter way between two wall times on a round clock."""
    seconds = [at.hour * 3600 + at.minute * 60 + at.second for at in (one, other)]
    apart = abs(seconds[0] - seconds[1])
    return timedelta(seconds=min(apart, 86400 - apart))


def _key(text: str) -> str:
    return re.sub(r"\s*/\s*", "/", text.strip()).replace(" ", "_").casefold()


@lru_cache(maxsize=1)
def _by_key() -> dict[str, str]:
    """Return accepted names, folded, each with the name to store."""
    places, links = _places(), _links()
    names = (name for name in zoneinfo.available_timezones() if not _is_fixed(name))
    stored = {name.casefold(): name if name in places else links.get(name, name) for name in names}
    return {key: name for key, name in stored.items() if not _is_fixed(name)}


def _is_fixed(name: str) -> bool:
    return name in _FIXED or name == UTC_NAME or name.startswith(("Etc/", "SystemV/"))


def _places() -> frozenset[str]:
    """Return the zones that the database assigns to a country."""
    rows = (line.split("\t") for line in _database_lines("zone.tab") if line[:1] not in {"#", ""})
    return frozenset(row[2] for row in rows)


def _links() -> dict[str, str]:
    """Return old names with their present targets."""
    rows = (line.split() for line in _database_lines("tzdata.zi") if line.startswith("L "))
    return {row[2]: row[1] for row in rows} | _RENAMED


def _database_lines(name: str) -> list[str]:
    """Return a text file of the tzdata package, or nothing if the package is absent."""
    try:
        return files(_DATABASE).joinpath(name).read_text(encoding="utf-8").splitlines()
    except (ModuleNotFoundError, FileNotFoundError):
        return []


def _refusal(text: str, key: str) -> ZoneError:
    shown = text.strip()[:_SHOWN]
    if not shown:
        return ZoneError(f"A time zone is missing. {HELP}")
    short = _abbreviations().get(key)
    if short is not None or _OFFSET_LIKE.match(key) or key in {one.casefold() for one in _FIXED}:
        meant = short or ()
        return ZoneError(
            f"“{shown}” is a fixed offset, not a place: it goes wrong when the clocks change. "
            f"{HELP}{_did_you_mean(meant)}",
            meant,
            fixed=True,
        )
    suggestions = _suggest(key)
    why = f"“{shown}” is not a time zone I know. {HELP}{_did_you_mean(suggestions)}"
    return ZoneError(why, suggestions)


def _did_you_mean(zones: tuple[str, ...]) -> str:
    return f" Did you mean {' or '.join(zones)}?" if zones else ""


@lru_cache(maxsize=1)
def _abbreviations() -> dict[str, tuple[str, ...]]:
    """Return what people call clocks, folded: "ist" → up to three zones, the best known first."""
    found: dict[str, list[str]] = {}
    for zone in _inhabited():
        for moment in _WINTER_AND_SUMMER:
            short = local(moment, zone).tzname() or ""
            if short.isalpha() and zone not in found.setdefault(short.casefold(), []):
                found[short.casefold()].append(zone)
    spoken = {short.casefold(): (zone,) for short, zone in _SPOKEN.items()}
    return spoken | {short: tuple(zones[:_SUGGESTED]) for short, zones in found.items()}


def _suggest(key: str) -> tuple[str, ...]:
    """Return up to three zones whose name, or whose city, is much like the text."""
    if key in _AREAS:
        return ()
    by_name = {**_last_parts(_by_key().items()), **_by_key()}
    near = get_close_matches(key[:_SHOWN], by_name, n=2 * _SUGGESTED, cutoff=0.75)
    return tuple(dict.fromkeys(by_name[name] for name in near))[:_SUGGESTED]


def _last_parts(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the names by their part after the last slash: "berlin"."""
    return {key.rpartition("/")[2]: name for key, name in names}
