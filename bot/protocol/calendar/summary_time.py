"""When a coach's weekly summary is made, what its week is called, and which days it tells of."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.protocol.calendar.iso_week import IsoWeek
from bot.protocol.calendar.local_time import instant
from bot.protocol.calendar.recurrence import Recurrence, next_occurrence, occurrences_between
from bot.protocol.calendar.training_day import training_day

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
