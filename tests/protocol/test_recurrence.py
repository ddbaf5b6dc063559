"""The days and times of a plan, on every clock the world keeps."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.calendar.local_time import NaiveTimeError, instant, local
from bot.protocol.calendar.recurrence import (
    HORIZON_DAYS,
    NoOccurrenceError,
    Occurrence,
    OccurrenceKey,
    Recurrence,
    RecurrenceError,
    next_occurrence,
    occurrences_between,
)
from bot.protocol.calendar.weeks import IsoWeek, iso_week_of

DAILY = frozenset(range(7))
DAY = timedelta(days=1)
TWO_CHANGES = ["Europe/Berlin", "America/New_York", "Australia/Sydney"]
ODD_CHANGES = [
    "Europe/Berlin",
    "America/New_York",
    "Europe/London",
    "America/Santiago",
    "Africa/Cairo",
    "America/Havana",
    "Australia/Lord_Howe",
]
ODD_TIMES = [time(0), time(0, 30), time(1, 30), time(2, 30), time(23, 30)]
zones = st.sampled_from([*ODD_CHANGES, "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu"])
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))


def walk(recurrence: Recurrence, first: date, last: date) -> Iterator[Occurrence]:
    """Yield what `next_occurrence` returns one after the other, for the dates given."""
    found = next_occurrence(recurrence, instant(first, time(0), recurrence.zone) - DAY)
    while found.local_date <= last:
        if found.local_date >= first:
            yield found
        found = next_occurrence(recurrence, found.at)


def dates(first: date, last: date) -> list[date]:
    """Return every date from first to last."""
    return [first + i * DAY for i in range((last - first).days + 1)]


@pytest.mark.parametrize("zone", TWO_CHANGES)
def test_f01_daily_seven_is_seven_on_every_date_of_a_year(zone: str) -> None:
    """Over both changes of the clocks there is one 07:00 per local date."""
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    found = list(walk(Recurrence(DAILY, (time(7),), zone), first, last))
    assert [o.local_date for o in found] == dates(first, last)
    assert {local(o.at, zone).time() for o in found} == {time(7)}


@pytest.mark.parametrize("at", ODD_TIMES, ids=str)
@pytest.mark.parametrize("zone", ODD_CHANGES)
def test_f02_times_inside_a_change_come_once_per_date(zone: str, at: time) -> None:
    """No date is lost and none doubled at the hours in which clocks change."""
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    found = list(walk(Recurrence(DAILY, (at,), zone), first, last))
    assert [o.local_date for o in found] == dates(first, last)
    instants = [o.at for o in found]
    assert instants == sorted(set(instants))


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), datetime(2026, 3, 29, 1, 30)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30)),
        ("America/New_York", date(2026, 3, 8), time(2), datetime(2026, 3, 8, 7)),
        ("America/New_York", date(2026, 11, 1), time(1, 59), datetime(2026, 11, 1, 5, 59)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), datetime(2026, 10, 3, 15, 45)),
        ("America/Santiago", date(2026, 9, 6), time(0), datetime(2026, 9, 6, 4)),
    ],
)
def test_f02_a_gap_moves_forward_and_a_repeated_hour_is_the_first(
    zone: str, day: date, at: time, expected: datetime
) -> None:
    """Hand-checked instants: a gap moves by its own length, a fold is its first pass."""
    assert instant(day, at, zone) == expected.replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ODD_CHANGES)
@pytest.mark.parametrize(("weekday", "at"), [(0, time(0)), (0, time(0, 5)), (6, time(2))])
def test_f03_a_weekly_time_comes_once_per_iso_week(zone: str, weekday: int, at: time) -> None:
    """Monday 00:00 or Sunday 02:00 falls once into every ISO week of five years."""
    recurrence = Recurrence(frozenset({weekday}), (at,), zone)
    found = walk(recurrence, date(2025, 12, 29), date(2030, 12, 29))
    first = IsoWeek.containing(date(2025, 12, 29))
    weeks = [iso_week_of(o.at, zone) for o in found]
    assert weeks == [first.plus(i) for i in range(len(weeks))]
    assert len(weeks) == 261


def test_f07_leap_day_and_new_year_are_ordinary_days() -> None:
    """29 February comes in 2028 only, and 31 December is followed by 1 January."""
    plan = Recurrence(DAILY, (time(7),), "Europe/Berlin")
    leap = [o.local_date for o in walk(plan, date(2028, 2, 28), date(2028, 3, 1))]
    assert leap == [date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1)]
    year = [o.local_date for o in walk(plan, date(2026, 12, 31), date(2027, 1, 1))]
    assert year == [date(2026, 12, 31), date(2027, 1, 1)]


def test_f11_a_naive_time_is_refused_everywhere() -> None:
    """A datetime without a zone is an error, not silently UTC."""
    plan = Recurrence(DAILY, (time(7),), "Europe/Berlin")
    naive = datetime(2026, 1, 1, 7)
    aware = naive.replace(tzinfo=UTC)
    with pytest.raises(NaiveTimeError):
        next_occurrence(plan, naive)
    with pytest.raises(NaiveTimeError):
        occurrences_between(plan, naive, aware)
    with pytest.raises(NaiveTimeError):
        occurrences_between(plan, aware, naive)


def test_another_zone_for_now_changes_nothing() -> None:
    """The same instant given in another zone has the same next occurrence."""
    plan = Recurrence(DAILY, (time(7),), "Europe/Berlin")
    now = datetime(2026, 6, 1, 4, 59, tzinfo=UTC)
    tokyo = now.astimezone(ZoneInfo("Asia/Tokyo"))
    assert next_occurrence(plan, tokyo) == next_occurrence(plan, now)
    assert next_occurrence(plan, now).at == datetime(2026, 6, 1, 5, tzinfo=UTC)


def test_at_its_own_instant_an_occurrence_is_over() -> None:
    """The next occurrence is later than `after`, never equal."""
    plan = Recurrence(DAILY, (time(7),), "UTC")
    at_seven = datetime(2026, 6, 1, 7, tzinfo=UTC)
    assert next_occurrence(plan, at_seven).local_date == date(2026, 6, 2)
    before = at_seven - timedelta(microseconds=1)
    assert next_occurrence(plan, before).local_date == date(2026, 6, 1)


def test_two_times_a_day_are_two_slots() -> None:
    """Slots count the times of a day from zero."""
    plan = Recurrence(frozenset({0, 3}), (time(7), time(19)), "UTC")
    found = walk(plan, date(2026, 6, 1), date(2026, 6, 4))
    assert [o.key for o in found] == [
        (date(2026, 6, 1), 0),
        (date(2026, 6, 1), 1),
        (date(2026, 6, 4), 0),
        (date(2026, 6, 4), 1),
    ]


def test_skipped_keys_are_passed_over() -> None:
    """A collection of keys and a predicate skip the same occurrences."""
    plan = Recurrence(DAILY, (time(7),), "UTC")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    done = {(date(2026, 6, 1), 0), (date(2026, 6, 2), 0)}
    expected = (date(2026, 6, 3), 0)
    assert next_occurrence(plan, now, skip=done).key == expected
    assert next_occurrence(plan, now, skip=lambda key: key in done).key == expected


def test_f29_a_pause_skips_every_date_until_the_first_day_back() -> None:
    """With all dates up to the end of the pause skipped, the first day back is due."""
    plan = Recurrence(DAILY, (time(7),), "Europe/Berlin")
    found = next_occurrence(
        plan,
        datetime(2026, 3, 20, 12, tzinfo=UTC),
        skip=lambda key: key[0] <= date(2026, 3, 31),
    )
    assert found == Occurrence(date(2026, 4, 1), 0, datetime(2026, 4, 1, 5, tzinfo=UTC))


def test_skipping_everything_is_an_error_not_an_endless_search() -> None:
    """A predicate that skips all ends the search after the horizon."""
    plan = Recurrence(DAILY, (time(7),), "UTC")
    with pytest.raises(NoOccurrenceError, match=str(HORIZON_DAYS)):
        next_occurrence(plan, datetime(2026, 6, 1, tzinfo=UTC), skip=lambda _: True)


def test_f02_flying_west_over_the_date_line_repeats_no_date() -> None:
    """Auckland's 10 March is held; in Honolulu, where it is the 9th, the 11th is next."""
    held: OccurrenceKey = (date(2026, 3, 10), 0)
    now = datetime(2026, 3, 10, 4, tzinfo=UTC)
    plan = Recurrence(DAILY, (time(7),), "Pacific/Honolulu")
    assert local(now, plan.zone).date() == date(2026, 3, 9)
    assert next_occurrence(plan, now).key == held
    assert next_occurrence(plan, now, last_key=held).key == (date(2026, 3, 11), 0)


