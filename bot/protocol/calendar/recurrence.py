"""The days and wall times at which an athlete is asked to hold.

Exactly one occurrence per local date and slot, over every change of the clocks
and every move of the athlete (docs/time.md, Time).
"""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfoNotFoundError

from bot.protocol.calendar.local_time import day_exists, instant, local, utc, zone_info

MIN_GAP = timedelta(hours=4)
MAX_TIMES = 2
HORIZON_DAYS = 400

_DAY = timedelta(days=1)
_ALL_DAYS = frozenset(range(7))

OccurrenceKey = tuple[date, int]
"""Local date and slot: with the athlete, an occurrence's unique name."""

Skip = Callable[[OccurrenceKey], bool] | Container[OccurrenceKey]
"""Which keys not to return: a predicate or a collection."""


class RecurrenceError(ValueError):
    """A plan's days, times or zone cannot be followed."""


class NoOccurrenceError(RecurrenceError):
    """Everything within HORIZON_DAYS was skipped."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Weekdays 0 (Monday) to 6, one or two wall times, and the IANA zone they are read in.

    Times are whole minutes, in ascending order, MIN_GAP apart, also over midnight.
    Raises RecurrenceError, in one sentence, for anything else.
    """

    weekdays: frozenset[int]
    times: tuple[time, ...]
    zone: str

    def __post_init__(self) -> None:
        _check_weekdays(self.weekdays)
        _check_times(self.times)
        _check_zone(self.zone)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One asking: the local date, the index of the time (0 or 1), and the instant in UTC."""

    local_date: date
    slot: int
    at: datetime

    @property
    def key(self) -> OccurrenceKey:
        """Local date and slot."""
        return (self.local_date, self.slot)


def next_occurrence(
    recurrence: Recurrence,
    after: datetime,
    *,
    skip: Skip = (),
    last_key: OccurrenceKey | None = None,
) -> Occurrence:
    """Return the first occurrence later than `after`, never one in `skip`.

    `last_key` is the newest key the athlete has had: nothing at or before it is returned,
    so a journey west over the date line repeats no local date.
    Raises NaiveTimeError for a naive `after`, NoOccurrenceError if all is skipped.
    """
    start = local(after, recurrence.zone).date() - _DAY
    if last_key is not None:
        start = max(start, last_key[0])
    for found in _walk(recurrence, start, start + HORIZON_DAYS * _DAY):
        seen = last_key is not None and found.key <= last_key
        if found.at > after and not seen and not _skipped(found.key, skip):
            return found
    raise NoOccurrenceError(f"Nothing is due within {HORIZON_DAYS} days of {start}.")


def occurrences_between(
    recurrence: Recurrence, start: datetime, end: datetime
) -> tuple[Occurrence, ...]:
    """Return the occurrences in the half-open interval [start, end), in order.

    Raises NaiveTimeError for naive bounds.
    """
    first = local(start, recurrence.zone).date() - _DAY
    last = local(end, recurrence.zone).date()
    begun = (found for found in _walk(recurrence, first, last) if found.at >= utc(start))
    return tuple(takewhile(lambda found: found.at < end, begun))


def planned_for(recurrence: Recurrence, key: OccurrenceKey) -> datetime | None:
    """Return when the occurrence of this local date and slot is planned, or None.

    None for a date that is no day of the plan or that the zone never had, and for another slot.
    """
    day, slot = key
    found = (one.at for one in _walk(recurrence, day, day) if one.slot == slot)
    return next(found, None)


def _walk(recurrence: Recurrence, first: date, last: date) -> Iterator[Occurrence]:
    """Yield every occurrence with a local date from `first` to `last`, in order of time.

    A date that the zone never had (its clocks jumped a whole day) has none.
    """
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        if day.weekday() in recurrence.weekdays and day_exists(day, recurrence.zone):
            for slot, at in enumerate(recurrence.times):
                yield Occurrence(day, slot, instant(day, at, recurrence.zone))


def _skipped(key: OccurrenceKey, skip: Skip) -> bool:
    return skip(key) if callable(skip) else key in skip


def _check_weekdays(weekdays: frozenset[int]) -> None:
    if not weekdays:
        raise RecurrenceError("A plan needs at least one weekday.")
    if not weekdays <= _ALL_DAYS:
        raise RecurrenceError("Weekdays are numbers from 0 (Monday) to 6 (Sunday).")


def _check_times(times: tuple[time, ...]) -> None:
    if not 1 <= len(times) <= MAX_TIMES:
        raise RecurrenceError("A plan has one or two times a day.")
    if any(at.tzinfo is not None for at in times):
        raise RecurrenceError("A plan's times are wall times, without a zone of their own.")
    if any(at.second or at.microsecond for at in times):
        raise RecurrenceError("A plan's times are whole minutes.")
    if list(times) != sorted(times):
        raise RecurrenceError("A plan's times stand in the order of the day.")
    if len(times) == MAX_TIMES and not MIN_GAP <= _apart(*times) <= _DAY - MIN_GAP:
        raise RecurrenceError("Two times a day are at least four hours apart, also over midnight.")


def _apart(earlier: time, later: time) -> timedelta:
    return timedelta(
        hours=later.hour - earlier.hour,
        minutes=later.minute - earlier.minute,
    )


def _check_zone(zone: str) -> None:
    try:
        zone_info(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RecurrenceError(f"{zone!r} is not a time zone of the IANA database.") from error
