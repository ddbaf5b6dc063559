"""The morning after: its baseline, its verdict at every edge, and when it is asked about."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.protocol.calendar.quiet_hours import QuietHours
from bot.protocol.progression.morning import Verdict, asked_at, baseline, verdict

DAY = date(2026, 11, 24)
NIGHT = QuietHours(time(22), time(7))
BERLIN = "Europe/Berlin"


def mornings(**ago: int) -> dict[date, int]:
    """Return mornings from "d3=2": three days ago it was 2."""
    return {DAY - timedelta(days=int(name[1:])): value for name, value in ago.items()}


def judged(value: int | None, **ago: int) -> Verdict:
    """Judge today's value after these mornings, by limit 3 and hard stop 6."""
    known = mornings(**ago) | ({} if value is None else {DAY: value})
    return verdict(known, DAY, pain_limit=3, hard_stop=6)


@pytest.mark.parametrize(
    ("expected", "ago"),
    [
        (None, {}),
        (4, {"d1": 4}),
        (2.5, {"d1": 2, "d2": 3}),
        (1, {"d1": 4, "d8": 1, "d9": 1, "d10": 1}),  # the 28 days are lower
        (2, {"d1": 2, "d8": 6, "d9": 6}),  # the 7 days are lower
        (3, {"d7": 3, "d28": 3}),
        (5, {"d8": 5}),  # nothing known within 7 days
        (None, {"d29": 5}),
        (None, {"d0": 5}),  # the morning itself is no baseline
    ],
)
def test_the_baseline(expected: float | None, ago: dict[str, int]) -> None:
    """The lower median of 7 and 28 days before, of those that are known."""
    assert baseline(mornings(**ago), DAY) == expected


@pytest.mark.parametrize(
    ("value", "ago", "expected"),
    [
        (None, {"d1": 9}, Verdict.UNKNOWN),
        # without a baseline the number alone
        (0, {}, Verdict.SETTLED),
        (1, {}, Verdict.SETTLED),
        (2, {}, Verdict.WATCH),
        (3, {}, Verdict.WATCH),
        (4, {}, Verdict.FLARE),
        (5, {}, Verdict.FLARE),
        (6, {}, Verdict.SEVERE),
        (10, {}, Verdict.SEVERE),
        # against the baseline
        (2, {"d9": 2}, Verdict.SETTLED),
        (3, {"d9": 2}, Verdict.WATCH),
        (4, {"d9": 4}, Verdict.SETTLED),
        (5, {"d9": 4}, Verdict.FLARE),
        (3, {"d9": 1}, Verdict.FLARE),
        (2, {"d9": 0}, Verdict.FLARE),
        (1, {"d9": 0}, Verdict.SETTLED),
        (3, {"d9": 1, "d10": 2}, Verdict.WATCH),  # 1.5 above 1.5
        (6, {"d9": 6}, Verdict.SEVERE),
        # the second flare running
        (4, {"d1": 4}, Verdict.SETTLED),
        (5, {"d1": 4, "d9": 1}, Verdict.SEVERE),
        (4, {"d1": 8, "d9": 1, "d10": 1}, Verdict.SEVERE),
        (4, {"d7": 5, "d9": 1, "d10": 1}, Verdict.SEVERE),
        (4, {"d8": 5, "d9": 1, "d10": 1}, Verdict.FLARE),  # too long ago
        (4, {"d1": 1, "d2": 5, "d9": 1}, Verdict.FLARE),  # a good morning between
    ],
)
def test_the_verdict(value: int | None, ago: dict[str, int], expected: Verdict) -> None:
    """PROTOCOL 3, first match wins, at every edge."""
    assert judged(value, **ago) is expected


def test_a_third_flare_running_is_severe_too() -> None:
    """What made the second severe makes the third so."""
    assert judged(5, d1=5, d2=5, d9=1, d10=1, d11=1) is Verdict.SEVERE


@pytest.mark.parametrize(("limit", "expected"), [(3, Verdict.FLARE), (4, Verdict.WATCH)])
def test_the_plans_own_limit(limit: int, expected: Verdict) -> None:
    """4 is a flare at limit 3, and none at 4."""
    assert verdict({DAY: 4}, DAY, pain_limit=limit, hard_stop=6) is expected


@pytest.mark.parametrize(
    ("ended", "quiet", "expected"),
    [
        ("2026-11-23T07:00", NIGHT, "2026-11-24T07:00"),  # 08:00 in Berlin
        ("2026-11-24T00:59", NIGHT, "2026-11-24T07:00"),
        ("2026-11-24T02:10", NIGHT, "2026-11-24T08:10"),  # six hours after the session
        ("2026-11-23T07:00", QuietHours(time(22), time(9, 30)), "2026-11-24T08:30"),
    ],
)
def test_when_it_is_asked(ended: str, quiet: QuietHours, expected: str) -> None:
    """08:00, the end of the quiet hours, six hours after the session: whichever is latest."""
    found = asked_at(DAY, datetime.fromisoformat(ended).replace(tzinfo=UTC), quiet, BERLIN)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 3, 29), BERLIN, "2026-03-29T06:00"),
        (date(2026, 10, 25), BERLIN, "2026-10-25T07:00"),
        (DAY, "Australia/Sydney", "2026-11-23T21:00"),
    ],
)
def test_on_the_athletes_clock(day: date, zone: str, expected: str) -> None:
    """08:00 stays 08:00 over the changes of the clocks, wherever it is."""
    ended = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
    found = asked_at(day, ended, NIGHT, zone)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)