def test_flying_east_over_the_date_line_goes_on_with_the_local_date() -> None:
    """From Honolulu to Auckland a date may be passed over, and the order stays."""
    held: OccurrenceKey = (date(2026, 3, 9), 0)
    plan = Recurrence(DAILY, (time(7),), "Pacific/Auckland")
    now = datetime(2026, 3, 10, 4, tzinfo=UTC)
    assert next_occurrence(plan, now, last_key=held).key == (date(2026, 3, 11), 0)


def test_a_last_key_allows_the_later_slot_of_its_date() -> None:
    """After the first slot of a date its second slot is still to come."""
    plan = Recurrence(DAILY, (time(7), time(19)), "UTC")
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert next_occurrence(plan, now, last_key=(date(2026, 6, 1), 0)).slot == 1


@pytest.mark.parametrize("at", [time(0), time(7), time(23, 30)])
def test_a_date_that_a_zone_never_had_has_no_occurrence(at: time) -> None:
    """Samoa went from 29 to 31 December 2011: no occurrence on the 30th, one on the 31st."""
    plan = Recurrence(DAILY, (at,), "Pacific/Apia")
    found = list(walk(plan, date(2011, 12, 28), date(2012, 1, 1)))
    assert [o.local_date.day for o in found] == [28, 29, 31, 1]
    assert {local(o.at, plan.zone).time() for o in found} == {at}


