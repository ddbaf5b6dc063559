"""The day that a session belongs to: it begins at four in the morning, not at midnight.

Whoever is reminded at 23:30 and trains at 00:10 has done that day's session, not the next one's.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from bot.protocol.calendar.local_time import instant, local

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
