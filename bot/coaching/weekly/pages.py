"""A coach's summary as letters: ten athletes a page, each page followed by its charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.messages import Album, Summary
from bot.coaching.weekly.days import above
from bot.conversation.message import Message
from bot.protocol.calendar.local_time import local
from bot.protocol.report.athlete_week import (
    LOOKS_BACK,
    URGENCY,
    AthleteWeek,
    CurrentState,
    athlete_week,
)
from bot.protocol.report.period import PeriodChart, chart_days
from bot.store.athlete_states import Stands, standing
from bot.store.summaries import Days
from bot.store.tables import PersonRow
from bot.training import occurrences
from bot.training.history import stretches
from bot.training.progression import standing as progression_standing

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
    first, last = above(coach.zone, last, athletes, days)
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
    told = []
    for one in athletes:
        assert one.id is not None
        if one.id in stands:
            stood = _standing(stands[one.id], steps[one.id], one.zone, now)
            first, last = days[one.id]
            week = athlete_week(one.id, one.name, one.zone, found[one.id], stood, first)
            drawn = found[one.id].part(max(first, last - DRAWN), last)
            chart = PeriodChart(
                athlete_id=one.id,
                name=one.name,
                days=chart_days(drawn),
                pain_limit=stood.pain_limit,
            )
            told.append(ToldAthlete(week, chart))
    return sorted(told, key=lambda one: URGENCY.index(one.week.decision))


def _standing(
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
