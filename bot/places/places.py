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
from bot.places.known_as import KNOWN_AS
from bot.protocol.calendar.zones import ZoneError, normalise_zone

CITY_HELP = "Please send the name of your city, or of the nearest bigger one."
MAX_PLACES = 8

_LIST = "cities.tsv.gz"
_MAX_LATITUDE = 90
_MAX_LONGITUDE = 180
_OWN_NAME_WEIGHT = 20
_MAX_QUERY = 80
_MIN_PREFIX = 4
_CONTINENTS = frozenset(
    {"africa", "asia", "europe", "eu", "north america", "south america", "antarctica", "oceania"}
)
_FAR_LARGER = 10
"""So many times larger than what has the same name, and it is taken without a question."""


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


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a name may mean: a city, or a country or state with the largest city of each zone."""

    weight: int
    cities: tuple[City, ...]

    @property
    def zones(self) -> frozenset[str]:
        return frozenset(city.zone for city in self.cities)


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
    return [one.cities[0] for one in _that_begin_so(fold_city(text[:_MAX_QUERY]))][:limit]


def find_place(text: str) -> list[City]:
    """Return what a typed name may mean, one city for each zone, the likeliest first.

    A name is a city's, a country's, a state's, a province's or a region's. The largest city of each
    of its zones stands for a country or state, and beside one a city counts by its own name alone.
    What is far larger than all else of that name is meant. A continent is no place: it has many
    clocks, and the towns of its name are far from most of it.
    """
    whole = fold_city(text[:_MAX_QUERY])
    if whole in _CONTINENTS:
        return []
    if whole in KNOWN_AS:
        return find_place(KNOWN_AS[whole])
    for name, within in _readings(text):
        areas = _areas(name, within)
        own = bool(areas) and len(name) >= _MIN_PREFIX
        cities = [
            _Meaning(weight, (city,)) for weight, city in _weighed(f"|{name}|", within, own=own)
        ]
        found = [*sorted(areas, key=lambda one: -one.weight), *cities]
        if found:
            return _one_a_zone(_likely(found))
    if whole.startswith("the "):
        return find_place(whole.removeprefix("the "))
    return _one_a_zone(_areas_with(whole) or _likely(_that_begin_so(whole))) if whole else []


def names_area(text: str) -> bool:
    """Whether a name is a country's, a state's or a province's."""
    name = fold_city(text[:_MAX_QUERY])
    return name in _index() or name in KNOWN_AS


def _likely(found: list[_Meaning]) -> list[_Meaning]:
    """Return the first meaning alone, where it is far larger than all that have other clocks."""
    if not found:
        return []
    first, *others = found
    others = [one for one in others if not one.zones <= first.zones]
    largest = max((one.weight for one in others), default=0)
    return [first] if first.weight >= _FAR_LARGER * largest else found


def _one_a_zone(found: list[_Meaning]) -> list[City]:
    places: dict[str, City] = {}
    for city in (city for one in found for city in one.cities):
        places.setdefault(city.zone, city)
    return list(places.values())


def _that_begin_so(start: str) -> list[_Meaning]:
    """Return the cities whose own name begins with the text: "san fran"."""
    if len(start) < _MIN_PREFIX:
        return []
    found = _weighed(f"|{start}", "", own=True)
    return [_Meaning(weight, (city,)) for weight, city in found]


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
    return [city for _weight, city in _weighed(wanted, area)]


def _weighed(wanted: str, area: str, *, own: bool = False) -> list[tuple[int, City]]:
    """Return places with their weights, the heaviest first; with `own` by their own names alone."""
    if area and area not in _index():  # no city lies there: the list need not be searched
        return []
    rows = [row for row in _rows(wanted) if _is_within(row, area)]
    weights = {row: _weight(row, wanted) for row in rows if not own or row.startswith(wanted)}
    unique: dict[tuple[str, ...], tuple[int, City]] = {}
    for row in sorted(weights, key=lambda row: -weights[row]):
        place = _place(row)
        key = (place.name, place.region, place.country, place.zone)
        unique.setdefault(key, (weights[row], place))
    return list(unique.values())


def _weight(row: str, wanted: str) -> int:
    own = row.startswith(wanted)
    return int(row.rpartition("\t")[2]) * (_OWN_NAME_WEIGHT if own else 1)


# ---- countries, states, provinces -----------------------------------------------------


@dataclass(slots=True)
class _Area:
    """A country or state: what it is called, and by zone the people and the row of the largest."""

    called: frozenset[str]
    people: dict[str, int]
    largest: dict[str, str]

    def add(self, zone: str, people: int, row: str) -> None:
        """Count a city in; larger ones come first."""
        self.people[zone] = self.people.get(zone, 0) + people
        self.largest.setdefault(zone, row)

    def meaning(self) -> _Meaning:
        """Return its zones by the people who live there."""
        ranked = sorted(self.people, key=lambda zone: -self.people[zone])
        weight = _OWN_NAME_WEIGHT * sum(self.people.values())
        return _Meaning(weight, tuple(_place(self.largest[zone]) for zone in ranked))


def _areas(name: str, within: str) -> list[_Meaning]:
    """Return the countries and states of that name, perhaps within another area."""
    found = _index().get(name, [])
    return [area.meaning() for area in found if not within or within in area.called]


def _areas_with(words: str) -> list[_Meaning]:
    """Return the countries and states whose names have these words in them: "congo"."""
    named = (areas for name, areas in _index().items() if f" {words} " in f" {name} ")
    found = {id(area): area for areas in named for area in areas}
    return [area.meaning() for area in found.values()]


@lru_cache(maxsize=1)
def _index() -> dict[str, list[_Area]]:
    """Return countries, states and provinces by their folded names: a tenth of a second, once."""
    areas: dict[tuple[str, str], _Area] = {}
    found: dict[str, list[_Area]] = {}
    for row in _cities().decode().splitlines()[1:]:
        _names, called, _name, region, country, zone, people = row.split("\t")
        names = called.strip("|").split("|")
        for key, mine in _called(country, region, tuple(names)):
            if key not in areas:
                areas[key] = _Area(frozenset(names), {}, {})
                for name in mine:
                    found.setdefault(name, []).append(areas[key])
            areas[key].add(zone, int(people), row)
    return found


@lru_cache(maxsize=1024)
def _called(
    country: str, region: str, names: tuple[str, ...]
) -> tuple[tuple[tuple[str, str], tuple[str, ...]], ...]:
    """Return what a country and its state are called: a state's name, then its short one."""
    if not region:
        return (((country, ""), names),)
    at = names.index(fold_city(region))
    states = names[at : at + 2]
    return ((country, ""), (*names[:at], *names[at + 2 :])), ((country, region), states)


def _place(row: str) -> City:
    _, _, name, region, country, zone, population = row.split("\t")
    return City(name, region, country, normalise_zone(zone), int(population))


@lru_cache(maxsize=1)
def _cities() -> bytes:
    """Return the list: a first line of credits, then one line per city."""
    packed = files("bot.places").joinpath(_LIST).read_bytes()
    return gzip.decompress(packed)
