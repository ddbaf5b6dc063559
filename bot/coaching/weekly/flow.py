"""The weekly summary: made once a coach and week, and kept for a coach who cannot be reached.

Every day is told in exactly one summary that comes by itself, however its weekday, its time or a
zone changes: a summary begins where the last one that reached the coach ended. It is one message,
however many athletes there are (`pages.py`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.messages import Summary
from bot.coaching.weekly import pages
from bot.conversation.outgoing import post
from bot.programme import summary_schedule
from bot.protocol.calendar.local_time import local
from bot.protocol.calendar.weeks import last_day, seven_days, week_told
from bot.store import outbox, people, summaries
from bot.store.athletes import lags
from bot.store.summaries import Days
from bot.store.tables import CoachRow, PersonRow, Role, SummaryRow

LATE: Final = timedelta(hours=1)
"""From here on a summary says that it is late."""
OF_USE: Final = timedelta(days=3)
"""A summary later than this is not sent any more; /summary still shows it."""
NEWEST: Final = timedelta(days=8)
"""A kept summary older than this is not the newest week's any more."""
_AGAIN: Final = timedelta(minutes=1)


def act(db: Db, coach_id: int, now: datetime) -> bool:
    """Make the summary that is due; False when none was.

    After an outage it waits, a minute at a time, until every day it tells of is settled.
    """
    row = db.get(CoachRow, coach_id)
    if row is None or row.summary_due_at is None or row.summary_due_at > now:
        return False
    if Role.COACH not in people.roles_of(db, coach_id):
        db.delete(row)
        return False
    coach, athletes = people.person(db, coach_id), people.athletes(db, coach_id)
    as_of = summary_schedule.time_of(row, coach).newest(now)
    made = False
    if athletes and now - as_of <= OF_USE:
        ids = [one.id for one in athletes if one.id is not None]
        if lags(db, ids, max(last_day(as_of, one.zone) for one in athletes), now):
            row.summary_due_at = now + _AGAIN
            db.add(row)
            return False
        made = _make(db, coach, athletes, as_of, now)
    summary_schedule.set_next(db, row, now)
    return made


def _make(
    db: Db, coach: PersonRow, athletes: list[PersonRow], as_of: datetime, now: datetime
) -> bool:
    assert coach.id is not None
    week = str(week_told(as_of, coach.zone))
    found = days_not_told(db, coach.id, athletes, as_of)
    claimed = summaries.claim(db, coach.id, week, as_of, now)
    if claimed is None:
        return False
    summaries.keep_days(db, claimed, found)
    if coach.unreachable_since is None:
        _post(db, coach, athletes, claimed, now)
    return True


def _post(
    db: Db, coach: PersonRow, athletes: list[PersonRow], row: SummaryRow, now: datetime
) -> None:
    letter = pages.first(
        db,
        coach,
        athletes,
        days_told(db, row, athletes),
        last_day(row.as_of, coach.zone),
        now,
        week=row.week,
        due_at=row.as_of if now - row.as_of > LATE else None,
        summary=row.id,
    )
    key = f"{summaries.letter_key(row)}{now.timestamp():.0f}"
    post(db, coach.telegram_id, letter, now, key=key)


def delivered(db: Db, letter: Summary, now: datetime) -> None:
    """A summary reached the coach."""
    row = None if letter.summary is None else db.get(SummaryRow, letter.summary)
    if row is not None and row.told_at is None:
        row.told_at = now
        db.add(row)


def catch_up(db: Db, coach_id: int, now: datetime) -> None:
    """The coach is back: send the summary that could not be delivered, if it is the newest."""
    row, coach = summaries.newest(db, coach_id), people.person(db, coach_id)
    if row is None or row.told_at is not None or now - row.as_of > NEWEST:
        return
    athletes = people.athletes(db, coach_id)
    if athletes and not outbox.waits(db, summaries.letter_key(row)):
        _post(db, coach, athletes, row, now)


# ---- which days of each athlete it tells of -------------------------------------------

_DAY: Final = timedelta(days=1)


def last_seven(athletes: Sequence[PersonRow], as_of: datetime) -> dict[int, Days]:
    """Return the last seven days of each that were over at `as_of`."""
    return {_id(one): seven_days(as_of, one.zone) for one in athletes}


def this_week(athletes: Sequence[PersonRow], now: datetime) -> dict[int, Days]:
    """Return each one's days from Monday to today."""
    todays = {_id(one): local(now, one.zone).date() for one in athletes}
    return {key: (day - day.weekday() * _DAY, day) for key, day in todays.items()}


def days_not_told(
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


def days_told(db: Db, row: SummaryRow, athletes: Sequence[PersonRow]) -> dict[int, Days]:
    """Return the days that a summary told of; the usual seven of whoever it did not."""
    return last_seven(athletes, row.as_of) | {
        key: days
        for key, days in summaries.days_of(db, row).items()
        if key in {one.id for one in athletes}
    }


def _id(person: PersonRow) -> int:
    assert person.id is not None
    return person.id
