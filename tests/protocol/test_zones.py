"""Zone names as people type them, and the database behind them."""

import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.protocol.calendar.local_time import NaiveTimeError, local
from bot.protocol.calendar.zones import (
    COMMON_ZONES,
    ZoneError,
    check_tzdata,
    known_zones,
    normalise_zone,
    zones_at_local_time,
)

WINTER = datetime(2026, 1, 20, 12, 3, tzinfo=UTC)
INSTANTS = """
from datetime import UTC, date, datetime, time
from bot.protocol.calendar.local_time import instant, say_day_time
from bot.protocol.calendar.zones import check_tzdata, prefer_packaged_tzdata
prefer_packaged_tzdata()
check_tzdata()
now = datetime(2026, 3, 28, 23, tzinfo=UTC)
for zone in ("Europe/Berlin", "America/New_York", "Africa/Casablanca"):
    print(instant(date(2026, 3, 29), time(2, 30), zone).isoformat())
    print(say_day_time(now, zone, now))
"""
NO_PACKAGE = "import sys; sys.modules['tzdata'] = None\n"
CHECK = """
from bot.protocol.calendar.zones import TzdataMissingError, check_tzdata, prefer_packaged_tzdata
prefer_packaged_tzdata()
try:
    check_tzdata()
except TzdataMissingError as error:
    print("refused:", error)
"""


def run(program: str, **environment: str) -> str:
    """Run a program in a fresh interpreter with this environment added, and return its words."""
    base = {key: value for key, value in os.environ.items() if key != "TZ"}
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", program],
        env=base | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (" europe/berlin ", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("America / Argentina / Ushuaia", "America/Argentina/Ushuaia"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("US/Eastern", "America/New_York"),
        ("Japan", "Asia/Tokyo"),
        ("Iceland", "Atlantic/Reykjavik"),
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("utc", "UTC"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_f05_a_zone_is_stored_by_its_present_name(typed: str, stored: str) -> None:
    """Case, spaces and old names are put right; a country keeps its own zone."""
    assert normalise_zone(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("CET", "cet", "EST", "EST5EDT", "GMT", "GMT+1", "UTC+2", "utc-3", "+02:00", "2"),
        *("Etc/GMT-2", "Etc/GMT+12", "Zulu", "MST"),
    ],
)
def test_f05_a_fixed_offset_is_refused_with_help(typed: str) -> None:
    """An offset does not follow the clocks of a place."""
    with pytest.raises(ZoneError, match=r"fixed offset.*for example Europe/Berlin"):
        normalise_zone(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("IST", {"Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"}),
        ("MST", {"America/Denver", "America/Phoenix"}),
        ("cdt", {"America/Chicago"}),
        ("JST", {"Asia/Tokyo"}),
        ("CET", {"Europe/Berlin", "Europe/Paris"}),
        ("ET", {"America/New_York"}),
        ("SGT", {"Asia/Singapore"}),
        ("utc+2", set()),
    ],
)
def test_f90_a_short_name_of_clocks_is_refused_with_places(typed: str, meant: set[str]) -> None:
    """It is said what it is, and which places may be meant."""
    with pytest.raises(ZoneError, match="fixed offset, not a place") as refusal:
        normalise_zone(typed)
    assert refusal.value.fixed
    assert meant <= set(refusal.value.suggestions)


def test_f90_whatever_a_clock_is_called_is_no_zone() -> None:
    """Of every zone, in every month of three years."""
    months = [datetime(2025, 1, 15, tzinfo=UTC) + timedelta(days=30) * i for i in range(36)]
    called = {local(month, zone).tzname() or "" for zone in known_zones() for month in months}
    for name in sorted(one for one in called if one.isalpha() and one != "UTC"):
        with pytest.raises(ZoneError) as refusal:
            normalise_zone(name)
        assert refusal.value.fixed, name


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("America/Kolkata", "Asia/Kolkata"),
    ],
)
def test_f05_a_near_miss_is_refused_with_the_name_meant(typed: str, suggested: str) -> None:
    """The sentence and the exception both carry the suggestion."""
    with pytest.raises(ZoneError, match=suggested) as refusal:
        normalise_zone(typed)
    assert suggested in refusal.value.suggestions


@pytest.mark.parametrize("typed", ["", "  ", "localtime", "../etc/passwd", "a\0b", "x" * 9999])
def test_f05_nonsense_is_refused_shortly(typed: str) -> None:
    """Whatever is typed, the answer is one short help."""
    with pytest.raises(ZoneError) as refusal:
        normalise_zone(typed)
    assert len(str(refusal.value)) < 300


