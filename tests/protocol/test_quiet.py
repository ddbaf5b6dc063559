"""Quiet hours and snoozing."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.calendar.local_time import NaiveTimeError
from bot.protocol.calendar.quiet_hours import QuietHours, release_at, snooze_until
from bot.protocol.calendar.recurrence import RecurrenceError

NIGHT = QuietHours(time(22), time(7))
SIESTA = QuietHours(time(13), time(15))
BERLIN = "Europe/Berlin"
zones = st.sampled_from([BERLIN, "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe"])
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))
spans = (
    st.tuples(clocks, clocks).filter(lambda pair: pair[0] != pair[1]).map(lambda p: QuietHours(*p))
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


def at(text: str) -> datetime:
    """Return an instant from its UTC text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-01 19:59", "2026-06-01 19:59"),
        ("2026-06-01 20:00", "2026-06-02 05:00"),
        ("2026-06-02 01:00", "2026-06-02 05:00"),
        ("2026-06-02 05:00", "2026-06-02 05:00"),
        ("2026-03-28 22:00", "2026-03-29 05:00"),
        ("2026-10-24 21:00", "2026-10-25 06:00"),
    ],
)
def test_f27_a_message_in_the_night_is_held_until_seven(moment: str, expected: str) -> None:
    """Quiet hours 22-07 in Berlin end at 07:00, also in the two nights of the change."""
    assert release_at(at(moment), NIGHT, BERLIN) == at(expected)


def test_f27_quiet_hours_within_a_day_end_the_same_day() -> None:
    """A siesta is not the night."""
    assert release_at(at("2026-06-01 11:00"), SIESTA, BERLIN) == at("2026-06-01 13:00")
    assert release_at(at("2026-06-01 13:00"), SIESTA, BERLIN) == at("2026-06-01 13:00")


def test_f27_an_end_in_the_repeated_hour_is_the_first_pass() -> None:
    """02:30 comes twice: quiet hours end at the first, and do not begin anew."""
    quiet = QuietHours(time(22), time(2, 30))
    assert release_at(at("2026-10-25 00:10"), quiet, BERLIN) == at("2026-10-25 00:30")
    assert release_at(at("2026-10-25 01:10"), quiet, BERLIN) == at("2026-10-25 01:10")


def test_f27_an_end_in_the_gap_moves_forward_for_all() -> None:
    """02:30 does not exist: everything held is released at 03:30."""
    quiet = QuietHours(time(22), time(2, 30))
    assert release_at(at("2026-03-29 00:50"), quiet, BERLIN) == at("2026-03-29 01:30")
    assert release_at(at("2026-03-29 01:10"), quiet, BERLIN) == at("2026-03-29 01:30")


def test_f27_a_night_over_a_date_that_never_was_ends_in_the_morning() -> None:
    """Samoa's night of 29 December 2011 ended on the 31st at 07:00."""
    night = at("2011-12-30 13:00")
    assert release_at(night, NIGHT, "Pacific/Apia") == at("2011-12-30 17:00")


@given(zones, spans, moments)
def test_f27_a_release_is_never_earlier_never_quiet_and_never_a_day_late(
    zone: str, quiet: QuietHours, moment: datetime
) -> None:
    """Releasing twice is releasing once, and it takes at most a day and the change."""
    released = release_at(moment, quiet, zone)
    assert moment <= released <= moment + timedelta(hours=25)
    assert release_at(released, quiet, zone) == released


@given(zones, spans, moments, st.integers(0, 3000))
def test_f27_what_was_earlier_is_released_no_later(
    zone: str, quiet: QuietHours, moment: datetime, minutes: int
) -> None:
    """Holding back keeps the order."""
    later = moment + timedelta(minutes=minutes)
    assert release_at(moment, quiet, zone) <= release_at(later, quiet, zone)


def test_quiet_hours_that_end_when_they_begin_are_refused() -> None:
    """All day or never: nobody can tell."""
    with pytest.raises(RecurrenceError, match="differs"):
        QuietHours(time(7), time(7))


@pytest.mark.parametrize(
    ("now", "minutes", "next_at", "expected"),
    [
        ("2026-06-01 05:00", 60, None, "2026-06-01 06:00"),
        ("2026-06-01 05:00", 60, "2026-06-01 06:01", "2026-06-01 06:00"),
        ("2026-06-01 05:00", 60, "2026-06-01 06:00", None),
        ("2026-06-01 19:00", 59, None, "2026-06-01 19:59"),
        ("2026-06-01 19:00", 60, None, None),
    ],
)
def test_f26_a_snooze_stays_before_the_next_time_and_the_night(
    now: str, minutes: int, next_at: str | None, expected: str | None
) -> None:
    """None says that there is no room left today."""
    until = snooze_until(
        at(now), minutes, quiet=NIGHT, zone=BERLIN, next_at=at(next_at) if next_at else None
    )
    assert until == (at(expected) if expected else None)


def test_f26_a_snooze_does_not_pass_midnight() -> None:
    """Without quiet hours the local day is the limit: 23:59 is in it, 00:00 is not."""
    now = at("2026-06-01 21:00")
    last = snooze_until(now, 59, quiet=None, zone=BERLIN, next_at=None)
    assert last == at("2026-06-01 21:59")
    assert snooze_until(now, 60, quiet=None, zone=BERLIN, next_at=None) is None


def test_f26_snoozed_twice_is_counted_from_each_now() -> None:
    """The second snooze knows nothing of the first, so the plan is never moved."""
    first = snooze_until(at("2026-06-01 05:00"), 30, quiet=NIGHT, zone=BERLIN, next_at=None)
    assert first is not None
    second = snooze_until(first, 30, quiet=NIGHT, zone=BERLIN, next_at=None)
    assert second == at("2026-06-01 06:00")


@pytest.mark.parametrize("minutes", [-1, 0, 1441])
def test_f26_a_snooze_has_a_sensible_length(minutes: int) -> None:
    """Less than a minute or more than a day is refused."""
    with pytest.raises(RecurrenceError, match="1 to 1440"):
        snooze_until(at("2026-06-01 05:00"), minutes, quiet=None, zone=BERLIN, next_at=None)


def test_f11_naive_times_are_refused() -> None:
    """Quiet hours and snoozes need an instant."""
    naive = datetime(2026, 1, 1)
    with pytest.raises(NaiveTimeError):
        release_at(naive, NIGHT, BERLIN)
    with pytest.raises(NaiveTimeError):
        snooze_until(naive, 5, quiet=None, zone=BERLIN, next_at=None)
