"""The weekly summary: made once a coach and week, and kept for a coach who cannot be reached."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.messages import Summary
from bot.coaching.weekly import days
from bot.coaching.weekly.pages import pages
from bot.conversation.outgoing import post
from bot.programme import summary_schedule
from bot.protocol.calendar.summary_time import last_day, week_told
from bot.store import outbox, people, summaries
from bot.store.athlete_states import lags
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
    found = days.not_told(db, coach.id, athletes, as_of)
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
    due_at = row.as_of if now - row.as_of > LATE else None
    letters = pages(
        db,
        coach,
        athletes,
        days.told(db, row, athletes),
        last_day(row.as_of, coach.zone),
        now,
        week=row.week,
        due_at=due_at,
        summary=row.id,
    )
    for number, letter in enumerate(letters):
        key = f"{summaries.letter_key(row)}{now.timestamp():.0f}:{number}"
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
