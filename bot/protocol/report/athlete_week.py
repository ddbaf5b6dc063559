"""An athlete's days in figures beside the week before, and the one decision they ask for."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bot.protocol.load.report import LoadReport
from bot.protocol.load.weekly_check import Course
from bot.protocol.progression import morning
from bot.protocol.progression.morning import Verdict
from bot.protocol.report.period import Became, ReportedSession, Stretch, mean
from bot.protocol.session.state import RISE, Outcome

MANY_MISSED: Final = 3
"""So many missed sessions in a week, and somebody should ask (PROTOCOL 8)."""
CHANGE: Final = 1.0
"""Mean pain that differs by less is the same: noise is about ±1 (PROTOCOL 3)."""
WEEK: Final = timedelta(days=7)
LOOKS_BACK: Final = WEEK + timedelta(days=max(morning.WINDOWS))
"""So far back is read: the week before, and what its mornings are judged by."""


class Decision(StrEnum):
    """What a coach has to decide about an athlete, most urgent first."""

    RED_FLAG = "red_flag"  # a red flag is open or locks the sessions: unlock?
    LOCKED = "locked"  # locked after high pain: unlock?
    STOPPED = "stopped"  # stopped by pain: look at the dose
    RISING = "rising"  # pain rose in a session, from morning to morning, or against the week before
    MORNINGS = "mornings"  # the newest morning is up or over the limit: look at the dose
    SEE_CLINICIAN = "see_clinician"  # no better in twelve weeks: a clinician should look
    UNREACHABLE = "unreachable"  # the bot cannot reach the athlete: write another way
    MISSED = "missed"  # three missed: ask why
    NO_CHANGE = "no_change"  # no better in four weeks: what else?
    STEP_UP = "step_up"  # a step up is earned: confirm it?
    NOTHING = "nothing"


URGENCY: Final = tuple(Decision)
"""Most urgent first."""
_OF_CHECKS: Final = frozenset({Decision.SEE_CLINICIAN, Decision.NO_CHANGE})
"""What the weekly answers alone say."""


def without_checks(found: Decision, *, earned: bool) -> Decision:
    """Return what is to be decided without the weekly answers; a step up may be `earned`."""
    if found not in _OF_CHECKS:
        return found
    return Decision.STEP_UP if earned else Decision.NOTHING


class PainTrend(StrEnum):
    """Pain against the week before, beyond what is noise."""

    LESS = "less"
    SAME = "same"
    MORE = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentState:
    """What is true of an athlete now, beside what happened.

    `step_up` is the dose that a coach could confirm now, in words; None where none is earned.
    `step_down` is one step below the plan `plan_id`, None where there is none; `stepped_down` is
    the day on which the bot last took one. `course` is what the weekly checks say.
    """

    lock_reason: str | None = None
    open_flag: bool = False
    unreachable_since: date | None = None
    paused: bool = False
    paused_until: date | None = None
    step_up: str | None = None
    pain_limit: int = 3
    hard_stop: int = 6
    course: Course = Course.UNKNOWN
    plan_id: int | None = None
    step_down: str | None = None
    stepped_down: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFigures:
    """Some days in numbers. What was planned became exactly one of the things from `done` on.

    `beside` counts sessions that were not planned; seconds are of the sessions that began.
    """

    planned: int
    done: int
    unfinished: int
    stopped: int
    rested: int
    skipped: int
    missed: int
    not_delivered: int
    open: int
    beside: int
    paused_days: int
    tension_s: int
    planned_s: int
    rising: int = 0
    flagged: int = 0

    @classmethod
    def of(cls, days: Stretch) -> "WeekFigures":
        """Return the figures of a stretch."""
        counts = days.counts
        return cls(
            planned=len(days.planned),
            **{became.value: counts[became] for became in Became},
            beside=days.beside,
            paused_days=days.paused_days,
            tension_s=days.tension_s,
            planned_s=days.planned_s,
        )

    @property
    def followed(self) -> int:
        """How many planned sessions followed the plan, as `Stretch.followed` counts them."""
        return self.done + self.rising + self.stopped + self.flagged + self.rested

    @property
    def asked(self) -> int:
        """How many planned sessions could have been followed, as `Stretch.asked` counts them."""
        return self.planned - self.not_delivered - self.open

    @property
    def nothing(self) -> bool:
        """Whether nothing was planned and nothing was trained."""
        return not self.planned and not self.beside


@dataclass(frozen=True, slots=True)
class PainOf:
    """The pain of one session, 0–10: at its first and last hold; without a first, at one hold."""

    day: date
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class StoppedSession:
    """A session that pain or a sign ended, with the number of the hold and the pain, if known."""

    day: date
    outcome: str
    hold: int | None
    pain: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteWeek:
    """Everything a summary says about one athlete; days are on the athlete's own clock.

    There are none where `last_day` lies before `first_day`. `before` are the seven days before.
    `reasons` are (reason, how often) of skipped days. `trend` is that of the last holds. `late`
    counts answers that came late. `step_down` is what a coach could ease the plan `plan_id` to;
    None where there is no less, or the bot has eased it since the first day. `apart` tells the
    athlete from others of that name.
    """

    athlete_id: int
    name: str
    zone: str
    first_day: date
    last_day: date
    decision: Decision
    figures: WeekFigures
    before: WeekFigures
    reasons: tuple[tuple[str, int], ...]
    pains: tuple[PainOf, ...]
    trend: PainTrend | None
    worst: int | None
    worst_day: date | None
    stops: tuple[StoppedSession, ...]
    mornings: tuple[int, ...]
    late: int
    paused_until: date | None
    unreachable_since: date | None
    step_up: str | None
    mornings_trend: PainTrend | None = None
    load: LoadReport | None = None
    plan_id: int | None = None
    step_down: str | None = None
    apart: str = ""

    @property
    def days(self) -> int:
        """How many days are told of."""
        return (self.last_day - self.first_day).days + 1

    @property
    def is_urgent(self) -> bool:
        """Whether something needs a decision."""
        return self.decision is not Decision.NOTHING

    def without_load(self) -> "AthleteWeek":
        """Return it for who sees neither the diary nor the weekly answers."""
        decision = without_checks(self.decision, earned=self.step_up is not None)
        return replace(self, load=None, decision=decision)


def athlete_week(
    athlete_id: int,
    name: str,
    zone: str,
    known: Stretch,
    standing: CurrentState,
    first: date | None = None,
) -> AthleteWeek:
    """Return the days from `first` to the last known one, compared with the week before.

    Without a first day it is the last seven. Of the days before, at least seven must be known.
    """
    first = known.last_day - WEEK + timedelta(days=1) if first is None else first
    week = known.part(first, known.last_day)
    before = known.part(first - WEEK, first - timedelta(days=1))
    skipped = Counter(one.reason or "" for one in week.planned if one.became is Became.SKIPPED)
    worst = week.worst
    return AthleteWeek(
        athlete_id=athlete_id,
        name=name,
        zone=zone,
        first_day=first,
        last_day=known.last_day,
        decision=decide(week, before, standing, _newest_morning(known, week, standing)),
        figures=WeekFigures.of(week),
        before=WeekFigures.of(before),
        reasons=tuple(sorted(skipped.items())),
        pains=tuple(PainOf(one.day, one.first, one.last) for one in week.trained if one.holds_done),
        trend=trend(before, week),
        mornings_trend=mornings_trend(before, week),
        worst=None if worst is None else worst.worst,
        worst_day=None if worst is None else worst.day,
        stops=tuple(_stops(week.trained)),
        mornings=tuple(one.value for one in week.mornings),
        late=sum(one.late for one in week.trained) + sum(one.late for one in week.mornings),
        paused_until=standing.paused_until if standing.paused else None,
        unreachable_since=standing.unreachable_since,
        step_up=standing.step_up,
        plan_id=standing.plan_id,
        step_down=None if _eased_since(standing, first) else standing.step_down,
    )


def _eased_since(standing: CurrentState, first: date) -> bool:
    return standing.stepped_down is not None and standing.stepped_down >= first


def decide(
    week: Stretch, before: Stretch, standing: CurrentState, morning_says: Verdict = Verdict.UNKNOWN
) -> Decision:
    """Return the most urgent thing that needs a decision; the first match wins."""
    held = {
        Decision.RED_FLAG: standing.open_flag or standing.lock_reason == "red_flag",
        Decision.LOCKED: standing.lock_reason is not None,
        Decision.STOPPED: any(one.outcome in _ENDED_ON_PAIN for one in week.trained),
        Decision.RISING: _rising(before, week),
        Decision.MORNINGS: morning_says in {Verdict.FLARE, Verdict.SEVERE},
        Decision.SEE_CLINICIAN: standing.course is Course.SEE_CLINICIAN,
        Decision.UNREACHABLE: standing.unreachable_since is not None,
        Decision.MISSED: week.counts[Became.MISSED] >= MANY_MISSED,
        Decision.NO_CHANGE: standing.course is Course.NO_CHANGE,
        Decision.STEP_UP: standing.step_up is not None,
    }
    return next((decision for decision, true in held.items() if true), Decision.NOTHING)


def _newest_morning(known: Stretch, week: Stretch, standing: CurrentState) -> Verdict:
    """Return what the newest morning of the week says, judged by all that are known."""
    if not week.mornings:
        return Verdict.UNKNOWN
    values = {one.day: one.value for one in known.mornings}
    limits = {"pain_limit": standing.pain_limit, "hard_stop": standing.hard_stop}
    return morning.verdict(values, week.mornings[-1].day, **limits)


def trend(before: Stretch, week: Stretch) -> PainTrend | None:
    """Compare the mean pain at the last hold of two weeks; None where one is unknown."""
    return _moved([one.last for one in before.trained], [one.last for one in week.trained])


def mornings_trend(before: Stretch, week: Stretch) -> PainTrend | None:
    """Compare the mornings of two weeks, and the first and last of the second.

    Two points from one morning to another are a change (PROTOCOL 3): 1, 4, 4 is not the same.
    Where the two comparisons differ, what rose is told.
    """
    values = [one.value for one in week.mornings]
    found = _moved([one.value for one in before.mornings], values)
    change = values[-1] - values[0] if values else 0
    if change >= RISE or found is PainTrend.MORE:
        return PainTrend.MORE
    return PainTrend.LESS if change <= -RISE else found


def _moved(before: Sequence[int | None], now: Sequence[int | None]) -> PainTrend | None:
    earlier, later = mean(before), mean(now)
    if earlier is None or later is None:
        return None
    if abs(later - earlier) < CHANGE:
        return PainTrend.SAME
    return PainTrend.LESS if later < earlier else PainTrend.MORE


def _rising(before: Stretch, week: Stretch) -> bool:
    rose = any(one.outcome == Outcome.RISING for one in week.trained)
    return rose or PainTrend.MORE in {trend(before, week), mornings_trend(before, week)}


_ENDED_ON_PAIN: Final = frozenset({Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD})
_ENDED: Final = _ENDED_ON_PAIN | {Outcome.RED_FLAG}


def _stops(trained: Iterable[ReportedSession]) -> Iterable[StoppedSession]:
    for one in trained:
        if one.outcome in _ENDED:
            assert one.outcome is not None
            yield StoppedSession(one.day, one.outcome, one.stop_hold, one.stop_pain)
