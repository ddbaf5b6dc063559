"""Every zone's clocks from 2026 to 2030, at every half hour of the day.

Zones are put together where their offsets and all their changes in these years are equal, to
the second: for them every computation is the same. For each such set of rules and each of
the 48 half hours `next_occurrence` is called step by step over all dates within three days of
a change or of a new year, and every instant is checked. All dates of the five years are walked
as well, for each set of rules and each half hour: every local date comes exactly once, in order.
What is expected comes from the list of changes alone, by another formula than the bot's.
"""

import random
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from bot.protocol.calendar.recurrence import Recurrence, next_occurrence, occurrences_between
from bot.protocol.calendar.zones import known_zones

FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
SCAN_FROM, SCAN_TO = datetime(2025, 12, 20, tzinfo=UTC), datetime(2031, 1, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
AROUND = 3
DAILY = frozenset(range(7))
HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]


@dataclass(frozen=True)
class Rules:
    """Instants (UTC) from which offsets hold; the first offset holds before all of them."""

    starts: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]

    def offset_at(self, moment: datetime) -> timedelta:
        """Return the offset in force at an instant."""
        return self.offsets[bisect_right(self.starts, moment)]

    def expected(self, day: date, at: time) -> datetime:
        """Return the first instant with that wall time, or the gap's length after it."""
        wall = datetime.combine(day, at, UTC)
        near = [self.offset_at(wall - DAY), self.offset_at(wall + DAY)]
        fits = [wall - offset for offset in near if self.offset_at(wall - offset) == offset]
        return min(fits, default=wall - near[0])


def offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    """Return the zone's offset at an instant."""
    return moment.astimezone(zone).utcoffset() or timedelta()


def change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the second at which the offset of `before` ends, by halving the interval."""
    old = offset(zone, before)
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (middle, after) if offset(zone, middle) == old else (before, middle)
    return after


def rules_of(name: str) -> Rules:
    """Return a zone's rules, found by asking for its offset twice a day."""
    zone, starts, offsets = ZoneInfo(name), [], [offset(ZoneInfo(name), SCAN_FROM)]
    moment, step = SCAN_FROM, timedelta(hours=12)
    while moment < SCAN_TO:
        moment += step
        now = offset(zone, moment)
        if now != offsets[-1]:
            starts.append(change_between(zone, moment - step, moment))
            offsets.append(now)
    return Rules(tuple(starts), tuple(offsets))


@cache
def classes() -> dict[Rules, list[str]]:
    """Return all zones by their rules."""
    found: dict[Rules, list[str]] = {}
    for name in known_zones():
        found.setdefault(rules_of(name), []).append(name)
    return found


def stretches(rules: Rules) -> Iterator[tuple[date, date]]:
    """Yield the first and last date of each stretch around a change or a new year."""
    changes = {start.date() for start in rules.starts}
    new_years = {date(year, 1, 1) for year in range(FIRST.year, LAST.year + 2)}
    wanted = {day + i * DAY for day in changes | new_years for i in range(-AROUND, AROUND + 1)}
    days = sorted(day for day in wanted if FIRST <= day <= LAST)
    start = days[0]
    for day, following in zip(days, [*days[1:], date.max], strict=True):
        if following != day + DAY:
            yield start, day
            start = following


def assert_once_per_date(plan: Recurrence, rules: Rules, first: date, last: date) -> None:
    """Step from date to date: each comes once, later than the one before, at its instant."""
    at, now = plan.times[0], rules.expected(first, plan.times[0]) - SECOND
    for number in range(first.toordinal(), last.toordinal() + 1):
        found = next_occurrence(plan, now)
        day = date.fromordinal(number)
        assert (found.local_date, found.at) == (day, rules.expected(day, at)), plan
        assert found.at > now
        now = found.at


def test_f02_every_zone_and_half_hour_once_per_date_around_every_change() -> None:
    """All sets of rules, all half hours, three days around all changes and new years."""
    for rules, names in classes().items():
        for at in HALF_HOURS:
            plan = Recurrence(DAILY, (at,), names[0])
            for first, last in stretches(rules):
                assert_once_per_date(plan, rules, first, last)


@pytest.mark.parametrize("part", range(4))
def test_f02_exactly_one_occurrence_on_every_date_of_five_years(part: int) -> None:
    """All sets of rules, all half hours, all 1,826 dates: one each, in order, none twice."""
    dates = [date.fromordinal(day) for day in range(FIRST.toordinal(), LAST.toordinal() + 1)]
    for number, (rules, names) in enumerate(classes().items()):
        if number % 4 != part:
            continue
        zone = random.choice(names)
        for at in HALF_HOURS:
            plan = Recurrence(DAILY, (at,), zone)
            start, end = rules.expected(FIRST, at), rules.expected(LAST, at) + SECOND
            found = occurrences_between(plan, start, end)
            assert [one.local_date for one in found] == dates, plan
            assert all(one.at < after.at for one, after in pairwise(found)), plan


def test_the_zones_are_all_there_and_their_changes_were_found() -> None:
    """The sweep covers over 400 zones, and finds known changes to the second."""
    assert sum(len(names) for names in classes().values()) > 400
    berlin = rules_of("Europe/Berlin")
    assert datetime(2026, 3, 29, 1, tzinfo=UTC) in berlin.starts
    assert len(berlin.starts) == 10
    assert rules_of("Asia/Tokyo").starts == ()


def test_zones_of_one_class_give_the_same_instants() -> None:
    """Every zone of a class is checked against the class's rules at each change."""
    for rules, names in classes().items():
        for name in names[1:]:
            plan = Recurrence(DAILY, (time(2, 30),), name)
            for start in rules.starts:
                day = start.date()
                assert_once_per_date(plan, rules, day - DAY, day + DAY)
