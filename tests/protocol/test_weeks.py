"""ISO weeks on local clocks."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.calendar.local_time import NaiveTimeError, local
from bot.protocol.calendar.weeks import IsoWeek, Window, iso_week_of, local_week

zones = st.sampled_from(
    ["Europe/Berlin", "America/Havana", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu"]
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 25), 167), (date(2026, 4, 1), 168), (date(2026, 10, 25), 169)],
)
def test_f03_a_week_has_167_168_or_169_hours(day: date, hours: int) -> None:
    """A week in Berlin is an hour short in spring and an hour long in autumn."""
    assert local_week(day, "Europe/Berlin").hours == hours


def test_f03_half_an_hour_is_enough_to_shorten_a_week() -> None:
    """Lord Howe's clocks change by half an hour."""
    assert local_week(date(2026, 10, 4), "Australia/Lord_Howe").hours == 167.5


def test_f03_a_week_is_half_open() -> None:
    """Monday 00:00 belongs to the week that it begins."""
    week = local_week(IsoWeek(2026, 10), "Europe/Berlin")
    assert week == Window(
        datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 8, 23, tzinfo=UTC)
    )
    assert week.start in week
    assert week.end not in week
    assert week.end in local_week(IsoWeek(2026, 11), "Europe/Berlin")


@given(zones, moments)
def test_f03_every_instant_is_in_the_one_week_of_its_local_date(
    zone: str, moment: datetime
) -> None:
    """Windows touch without gap or overlap, and agree with the local date."""
    week = iso_week_of(moment, zone)
    assert moment in local_week(week, zone)
    assert local_week(week, zone) == local_week(local(moment, zone).date(), zone)
    assert local_week(week, zone).end == local_week(week.plus(1), zone).start


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2028, 2, 29), "2028-W09"),
    ],
)
def test_f07_the_turn_of_the_year_belongs_to_its_iso_week(day: date, expected: str) -> None:
    """Week 53 reaches into January, week 1 into December."""
    assert str(IsoWeek.containing(day)) == expected


def test_f07_weeks_count_on_over_the_year() -> None:
    """One week after 2026-W53 is 2027-W01, and back."""
    assert IsoWeek(2026, 53).plus(1) == IsoWeek(2027, 1)
    assert IsoWeek(2027, 1).plus(-1) == IsoWeek(2026, 53)
    assert IsoWeek(2026, 53).monday == date(2026, 12, 28)
    assert IsoWeek(2026, 53).sunday == date(2027, 1, 3)


def test_f07_a_week_that_a_year_lacks_is_refused() -> None:
    """2027 has no week 53."""
    with pytest.raises(ValueError, match="53"):
        IsoWeek(2027, 53)


def test_f03_the_week_turns_at_local_midnight() -> None:
    """At Monday 00:00 in Auckland a new week begins, not an instant earlier."""
    midnight = datetime(2026, 6, 7, 12, tzinfo=UTC)
    assert iso_week_of(midnight, "Pacific/Auckland") == IsoWeek(2026, 24)
    before = midnight - timedelta(microseconds=1)
    assert iso_week_of(before, "Pacific/Auckland") == IsoWeek(2026, 23)


def test_f11_a_naive_time_has_no_week() -> None:
    """A datetime without a zone is refused."""
    naive = datetime(2026, 1, 1)
    with pytest.raises(NaiveTimeError):
        iso_week_of(naive, "UTC")
    with pytest.raises(NaiveTimeError):
        assert naive in local_week(date(2026, 1, 1), "UTC")
