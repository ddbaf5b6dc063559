"""ISO weeks as an athlete lives them: Monday 00:00 to Monday 00:00 on their own clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.protocol.calendar.local_time import instant, local, utc

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
