"""Instants as they are said on a wall clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.protocol.calendar.local_time import (
    NaiveTimeError,
    day_exists,
    local,
    say_date,
    say_day_time,
    say_offset,
    say_time,
    say_weekdays,
    utc,
    utc_offset_label,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def test_f11_a_naive_time_is_refused_by_name() -> None:
    """The error is a ValueError that shows the value."""
    naive = datetime(2026, 1, 1, 7)
    with pytest.raises(NaiveTimeError, match="no time zone"):
        utc(naive)
    with pytest.raises(NaiveTimeError):
        local(naive, BERLIN)
    with pytest.raises(NaiveTimeError):
        say_time(naive, BERLIN)


def test_times_are_said_with_or_without_seconds() -> None:
    """06:31:20 UTC is 07:31 in Berlin in winter."""
    moment = datetime(2026, 11, 21, 6, 31, 20, tzinfo=UTC)
    assert say_time(moment, BERLIN) == "07:31"
    assert say_time(moment, BERLIN, seconds=True) == "07:31:20"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-21 06:30", "today 07:30"),
        ("2026-11-22 06:30", "tomorrow 07:30"),
        ("2026-11-21 23:30", "tomorrow 00:30"),
        ("2026-11-20 06:30", "yesterday 07:30"),
        ("2026-11-24 06:30", "Tue 24 Nov 07:30"),
        ("2027-01-04 06:30", "Mon 4 Jan 2027 07:30"),
    ],
)
def test_days_are_said_as_seen_from_now(moment: str, said: str) -> None:
    """Today and tomorrow are the zone's own dates."""
    when = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert say_day_time(when, BERLIN, NOW) == said


def test_a_day_and_time_can_have_seconds() -> None:
    """The seconds follow the minutes."""
    assert say_day_time(NOW, BERLIN, NOW, seconds=True) == "today 13:00:00"


def test_f07_tomorrow_is_in_another_year() -> None:
    """1 January is tomorrow on 31 December."""
    assert say_date(date(2027, 1, 1), date(2026, 12, 31)) == "tomorrow"
    assert say_date(date(2028, 2, 29), date(2028, 3, 2)) == "Tue 29 Feb"


@pytest.mark.parametrize(
    ("hours", "said"),
    [(0, "UTC"), (2, "UTC+2"), (-11, "UTC−11"), (5.75, "UTC+5:45"), (-3.5, "UTC−3:30")],
)
def test_offsets_are_said_as_people_write_them(hours: float, said: str) -> None:
    """Whole hours alone, else with minutes."""
    assert say_offset(timedelta(hours=hours)) == said


def test_f06_the_offset_of_a_zone_is_that_of_the_instant() -> None:
    """Berlin is UTC+1 in winter and UTC+2 in summer."""
    assert utc_offset_label(NOW, BERLIN) == "UTC+1"
    assert utc_offset_label(datetime(2026, 7, 1, tzinfo=UTC), BERLIN) == "UTC+2"


def test_a_date_that_a_zone_dropped_does_not_exist() -> None:
    """30 December 2011 is no date in Samoa, and one elsewhere."""
    assert not day_exists(date(2011, 12, 30), "Pacific/Apia")
    assert day_exists(date(2011, 12, 31), "Pacific/Apia")
    assert day_exists(date(2011, 12, 30), BERLIN)


@pytest.mark.parametrize(
    ("weekdays", "said"),
    [
        (range(7), "every day"),
        (range(5), "Mon–Fri"),
        ([5, 6], "Sat, Sun"),
        ([0, 2, 4], "Mon, Wed, Fri"),
        ([0, 1, 2, 4], "Mon–Wed, Fri"),
        ([6], "Sun"),
        ([], ""),
    ],
)
def test_weekdays_are_said_shortly(weekdays: list[int], said: str) -> None:
    """Three neighbours and more are a range."""
    assert say_weekdays(frozenset(weekdays)) == said


def test_a_time_of_day_keeps_no_fold() -> None:
    """A wall time marked as the second pass is still the first."""
    from bot.protocol.calendar.local_time import instant  # noqa: PLC0415

    assert instant(date(2026, 10, 25), time(2, 30, fold=1), BERLIN) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
