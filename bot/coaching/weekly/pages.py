"""The pages of a summary: counts and decisions of all athletes, ten of them at a time.

A letter holds who is told of, in which order and for which days. So a page is made anew whenever
its button is pressed, and says what is true then.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.messages import PAGE, ListedAthlete, Summary, SummaryTurned
from bot.conversation.paging import Page
from bot.conversation.told_apart import told_apart
from bot.protocol.calendar.local_time import local
from bot.protocol.names import in_full
from bot.protocol.progression import ladder
from bot.protocol.report.athlete_week import (
    LOOKS_BACK,
    URGENCY,
    WEEK,
    AthleteWeek,
    CurrentState,
    Decision,
    athlete_week,
    without_checks,
)
from bot.protocol.report.headline import headline
from bot.protocol.report.period import PeriodChart, chart_days
from bot.store import athletes as athlete_rows
from bot.store import people, sessions
from bot.store.athletes import Stands
from bot.store.marks import marks
from bot.store.summaries import Days
from bot.store.tables import PersonRow, PlanRow
from bot.training import occurrences
from bot.training.history import stretches
from bot.training.load.reports import load_reports
from bot.training.phrases import say_headline
from bot.training.progression import standing as progression_standing

DRAWN: Final = timedelta(days=27)
"""A picture begins at most so long before its last day."""
_DAY: Final = timedelta(days=1)
_BARRED: Final = frozenset({Decision.RED_FLAG, Decision.LOCKED})


@dataclass(frozen=True, slots=True)
class ToldAthlete:
    """One athlete of a summary: the words' values and the chart."""

    week: AthleteWeek
    chart: PeriodChart


def first(
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
) -> Summary:
    """Return the first page about these days of each athlete, the most urgent first.

    `last` is the last day on the coach's own clock.
    """
    weeks = [one.week for one in told(db, _id(coach), athletes, days, now, athletes)]
    weeks.sort(key=lambda one: URGENCY.index(one.decision))
    begin, end = days_above(coach.zone, last, athletes, days)
    return Summary(
        week=week,
        first_day=begin,
        last_day=end,
        zone=coach.zone,
        athletes=tuple(weeks[:PAGE]),
        listed=tuple(
            ListedAthlete(one.athlete_id, one.first_day, one.last_day, one.decision)
            for one in weeks
        ),
        due_at=due_at,
        repeat=repeat,
        summary=summary,
        so_far=so_far,
    )


def turned(
    db: Db,
    coach_id: int,
    letter: Summary,
    message_id: int | None,
    now: datetime,
    *,
    page: int | None = None,
    done: Collection[int] = (),
) -> SummaryTurned | None:
    """Return a page of a summary as it is now, in the place of its message.

    `done` are the athletes about whom the coach has just decided. None where nobody shares now.
    """
    order, shown = on_page(db, coach_id, letter, page)
    if not order:
        return None
    weeks = {one.week.athlete_id: one.week for one in told_of(db, coach_id, shown, now)}
    seen = {
        one.athlete_id: _seen(one, weeks[one.athlete_id], done=one.athlete_id in done)
        for one in shown
        if one.athlete_id in weeks
    }
    return SummaryTurned(
        week=letter.week,
        first_day=letter.first_day,
        last_day=letter.last_day,
        zone=letter.zone,
        athletes=tuple(weeks[one] for one in seen),
        listed=tuple(seen.get(one.athlete_id, one) for one in order),
        page=Page.of(len(order), PAGE, page or letter.page).number,
        due_at=letter.due_at,
        repeat=letter.repeat,
        so_far=letter.so_far,
        message_id=message_id,
    )


def on_page(
    db: Db, coach_id: int, letter: Summary, page: int | None = None
) -> tuple[list[ListedAthlete], Sequence[ListedAthlete]]:
    """Return who of a summary still shares with the coach: all, and those on a page."""
    mine = {one.id for one in people.athletes(db, coach_id)}
    order = [one for one in letter.order if one.athlete_id in mine]
    return order, Page.of(len(order), PAGE, page or letter.page).cut(order)