@given(st.text())
def test_f05_any_text_is_a_known_zone_or_a_refusal(text: str) -> None:
    """Nothing but a known name is ever returned."""
    try:
        stored = normalise_zone(text)
    except ZoneError:
        return
    assert stored in known_zones()


def test_f05_every_known_zone_is_stored_as_itself() -> None:
    """What is stored can be typed again, and its clock can be read."""
    for zone in known_zones():
        assert normalise_zone(zone.lower()) == zone
        assert local(WINTER, zone) == WINTER


def test_common_zones_are_known_and_named_once() -> None:
    """The list of common zones holds stored names only."""
    assert set(COMMON_ZONES) <= set(known_zones())
    assert len(set(COMMON_ZONES)) == len(COMMON_ZONES)


def test_the_local_time_now_gives_an_offset_and_its_rules() -> None:
    """At 13:03 in winter it is Berlin with summer time, or Lagos without."""
    (choice,) = zones_at_local_time(WINTER, time(13, 5))
    assert choice.offset == timedelta(hours=1)
    assert choice.zones[0] == "Europe/Berlin"
    assert {"Africa/Lagos", "Europe/Paris"} <= set(choice.zones)


def test_both_sides_of_the_date_line_are_offered() -> None:
    """01:03 is UTC+13 and UTC-11: the same clock on two dates."""
    offsets = {c.offset for c in zones_at_local_time(WINTER, time(1, 3))}
    assert offsets == {timedelta(hours=13), timedelta(hours=-11)}


def test_a_quarter_of_an_hour_is_told_apart() -> None:
    """17:48 is Kathmandu alone, 17:33 is Kolkata."""
    found = [zones_at_local_time(WINTER, time(17, minute)) for minute in (48, 33)]
    assert [c.zones[0] for (c,) in found] == ["Asia/Kathmandu", "Asia/Kolkata"]


def test_a_time_on_no_clock_finds_nothing() -> None:
    """No zone is ten minutes off the quarter hours."""
    assert zones_at_local_time(WINTER, time(13, 25), tolerance=timedelta(minutes=4)) == []


def test_midnight_is_near_the_minute_before() -> None:
    """The clock is round: 23:59 is one minute from 00:00."""
    now = datetime(2026, 1, 20, 23, 0, tzinfo=UTC)
    (choice,) = [c for c in zones_at_local_time(now, time(23, 59)) if c.offset > timedelta()]
    assert choice.zones[0] == "Europe/Berlin"


@settings(max_examples=25)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_a_person_in_a_common_zone_finds_their_clocks(now: datetime) -> None:
    """Among the zones offered one has the same offsets in all the coming months."""
    for zone in ("Europe/Madrid", "America/Denver", "Asia/Kolkata"):
        offered = [z for c in zones_at_local_time(now, local(now, zone).time()) for z in c.zones]
        later = [now + timedelta(days=30 * i) for i in range(12)]
        clocks = [[local(at, z).utcoffset() for at in later] for z in [zone, *offered]]
        assert clocks[0] in clocks[1:]


def test_f11_a_naive_now_is_refused() -> None:
    """What time it is somewhere needs an instant."""
    with pytest.raises(NaiveTimeError):
        zones_at_local_time(WINTER.replace(tzinfo=None), time(13))


def test_f09_the_servers_own_zone_changes_nothing() -> None:
    """With TZ unset, set elsewhere or set to nonsense the instants are the same."""
    expected = run(INSTANTS)
    assert expected.splitlines()[:2] == ["2026-03-29T01:30:00+00:00", "today 00:00"]
    for zone in ("UTC", "Pacific/Apia", "America/St_Johns", "nonsense"):
        assert run(INSTANTS, TZ=zone) == expected


def test_f09_the_machines_own_database_changes_nothing() -> None:
    """The packaged database is read whether or not the machine has one."""
    assert run(INSTANTS, PYTHONTZPATH="") == run(INSTANTS)


def test_f09_without_a_database_the_start_is_refused_in_one_sentence() -> None:
    """Neither machine nor package has zones: the sentence names the remedy."""
    said = run(NO_PACKAGE + CHECK, PYTHONTZPATH="")
    assert said == ("refused: The time zone database is missing: install the tzdata package.\n")


def test_f09_with_a_database_the_check_is_silent() -> None:
    """Nothing is raised where the package is installed."""
    check_tzdata()
    assert run(CHECK, PYTHONTZPATH="") == ""
