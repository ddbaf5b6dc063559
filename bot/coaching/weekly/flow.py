"""The weekly summary: made once a coach and week, and kept for a coach who cannot be reached.

Every day is told in exactly one summary that comes by itself, however its weekday, its time or a
zone changes: a summary begins where the last one that reached the coach ended. It is as many
letters as it has pages of ten athletes, each page followed by its charts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.messages import Album, Summary
from bot.conversation.message import Message
from bot.conversation.outgoing import post
from bot.conversation.told_apart import told_apart
from bot.programme import summary_schedule
from bot.protocol.calendar.local_time import local
from bot.protocol.calendar.weeks import last_day, seven_days, week_told
from bot.protocol.names import in_full
from bot.protocol.report.athlete_week import (
    LOOKS_BACK,
    URGENCY,
    AthleteWeek,
    CurrentState,
    athlete_week,
)
from bot.protocol.report.period import PeriodChart, chart_days
from bot.store import outbox, people, summaries
from bot.store.athletes import Stands, lags, standing
from bot.store.summaries import Days
from bot.store.tables import CoachRow, PersonRow, Role, SummaryRow
from bot.training import occurrences
from bot.training.history import stretches
from bot.training.load.reports import courses, load_reports
from bot.training.progression import standing as progression_standing

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
    due_at = row.as_of if now - row.as_of > LATE else None
    letters = pages(
        db,
        coach,
        athletes,
        days_told(db, row, athletes),
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


def days_above(
    zone: str, last: date, athletes: Sequence[PersonRow], days: Mapping[int, Days]
) -> Days:
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


# ---- its letters ----------------------------------------------------------------------

PAGE: Final = 10
"""Athletes on a page: so many that any page fits a message, and its charts an album."""
DRAWN: Final = timedelta(days=27)
"""A picture begins at most so long before its last day."""


@dataclass(frozen=True, slots=True)
class ToldAthlete:
    """One athlete of a summary: the words' values and the chart."""

    week: AthleteWeek
    chart: PeriodChart


def pages(
    db: Db,
    coach: PersonRow,
    athletes: Sequence[PersonRow],
    days: Mapping[int, Days],
    last: date,
    now: datetime,
    *,
    week: str | None,
    so_far: bool = False,
    due_at: datetime | None = None,
    repeat: bool = False,
    summary: int | None = None,
) -> list[Message]:
    """Return the letters about these days of each athlete, the most urgent first.

    `last` is the last day on the coach's own clock. A picture that would be empty is not made.
    """
    told = _told(db, athletes, days, now)
    first, last = days_above(coach.zone, last, athletes, days)
    sheets = [told[at : at + PAGE] for at in range(0, len(told), PAGE)]
    cover = Summary(
        week=week,
        first_day=first,
        last_day=last,
        zone=coach.zone,
        athletes=(),
        count=len(told),
        urgent=sum(one.week.is_urgent for one in told),
        pages=len(sheets),
        due_at=due_at,
        repeat=repeat,
        summary=summary,
        so_far=so_far,
    )
    letters: list[Message] = []
    for page, shown in enumerate(sheets):
        letters.append(replace(cover, page=page, athletes=tuple(one.week for one in shown)))
        charts = tuple(one.chart for one in shown if not one.chart.is_empty)
        letters += [Album(charts)] if charts else []
    return letters


def _told(
    db: Db, athletes: Sequence[PersonRow], days: Mapping[int, Days], now: datetime
) -> list[ToldAthlete]:
    """Return what is told of every athlete; the number of statements is the same for any number."""
    spans = {key: (first - LOOKS_BACK, last) for key, (first, last) in days.items()}
    found = stretches(db, athletes, spans)
    stands = standing(db, list(spans))
    steps = progression_standing.standing(db, list(stands), now)
    apart = told_apart(db, athletes, by_coach=False)
    loads = load_reports(db, {key: span for key, span in days.items() if key in stands})
    newest = max((last for _, last in days.values()), default=local(now, "UTC").date())
    found_courses = courses(db, list(stands), newest)
    told = []
    for one in athletes:
        assert one.id is not None
        if one.id in stands:
            stood = _current_state(stands[one.id], steps[one.id], one.zone, now)
            stood = replace(stood, course=found_courses[one.id])
            first, last = days[one.id]
            week = athlete_week(one.id, one.name, one.zone, found[one.id], stood, first)
            week = replace(week, apart=apart.get(one.id, ""), load=loads[one.id])
            drawn = found[one.id].part(max(first, last - DRAWN), last)
            chart = PeriodChart(
                athlete_id=one.id,
                name=in_full(one.name, week.apart),
                days=chart_days(drawn),
                pain_limit=stood.pain_limit,
            )
            told.append(ToldAthlete(week, chart))
    return sorted(told, key=lambda one: URGENCY.index(one.week.decision))


def _current_state(
    found: Stands, step: progression_standing.Standing, zone: str, now: datetime
) -> CurrentState:
    today, away = local(now, zone).date(), found.unreachable_since
    return CurrentState(
        lock_reason=found.lock_reason,
        open_flag=found.open_flag,
        unreachable_since=None if away is None else local(away, zone).date(),
        paused=occurrences.pauses(found, today),
        paused_until=found.paused_until,
        step_up=None if step.proposal is None else str(step.proposal),
        pain_limit=found.pain_limit,
        hard_stop=found.hard_stop,
    )
