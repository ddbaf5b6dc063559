"""From a shared location or a city's name to the time zone there.

Cities: GeoNames (geonames.org), CC BY 4.0, all of 15,000 inhabitants or more, as packed by
`make cities`. The list is one text that is searched as it is: tens of milliseconds to
read, a few per search, and no object per city.
"""

import gzip
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import tzfpy

from bot.places.city_names import fold_city
from bot.protocol.calendar.zones import ZoneError, normalise_zone

CITY_HELP = "Please send the name of your city, or of the nearest bigger one."
MAX_PLACES = 8

_LIST = "cities.tsv.gz"
_MAX_LATITUDE = 90
_MAX_LONGITUDE = 180
_OWN_NAME_WEIGHT = 20
_MAX_QUERY = 80
_MIN_PREFIX = 4


@dataclass(frozen=True, slots=True)
class City:
    """A city; `region` is a state or province where a country has several zones, else empty.

    `zone` is the IANA name to store, `population` at least 15,000.
    """

    name: str
    region: str
    country: str
    zone: str
    population: int


def zone_at(latitude: float, longitude: float) -> str:
    """Return the zone to store for a shared location, in degrees.

    Raises ZoneError at sea, at an impossible position, and where the map knows no zone.
    """
    on_earth = abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE
    if not (math.isfinite(latitude) and math.isfinite(longitude) and on_earth):
        raise ZoneError(f"That is not a position on the map. {CITY_HELP}")
    name = tzfpy.get_tz(longitude, latitude)
    if not name or name.startswith("Etc/"):
        raise ZoneError(f"There is no local time zone at that place, out at sea. {CITY_HELP}")
    return normalise_zone(name)


def find_city(text: str, limit: int = MAX_PLACES) -> list[City]:
    """Return the cities of that name, best known first; an empty list if there is none.

    Case, accents and the language of the name do not matter. A country, state or province
    may follow ("Springfield, US", "Paris Texas"). Without any exact match, names that begin
    so are returned. Synchronous and quick; places may share a zone or not.
    """
    for name, within in _readings(text):
        places = _ranked(f"|{name}|", within)
        if places:
            return places[:limit]
    start = fold_city(text[:_MAX_QUERY])
    return _ranked(f"|{start}", "")[:limit] if len(start) >= _MIN_PREFIX else []


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to read a text as (city, country or state or nothing), folded."""
    city, area = (fold_city(part) for part in text[:_MAX_QUERY].partition(",")[::2])
    if not city:
        return
    yield city, area
    words = city.split()
    for cut in range(len(words) - 1, 0, -1) if not area else ():
        yield " ".join(words[:cut]), " ".join(words[cut:])


def _rows(wanted: str) -> Iterator[str]:
    """Yield the list's rows that contain the text among their names, most populous first."""
    cities, needle = _cities(), wanted.encode()
    at = cities.find(needle)
    while at >= 0:
        end = cities.index(b"\n", at)
        row = cities[cities.rindex(b"\n", 0, at) + 1 : end].decode()
        if wanted in row.partition("\t")[0]:
            yield row
        at = cities.find(needle, end)


def _is_within(row: str, area: str) -> bool:
    """Tell whether a row's country or region goes by that name; no name fits all."""
    return not area or f"|{area}|" in row.split("\t")[1]


def _ranked(wanted: str, area: str) -> list[City]:
    """Return places by population; a city's own name counts for more than its other names."""

    def weight(row: str) -> int:
        own = row.startswith(wanted)
        return int(row.rpartition("\t")[2]) * (_OWN_NAME_WEIGHT if own else 1)

    rows = (row for row in _rows(wanted) if _is_within(row, area))
    unique: dict[tuple[str, ...], City] = {}
    for place in map(_place, sorted(rows, key=weight, reverse=True)):
        unique.setdefault((place.name, place.region, place.country, place.zone), place)
    return list(unique.values())


def _place(row: str) -> City:
    _, _, name, region, country, zone, population = row.split("\t")
    return City(name, region, country, normalise_zone(zone), int(population))


@lru_cache(maxsize=1)
def _cities() -> bytes:
    """Return the list: a first line of credits, then one line per city."""
    packed = files("bot.places").joinpath(_LIST).read_bytes()
    return gzip.decompress(packed)
