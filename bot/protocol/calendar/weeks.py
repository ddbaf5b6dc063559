"""Weeks: as an athlete lives them, Monday 00:00 to Monday 00:00 on their own clock; and as told.

When a coach's weekly summary is made, what its week is called, and which days it tells of.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.protocol.calendar.local_time import instant, local, training_day, utc
from bot.protocol.calendar.recurrence import Recurrence, next_occurrence, occurrences_between

_WEEK = timedelta(days=7)
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True, order=True)
class IsoWeek:
    """An ISO 8601 week: its year may differ from the calendar year of its days.

    `number` is 1 to 52, or 53 in long years; anything else is a ValueError.
    """

    year: int
    number: int

    def __post_init__(self) -> None:
        date.fromisocalendar(self.year, self.number, 1)

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"

    @property
    def monday(self) -> date:
        """The week's first date."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        """The week's last date."""
        return date.fromisocalendar(self.year, self.number, 7)

    @classmethod
    def containing(cls, day: date) -> "IsoWeek":
        """Return the week of a date."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    def plus(self, weeks: int) -> "IsoWeek":
        """Return the week so many weeks later, or earlier if negative."""
        return IsoWeek.containing(self.monday + weeks * _WEEK)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open stretch of time [start, end), both UTC."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= utc(moment) < self.end

    @property
    def hours(self) -> float:
        """Real hours from start to end: 168 in most weeks."""
        return (self.end - self.start) / timedelta(hours=1)


def local_week(week: IsoWeek | date, zone: str) -> Window:
    """Return the week, or the week of that date, as lived in the zone.

    167 hours where the clocks go forward, 169 where they go back (by one hour).
    """
    if isinstance(week, date):
        week = IsoWeek.containing(week)
    return Window(
        instant(week.monday, _MIDNIGHT, zone),
        instant(week.monday + _WEEK, _MIDNIGHT, zone),
    )


def iso_week_of(moment: datetime, zone: str) -> IsoWeek:
    """Return the ISO week of the local date at that instant; raise NaiveTimeError if naive."""
    return IsoWeek.containing(local(moment, zone).date())


# ---- a coach's weekly summary ---------------------------------------------------------

DAYS: Final = 7
_DAY: Final = timedelta(days=1)
_LONG_AGO: Final = timedelta(days=15)
_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SummaryTime:
    """A weekday, 0 for Monday, and a wall time on the clock of the coach's IANA zone."""

    weekday: int
    at: time
    zone: str

    @property
    def _recurrence(self) -> Recurrence:
        return Recurrence(frozenset({self.weekday}), (self.at,), self.zone)

    def after(self, moment: datetime) -> datetime:
        """Return the first instant later than `moment` at which a summary is made."""
        return next_occurrence(self._recurrence, moment).at

    def newest(self, moment: datetime) -> datetime:
        """Return the last instant, not later than `moment`, at which a summary is made."""
        return occurrences_between(self._recurrence, moment - _LONG_AGO, moment + _MOMENT)[-1].at

    def of_week(self, week: IsoWeek) -> datetime:
        """Return the instant at which the summary of a week is made."""
        first = week.monday + _DAY
        day = first + (self.weekday - first.weekday()) % DAYS * _DAY
        return instant(day, self.at, self.zone)


def last_day(as_of: datetime, zone: str) -> date:
    """Return the last local date whose day of training is over at `as_of` in the zone."""
    return training_day(as_of, zone) - _DAY


def seven_days(as_of: datetime, zone: str) -> tuple[date, date]:
    """Return the first and last of the seven local dates that end at or before `as_of`."""
    last = last_day(as_of, zone)
    return last - (DAYS - 1) * _DAY, last


def week_told(as_of: datetime, zone: str) -> IsoWeek:
    """Return what a summary made at `as_of` is called: the week of its last day, coach's zone."""
    return IsoWeek.containing(last_day(as_of, zone))
