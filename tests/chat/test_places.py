"""From a location or a city's name to a zone."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.places.city_names import fold_city
from bot.places.known_as import KNOWN_AS
from bot.places.places import (
    MAX_PLACES,
    City,
    _cities,
    _index,
    find_city,
    find_place,
    zone_at,
)
from bot.protocol.calendar.zones import ZoneError, known_zones, normalise_zone
from bot.telegram import place_names


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (52.52, 13.40, "Europe/Berlin"),
        (40.71, -74.00, "America/New_York"),
        (22.57, 88.36, "Asia/Kolkata"),
        (50.45, 30.52, "Europe/Kyiv"),
        (-31.55, 159.08, "Australia/Lord_Howe"),
        (59.33, 18.07, "Europe/Stockholm"),
    ],
)
def test_f05_a_location_on_land_has_the_zone_of_its_place(
    latitude: float, longitude: float, zone: str
) -> None:
    """The name is the one that is stored."""
    assert zone_at(latitude, longitude) == zone


@pytest.mark.parametrize(("latitude", "longitude"), [(30, -40), (0, -30), (90, 0), (-60, 100)])
def test_f05_at_sea_the_city_is_asked_for(latitude: float, longitude: float) -> None:
    """The sea has fixed offsets only, which are not stored."""
    with pytest.raises(ZoneError, match="name of your city"):
        zone_at(latitude, longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(91, 0), (0, 181), (math.nan, 0), (0, math.inf)]
)
def test_an_impossible_position_is_refused(latitude: float, longitude: float) -> None:
    """Forged coordinates give a sentence, not a crash."""
    with pytest.raises(ZoneError, match="not a position"):
        zone_at(latitude, longitude)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_f05_every_position_gives_a_known_zone_or_a_refusal(
    latitude: float, longitude: float
) -> None:
    """Nothing else is ever stored."""
    try:
        zone = zone_at(latitude, longitude)
    except ZoneError:
        return
    assert zone in known_zones()


@pytest.mark.parametrize(
    ("typed", "name", "country", "zone"),
    [
        ("munich", "Munich", "Germany", "Europe/Berlin"),
        ("MÜNCHEN", "Munich", "Germany", "Europe/Berlin"),
        ("Muenchen", "Munich", "Germany", "Europe/Berlin"),
        ("Мюнхен", "Munich", "Germany", "Europe/Berlin"),
        ("東京", "Tokyo", "Japan", "Asia/Tokyo"),
        ("sao paulo", "São Paulo", "Brazil", "America/Sao_Paulo"),
        ("  new   york ", "New York City", "United States", "America/New_York"),
        ("London", "London", "United Kingdom", "Europe/London"),
        ("London, Ontario", "London", "Canada", "America/Toronto"),
        ("london uk", "London", "United Kingdom", "Europe/London"),
        ("Paris Texas", "Paris", "United States", "America/Chicago"),
        ("Springfield, OR", "Springfield", "United States", "America/Los_Angeles"),
        ("saint louis", "St. Louis", "United States", "America/Chicago"),
        ("kiev", "Kyiv", "Ukraine", "Europe/Kyiv"),
        ("Calcutta", "Kolkata", "India", "Asia/Kolkata"),
        ("Roma", "Rome", "Italy", "Europe/Rome"),
        ("san fran", "San Francisco", "United States", "America/Los_Angeles"),
    ],
)
def test_a_city_is_found_however_it_is_written(
    typed: str, name: str, country: str, zone: str
) -> None:
    """The best known city of that name is first."""
    best = find_city(typed)[0]
    assert (best.name, best.country, best.zone) == (name, country, zone)


def zones(text: str) -> list[str]:
    """Return the zones that a name may mean, the likeliest first."""
    return [place.zone for place in find_place(text)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("India", ["Asia/Kolkata"]),
        ("Lebanon", ["Asia/Beirut"]),
        ("Japan", ["Asia/Tokyo"]),
        ("England", ["Europe/London"]),
        ("Quebec", ["America/Toronto"]),
        ("Newfoundland", ["America/St_Johns"]),
        ("Georgia, US", ["America/New_York"]),
        ("Czech Republic", ["Europe/Prague"]),
        ("Portugal", ["Europe/Lisbon", "Atlantic/Madeira", "Atlantic/Azores"]),
        ("Texas", ["America/Chicago", "America/Denver"]),
        ("Kentucky", ["America/New_York", "America/Kentucky/Louisville", "America/Chicago"]),
    ],
)
def test_f90_a_country_or_state_stands_for_its_zones(typed: str, found: list[str]) -> None:
    """One zone, or each of several, by the people who live there."""
    assert zones(typed) == found


@pytest.mark.parametrize(
    ("typed", "among"),
    [
        ("Georgia", {"America/New_York", "Asia/Tbilisi"}),
        ("Washington", {"America/Los_Angeles", "America/New_York"}),
        ("Congo", {"Africa/Kinshasa", "Africa/Brazzaville"}),
        ("USA", {"America/New_York", "America/Chicago", "America/Los_Angeles", "America/Denver"}),
        ("Russia", {"Europe/Moscow", "Asia/Vladivostok", "Asia/Omsk"}),
        ("San Jose", {"America/Los_Angeles", "America/Costa_Rica"}),
        ("Springfield", {"America/Chicago", "America/New_York", "America/Los_Angeles"}),
    ],
)
def test_f90_what_may_be_several_is_a_list(typed: str, among: set[str]) -> None:
    """Countries and states of one name, large ones, and cities that are alike in size."""
    assert among <= set(zones(typed))


@pytest.mark.parametrize(
    "typed", ["Berlin", "Paris", "London", "Sydney", "Perth", "Moscow", "Rome"]
)
def test_f90_a_far_larger_city_is_meant_without_a_list(typed: str) -> None:
    """Its namesakes are a tenth of it at most; with their country they are found as before."""
    (place,) = find_place(typed)
    assert place.name == typed
    assert zones("Paris Texas") == ["America/Chicago"]


def test_f90_no_country_is_a_far_town() -> None:
    """Whatever country or state is named, the first place is in one that is called so."""
    for name, areas in _index().items():
        if len(name) > 3:
            found = find_place(name)
            own = {zone for area in areas for zone in area.people}
            assert found[0].zone in own, name


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Bali", "Asia/Makassar"),
        ("Java", "Asia/Jakarta"),
        ("Tuscany", "Europe/Rome"),
        ("Crete", "Europe/Athens"),
        ("Madeira", "Atlantic/Madeira"),
        ("Nederland", "Europe/Amsterdam"),
        ("Türkiye", "Europe/Istanbul"),
        ("Côte d'Ivoire", "Africa/Abidjan"),
        ("U.K.", "Europe/London"),
        ("日本", "Asia/Tokyo"),
    ],
)
def test_f90_a_region_is_no_far_town_of_its_name(typed: str, zone: str) -> None:
    """Nor is a country in its own words, or in short."""
    assert zones(typed) == [zone]


@pytest.mark.parametrize("name", sorted(KNOWN_AS))
def test_f90_what_is_known_by_another_name_is_found(name: str) -> None:
    """Each name is one as it is compared, and leads to what the list has."""
    assert fold_city(name) == name
    assert zones(name) == zones(KNOWN_AS[name]) != []


@pytest.mark.parametrize("typed", ["the Philippines", "The Gambia", "the UK", "The Hague"])
def test_f90_an_article_does_not_matter(typed: str) -> None:
    """Unless it is a part of the name."""
    assert len(zones(typed)) == 1


def test_several_cities_of_one_name_are_all_offered() -> None:
    """Springfield lies in three zones: the person chooses by state."""
    found = find_city("Springfield, US")
    assert found[0] == City(
        "Springfield", "Missouri", "United States", "America/Chicago", found[0].population
    )
    assert {p.zone for p in found} == {
        "America/Chicago",
        "America/New_York",
        "America/Los_Angeles",
    }
    assert len(found) == len({(p.region, p.zone) for p in found}) <= MAX_PLACES


@pytest.mark.parametrize("typed", ["", "  ", ",", "|", "\n", "#", "xyzzy", "Paris, Japan", "new"])
def test_what_is_no_city_finds_nothing(typed: str) -> None:
    """An empty list lets the caller ask again."""
    assert find_city(typed) == []


@settings(max_examples=50)
@given(st.text(max_size=100))
def test_any_text_gives_a_few_places_or_none(text: str) -> None:
    """Typing cannot break the search."""
    assert len(find_city(text)) <= MAX_PLACES


def test_every_city_of_the_list_has_a_zone_that_is_stored() -> None:
    """34,000 rows in order of population, each with seven fields and a known zone."""
    credit, *rows = _cities().decode().splitlines()
    assert "GeoNames" in credit
    assert "CC BY 4.0" in credit
    fields = [row.split("\t") for row in rows]
    assert len(fields) > 30_000
    assert {len(row) for row in fields} == {7}
    assert {normalise_zone(row[5]) for row in fields} <= set(known_zones())
    populations = [int(row[6]) for row in fields]
    assert populations == sorted(populations, reverse=True)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("São Paulo", "sao paulo"),
        ("Łódź", "lodz"),
        ("Frankfurt (Oder)", "frankfurt oder"),
        ("Saint-Étienne", "st etienne"),
        ("Xi'an", "xian"),
        ("İstanbul", "istanbul"),
        ("Weißenfels", "weissenfels"),
    ],
)
def test_names_are_compared_without_case_accents_and_marks(name: str, folded: str) -> None:
    """Two spellings of one name fold to the same text."""
    assert fold_city(name) == folded


@pytest.mark.parametrize("typed", ["Asia", "Africa", "europe", "South America", "Oceania"])
def test_f90_a_continent_is_no_town_of_its_name(typed: str) -> None:
    """It has many clocks: nothing is offered for it."""
    assert find_place(typed) == []


@pytest.mark.parametrize("typed", ["I live in Berlin", "in Berlin", "near Berlin, Germany"])
def test_f90_words_that_lead_to_a_place_are_no_part_of_its_name(typed: str) -> None:
    """As people answer where they live."""
    assert [place.zone for place in place_names.found(typed)] == ["Europe/Berlin"]


def test_every_area_in_the_list_is_known() -> None:
    """A city is not looked for in an area that has none: so none may be missing."""
    rows = _cities().decode().splitlines()[1:]
    areas = {area for row in rows for area in row.split("\t")[1].strip("|").split("|")}
    assert areas == set(_index())
