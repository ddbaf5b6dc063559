"""Which local days of each athlete a summary tells of.

Every day is told in exactly one summary that comes by itself, however its weekday, its time or a
zone changes: a summary begins where the last one that reached the coach ended.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.protocol.calendar.summary_time import seven_days
from bot.store import summaries
from bot.store.summaries import Days
from bot.store.tables import PersonRow, SummaryRow

_DAY: Final = timedelta(days=1)


def seven(athletes: Sequence[PersonRow], as_of: datetime) -> dict[int, Days]:
    """Return the last seven days of each that were over at `as_of`."""
    return {_id(one): seven_days(as_of, one.zone) for one in athletes}


def this_week(athletes: Sequence[PersonRow], now: datetime) -> dict[int, Days]:
    """Return each one's days from Monday to today."""
    todays = {_id(one): local(now, one.zone).date() for one in athletes}
    return {key: (day - day.weekday() * _DAY, day) for key, day in todays.items()}


def not_told(
    db: Db, coach_id: int, athletes: Sequence[PersonRow], as_of: datetime
) -> dict[int, Days]:
    """Return each one's days that were over at `as_of`, and that the coach was not told of yet.

    Who was never told of has seven, or all since the athlete shares them.
    """
    until = summaries.told_until(db, coach_id, as_of)
    since = summaries.shared_since(db, coach_id)
    found = {}
    for one in athletes:
        key, (first, last) = _id(one), seven_days(as_of, one.zone)
        if key in until:
            first = until[key] + _DAY
        elif key in since:
            first = min(first, local(since[key], one.zone).date())
        found[key] = (first, max(last, first - _DAY))
    return found


def told(db: Db, row: SummaryRow, athletes: Sequence[PersonRow]) -> dict[int, Days]:
    """Return the days that a summary told of; the usual seven of whoever it did not."""
    return seven(athletes, row.as_of) | {
        key: days
        for key, days in summaries.days_of(db, row).items()
        if key in {one.id for one in athletes}
    }


def above(zone: str, last: date, athletes: Sequence[PersonRow], days: Mapping[int, Days]) -> Days:
    """Return the days that stand above a summary: those of most athletes in the coach's zone.

    Where nobody there has any, as many as most have, up to the coach's own `last` one.
    """
    known = {key: found for key, found in days.items() if found[0] <= found[1]}
    here = Counter(known[_id(one)] for one in athletes if one.zone == zone and _id(one) in known)
    if here:
        return here.most_common(1)[0][0]
    lengths = Counter(found[1] - found[0] for found in known.values())
    return (last - lengths.most_common(1)[0][0] if lengths else last), last


def _id(person: PersonRow) -> int:
    assert person.id is not None
    return person.id