def charts(
    db: Db, coach_id: int, shown: Sequence[ListedAthlete], now: datetime
) -> tuple[PeriodChart, ...]:
    """Return the pictures of these athletes' days; one that would be empty is not made."""
    found = (one.chart for one in told_of(db, coach_id, shown, now))
    return tuple(one for one in found if not one.is_empty)


def told_of(
    db: Db, coach_id: int, shown: Sequence[ListedAthlete], now: datetime
) -> list[ToldAthlete]:
    """Return what is told of those athletes who share with the coach."""
    days = {one.athlete_id: (one.first_day, one.last_day) for one in shown}
    mine = {one.id: one for one in people.athletes(db, coach_id)}
    shared = [mine[key] for key in days if key in mine]
    return told(db, coach_id, shared, days, now, list(mine.values()))


def _seen(one: ListedAthlete, week: AthleteWeek, *, done: bool) -> ListedAthlete:
    """Return an athlete's place in the list as it is now: decided, or what is more urgent."""
    if week.load is None:  # it is not shared, or not any more
        left = without_checks(one.decision, earned=week.step_up is not None)
        one = replace(one, decision=left)
    if done or one.done or _is_settled(one.decision, week):
        return replace(one, done=True)
    return replace(one, decision=min(one.decision, week.decision, key=URGENCY.index))


def _is_settled(decision: Decision, week: AthleteWeek) -> bool:
    """Whether what was to be decided is so no more: unlocked, or stepped up."""
    if decision in _BARRED:
        return week.decision not in _BARRED
    return decision is Decision.STEP_UP and week.step_up is None


# ---- what is told of each -------------------------------------------------------------


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


def told(
    db: Db,
    coach_id: int,
    athletes: Sequence[PersonRow],
    days: Mapping[int, Days],
    now: datetime,
    everyone: Sequence[PersonRow],
) -> list[ToldAthlete]:
    """Return what this coach is told of each athlete; as many statements for any number of them.

    Namesakes among `everyone` are told apart.
    """
    spans = {_id(one): days[_id(one)] for one in athletes}
    wider = {key: (begin - LOOKS_BACK, end) for key, (begin, end) in spans.items()}
    found = stretches(db, athletes, wider, coach_id)
    stands = athlete_rows.standing(db, list(spans))
    steps = progression_standing.standing(db, list(stands), now)
    plans = athlete_rows.newest_plans(db, list(stands))
    loads = load_reports(db, {key: span for key, span in spans.items() if key in stands}, coach_id)
    apart = told_apart(db, everyone, by_coach=False)
    marked = marks(db, athletes, spans)
    every = []
    for one in athletes:
        key = _id(one)
        if key in stands:
            stood = _current_state(stands[key], steps[key], plans[key], one.zone, now)
            load = loads.get(key)
            stood = stood if load is None else replace(stood, course=load.course)
            begin, end = spans[key]
            drawn = found[key].part(max(begin, end - DRAWN), end)
            chart = PeriodChart(
                athlete_id=key,
                name=in_full(one.name, apart.get(key, "")),
                days=chart_days(drawn, marked[key]),
                pain_limit=stood.pain_limit,
                verdict=say_headline(headline(drawn, found[key].part(begin - WEEK, begin - _DAY))),
            )
            week = athlete_week(key, one.name, one.zone, found[key], stood, begin)
            week = replace(week, apart=apart.get(key, ""), load=load)
            every.append(ToldAthlete(week, chart))
    return every


def _current_state(
    found: Stands,
    step: progression_standing.Standing,
    plan: PlanRow,
    zone: str,
    now: datetime,
) -> CurrentState:
    today, away, eased = local(now, zone).date(), found.unreachable_since, step.stepped_down
    less = ladder.down(sessions.dose_of(plan))
    return CurrentState(
        lock_reason=found.lock_reason,
        open_flag=found.open_flag,
        unreachable_since=None if away is None else local(away, zone).date(),
        paused=occurrences.pauses(found, today),
        paused_until=found.paused_until,
        step_up=None if step.proposal is None else str(step.proposal),
        pain_limit=found.pain_limit,
        hard_stop=found.hard_stop,
        plan_id=plan.id,
        step_down=None if less is None else str(less),
        stepped_down=None if eased is None else local(eased, zone).date(),
    )


def _id(person: PersonRow) -> int:
    assert person.id is not None
    return person.id