def test_a_window_is_half_open() -> None:
    """An occurrence at the start belongs to the window, one at the end to the next."""
    plan = Recurrence(DAILY, (time(7),), "UTC")
    start = datetime(2026, 6, 1, 7, tzinfo=UTC)
    found = occurrences_between(plan, start, start + 2 * DAY)
    assert [o.local_date.day for o in found] == [1, 2]
    assert occurrences_between(plan, start, start) == ()


@given(zones, moments, st.integers(0, 40), st.sampled_from([*ODD_TIMES, time(7)]))
def test_windows_and_steps_agree(zone: str, start: datetime, days: int, at: time) -> None:
    """What lies between two instants is what stepping from one to the other finds."""
    plan = Recurrence(frozenset({0, 2, 6}), (at,), zone)
    end = start + days * DAY
    stepped = []
    found = next_occurrence(plan, start - timedelta(microseconds=1))
    while found.at < end:
        stepped.append(found)
        found = next_occurrence(plan, found.at)
    assert list(occurrences_between(plan, start, end)) == stepped


@given(st.lists(st.tuples(zones, st.integers(0, 50)), min_size=1, max_size=30), moments)
def test_a_traveller_never_gets_a_key_twice(legs: list[tuple[str, int]], start: datetime) -> None:
    """Whatever the journey, keys and instants both go up only."""
    now, last = start, None
    for zone, hours in legs:
        plan = Recurrence(DAILY, (time(7), time(19)), zone)
        found = next_occurrence(plan, now, last_key=last)
        assert found.at > now
        assert last is None or found.key > last
        if hours % 2:
            now, last = found.at, found.key
        now += timedelta(hours=hours)


@pytest.mark.parametrize(
    ("weekdays", "times", "zone", "sentence"),
    [
        (frozenset(), (time(7),), "UTC", "at least one weekday"),
        (frozenset({7}), (time(7),), "UTC", "from 0"),
        (DAILY, (), "UTC", "one or two times"),
        (DAILY, (time(1), time(9), time(17)), "UTC", "one or two times"),
        (DAILY, (time(7, 0, 1),), "UTC", "whole minutes"),
        (DAILY, (time(7, tzinfo=UTC),), "UTC", "without a zone"),
        (DAILY, (time(19), time(7)), "UTC", "order of the day"),
        (DAILY, (time(7), time(10, 59)), "UTC", "four hours apart"),
        (DAILY, (time(0, 30), time(23, 30)), "UTC", "over midnight"),
        (DAILY, (time(7), time(7)), "UTC", "four hours apart"),
        (DAILY, (time(7),), "Europe/Atlantis", "not a time zone"),
        (DAILY, (time(7),), "../etc/passwd", "not a time zone"),
        (DAILY, (time(7),), "", "not a time zone"),
    ],
)
def test_f67_a_plan_that_cannot_be_followed_is_refused_in_one_sentence(
    weekdays: frozenset[int], times: tuple[time, ...], zone: str, sentence: str
) -> None:
    """Each fault of a plan has its own sentence."""
    with pytest.raises(RecurrenceError, match=sentence):
        Recurrence(weekdays, times, zone)


def test_times_exactly_four_hours_apart_are_allowed() -> None:
    """The edge of the rule belongs to the allowed side, also over midnight."""
    Recurrence(DAILY, (time(7), time(11)), "UTC")
    Recurrence(DAILY, (time(2), time(22)), "UTC")


def test_f02_a_gap_over_midnight_keeps_the_occurrence_of_the_evening() -> None:
    """Toronto skipped 23:30 to 00:30 in 1919: 23:45 came at 00:45, still for the date before."""
    plan = Recurrence(DAILY, (time(23, 45),), "America/Toronto")
    after_the_gap = datetime(1919, 3, 31, 4, 40, tzinfo=UTC)
    assert local(after_the_gap, plan.zone).replace(tzinfo=None) == datetime(1919, 3, 31, 0, 40)
    found = next_occurrence(plan, after_the_gap)
    assert found.key == (date(1919, 3, 30), 0)
    following = next_occurrence(plan, found.at)
    assert following.key == (date(1919, 3, 31), 0)
    assert occurrences_between(plan, after_the_gap, after_the_gap + DAY) == (found, following)
