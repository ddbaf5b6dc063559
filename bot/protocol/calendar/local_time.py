"""Instants and the wall clocks they are read on.

An instant is an aware datetime in UTC; a wall time belongs to an IANA zone.
The two meet here and nowhere else (docs/time.md, Time).
Zone arguments are names that `zones.normalise_zone` returned.

The day that a session belongs to begins at four in the morning, not at midnight: whoever is
reminded at 23:30 and trains at 00:10 has done that day's session, not the next one's.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEARBY = {-1: "yesterday", 0: "today", 1: "tomorrow"}


class NaiveTimeError(ValueError):
    """A time without a zone reached a place that needs an instant."""


@lru_cache(maxsize=1024)
def zone_info(zone: str) -> ZoneInfo:
    """Return the zone's rules, read once; `zoneinfo` itself keeps only eight zones in memory.

    Raises what ZoneInfo raises: ZoneInfoNotFoundError, ValueError or OSError.
    """
    return ZoneInfo(zone)


def utc(moment: datetime) -> datetime:
    """Return the same instant in UTC; raise NaiveTimeError for a naive datetime."""
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise NaiveTimeError(f"{moment!r} has no time zone; an aware datetime is needed.")
    return moment.astimezone(UTC)


def local(moment: datetime, zone: str) -> datetime:
    """Return the same instant on the zone's wall clock; raise NaiveTimeError if naive."""
    return utc(moment).astimezone(zone_info(zone))


@lru_cache(maxsize=4096)
def instant(day: date, at: time, zone: str) -> datetime:
    """Return the UTC instant at which the zone's wall clock shows `day` `at`.

    A wall time that does not exist moves forward by the length of the gap (02:30 → 03:30);
    one that exists twice is the first (docs/time.md, Time).
    """
    return datetime.combine(day, at.replace(fold=0), zone_info(zone)).astimezone(UTC)


@lru_cache(maxsize=4096)
def day_exists(day: date, zone: str) -> bool:
    """Tell whether the zone has that date at all: Samoa had no 30 December 2011."""
    return local(instant(day, time(12), zone), zone).date() == day


def say_time(moment: datetime, zone: str, *, seconds: bool = False) -> str:
    """Return the wall time as "07:30", or "07:31:20" with seconds."""
    return local(moment, zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def say_date(day: date, today: date) -> str:
    """Return "today", "tomorrow", "yesterday" or "Tue 24 Nov"; another year is added."""
    nearby = _NEARBY.get((day - today).days)
    if nearby is not None:
        return nearby
    text = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def say_span(first: date, last: date) -> str:
    """Return two days as "16–22 Nov 2026" or "26 Oct – 22 Nov 2026"; one as "22 Nov 2026"."""
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {MONTHS[first.month - 1]}{year} – {end}"


def say_day_time(moment: datetime, zone: str, now: datetime, *, seconds: bool = False) -> str:
    """Return "today 07:30" or "Tue 24 Nov 07:30" on the zone's clock, seen from `now`."""
    day = say_date(local(moment, zone).date(), local(now, zone).date())
    return f"{day} {say_time(moment, zone, seconds=seconds)}"


def say_offset(offset: timedelta) -> str:
    """Return "UTC", "UTC+2", "UTC+5:30" or "UTC−3:30"; seconds are left out."""
    minutes = round(offset / timedelta(minutes=1))
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "−"
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"


def utc_offset_label(moment: datetime, zone: str) -> str:
    """Return the zone's offset at that instant as `say_offset` writes it."""
    return say_offset(local(moment, zone).utcoffset() or timedelta())


def _runs(days: list[int]) -> list[list[int]]:
    """Split sorted day numbers into runs of neighbours."""
    breaks = [i for i, (a, b) in enumerate(pairwise(days), start=1) if b != a + 1]
    return [days[i:j] for i, j in pairwise([0, *breaks, len(days)])]


def _say_run(run: list[int]) -> str:
    """Return "Mon–Fri" for three neighbours or more, else "Mon, Tue"."""
    names = [WEEKDAYS[day] for day in run]
    return f"{names[0]}–{names[-1]}" if len(names) > 2 else ", ".join(names)  # noqa: PLR2004


def say_weekdays(weekdays: frozenset[int]) -> str:
    """Return "every day", "Mon–Fri" or "Mon, Wed, Fri" for days 0 (Monday) to 6 (Sunday)."""
    if len(weekdays) == len(WEEKDAYS):
        return "every day"
    return ", ".join(_say_run(run) for run in _runs(sorted(weekdays)) if run)


# ---- the day that a session belongs to ------------------------------------------------

BEGINS: Final = time(4)
"""Before this local time it is still the day before."""
_DAY: Final = timedelta(days=1)


def training_day(moment: datetime, zone: str) -> date:
    """Return the day of training that an instant falls into."""
    wall = local(moment, zone)
    return wall.date() if wall.time() >= BEGINS else wall.date() - _DAY


def ends_at(day: date, zone: str) -> datetime:
    """Return the instant at which a day of training is over."""
    return instant(day + _DAY, BEGINS, zone)


def opens_at(day: date, planned_at: datetime, zone: str) -> datetime:
    """Return from when on a session may be that of the local date `day`, planned for then.

    A reminder before four has the date it is on, and so has its session: from midnight on.
    """
    begins = instant(day, BEGINS, zone)
    return begins if begins <= planned_at else instant(day, time(), zone)


def over_at(day: date, planned_at: datetime, zone: str) -> datetime:
    """Return until when a session may still be that of the local date `day`, planned for then."""
    by_night = planned_at < instant(day, BEGINS, zone)
    return instant(day + _DAY, time(), zone) if by_night else ends_at(day, zone)
