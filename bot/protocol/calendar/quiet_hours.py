"""Quiet hours, and how far a reminder may be put off."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bot.protocol.calendar.local_time import instant, local, utc
from bot.protocol.calendar.recurrence import RecurrenceError

MAX_SNOOZE_MINUTES = 24 * 60

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Wall times [start, end) in which nothing rings; an end before the start is next morning.

    Raises RecurrenceError if both are the same.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise RecurrenceError("Quiet hours need an end that differs from their start.")

    def over_midnight(self) -> bool:
        """Tell whether they end on the day after they began."""
        return self.end < self.start


@lru_cache(maxsize=4096)
def release_at(moment: datetime, quiet: QuietHours, zone: str) -> datetime:
    """Return `moment` (UTC) if it is outside the quiet hours, else the instant they end.

    Quiet hours are taken as stretches of real time between two instants, so a clock change
    inside them neither loses nor doubles the end. Raises NaiveTimeError if naive.
    """
    moment = utc(moment)
    for start, end in _stretches(local(moment, zone).date(), quiet, zone):
        if start <= moment < end:
            return end
    return moment


def snooze_until(
    now: datetime,
    minutes: int,
    *,
    quiet: QuietHours | None,
    zone: str,
    next_at: datetime | None,
) -> datetime | None:
    """Return the instant of a reminder put off by so many minutes (1 to 1440), or None.

    None says "no room left today": the instant would be in quiet hours, on another local
    date than now, or not before the next occurrence. The plan itself is never touched.
    Raises RecurrenceError for other minutes, NaiveTimeError if `now` is naive.
    """
    if not 1 <= minutes <= MAX_SNOOZE_MINUTES:
        raise RecurrenceError(f"A snooze is 1 to {MAX_SNOOZE_MINUTES} minutes.")
    until = utc(now) + timedelta(minutes=minutes)
    another_day = local(until, zone).date() != local(now, zone).date()
    into_quiet = quiet is not None and release_at(until, quiet, zone) != until
    too_late = next_at is not None and until >= next_at
    return None if another_day or into_quiet or too_late else until


@lru_cache(maxsize=4096)
def _stretches(today: date, quiet: QuietHours, zone: str) -> tuple[tuple[datetime, datetime], ...]:
    """Return start and end, in UTC, of the quiet hours that may lie in this local date.

    The stretch begun two days ago still runs where a zone dropped a whole date.
    """
    return tuple(_stretch(today - days_ago * _DAY, quiet, zone) for days_ago in (2, 1, 0))


def _stretch(day: date, quiet: QuietHours, zone: str) -> tuple[datetime, datetime]:
    """Return start and end of the quiet hours that begin on `day`, in UTC."""
    end_day = day + _DAY if quiet.over_midnight() else day
    return instant(day, quiet.start, zone), instant(end_day, quiet.end, zone)
