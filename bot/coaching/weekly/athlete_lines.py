"""What is said about one athlete's days, as plain text: on the screen, on paper and in a table."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from bot.coaching.load.phrases import check_lines, load_in_short, say_long_run
from bot.conversation.phrases import REASONS
from bot.conversation.screen import many, sentence
from bot.protocol.calendar.local_time import MONTHS, WEEKDAYS
from bot.protocol.report.athlete_week import (
    AthleteWeek,
    Decision,
    PainTrend,
    StoppedSession,
    WeekFigures,
)
from bot.protocol.report.period import Became
from bot.training.phrases import BECAME, say_pains

_PAINS: Final = 14
"""Sessions and mornings whose pain is named: two a day."""
_MORNINGS: Final = 3
"""Mornings that are named beside a decision."""
_LONG_RUNS: Final = 2
_REASONS: Final = 4
_REASON: Final = 16
WEEK: Final = 7

# ---- in one line ------------------------------------------------------------------------


def decision(one: AthleteWeek, what: Decision, *, done: bool = False) -> str:
    """Return what needs the coach, with its numbers; of what is `done` nothing is asked."""
    if done:
        return _DONE.get(what) or _FACTS[what](one)
    return f"{_FACTS[what](one)}{_ASKS[what](one)}"


_FACTS: Final[dict[Decision, Callable[[AthleteWeek], str]]] = {
    Decision.RED_FLAG: lambda _one: "red flag is open",
    Decision.LOCKED: lambda one: f"locked after high pain{_last_stop(one)}",
    Decision.STOPPED: lambda one: f"stopped by pain{_last_stop(one)}",
    Decision.RISING: lambda one: f"pain is rising{_rose(one)}",
    Decision.MORNINGS: lambda one: f"morning pain is up{_named(one.mornings)}",
    Decision.SEE_CLINICIAN: lambda _one: "no better in 12 weeks",
    Decision.UNREACHABLE: lambda one: f"not reached since {_since(one)}",
    Decision.MISSED: lambda one: f"{one.figures.missed} missed",
    Decision.NO_CHANGE: lambda _one: "no better in 4 weeks",
    Decision.STEP_UP: lambda one: f"a step up is earned, to {one.step_up}",
    Decision.NOTHING: lambda _one: "nothing needs you",
}
_ASKS: Final[dict[Decision, Callable[[AthleteWeek], str]]] = {
    **dict.fromkeys((Decision.RED_FLAG, Decision.LOCKED), lambda _one: ": unlock?"),
    **dict.fromkeys(
        (Decision.STOPPED, Decision.RISING, Decision.MORNINGS), lambda one: f": {_dose(one)}"
    ),
    Decision.SEE_CLINICIAN: lambda _one: ": should a doctor or physiotherapist look?",
    Decision.UNREACHABLE: lambda _one: ": write another way",
    Decision.MISSED: lambda _one: ": ask why?",
    Decision.NO_CHANGE: lambda _one: ": is the plan right?",
    Decision.STEP_UP: lambda _one: ": confirm it?",
    Decision.NOTHING: lambda _one: "",
}
_DONE: Final = {
    Decision.RED_FLAG: "red flag lifted",
    Decision.LOCKED: "unlocked",
    Decision.STEP_UP: "step up decided",
}
"""What was settled is not told as it was; the others keep their facts."""


def _dose(one: AthleteWeek) -> str:
    return "is the dose right?" if one.step_down is None else f"ease to {one.step_down}?"


def _last_stop(one: AthleteWeek) -> str:
    if not one.stops:
        return ""
    last = one.stops[-1]
    return f" {_weekday(last.day)}" if last.pain is None else f" {_weekday(last.day)} ({last.pain})"


def _rose(one: AthleteWeek) -> str:
    """Return the newest numbers: those of the last session, else of the mornings."""
    pain = one.pains[-1] if one.pains else None
    if pain is not None and pain.first is not None and pain.last is not None:
        return f" {_weekday(pain.day)} ({say_pains(pain.first, pain.last, '→')})"
    return _named(one.mornings)


def _named(mornings: tuple[int, ...]) -> str:
    return f" ({', '.join(map(str, mornings[-_MORNINGS:]))})" if mornings else ""


def _since(one: AthleteWeek) -> str:
    return "" if one.unreachable_since is None else say_day(one.unreachable_since)


def brief(one: AthleteWeek) -> str:
    """Return a week in a few words: what was followed, the newest pain, and how it moved."""
    found = one.figures
    if not one.days or found.paused_days == one.days or found.nothing:
        return sessions(one)
    asked = [as_planned(found)] if found.asked else []
    if found.followed == found.asked > 1:
        asked = [f"all {found.asked} as planned"]
    known = [say_pains(x.first, x.last, "→") for x in one.pains if x.last is not None]
    pain = [f"pain {known[-1]}{_trend(one.trend)}"] if known else []
    morning = [f"morning {one.mornings[-1]}{_trend(one.mornings_trend)}"] if one.mornings else []
    return sentence(" · ".join([*asked, *_became(one, but=Became.DONE), *pain, *morning]))


def _trend(moved: PainTrend | None) -> str:
    return f", {_NOW[moved]}" if moved in {PainTrend.LESS, PainTrend.MORE} else ""


# ---- in full ----------------------------------------------------------------------------


def full(one: AthleteWeek) -> tuple[str, ...]:
    """Return all that is known of an athlete's days, a line each; what is not known has none."""
    parts = (
        sessions(one),
        *map(_stop, one.stops),
        _pain(one),
        _held(one),
        _before(one),
        load_in_short(one.load),
        *_long_runs(one),
        *check_lines(one.load),
    )
    return tuple(part for part in parts if part)


def _long_runs(one: AthleteWeek) -> list[str]:
    found = () if one.load is None else one.load.long_runs
    return [say_long_run(run, one.last_day) for run in found[:_LONG_RUNS]]


def sessions(one: AthleteWeek) -> str:
    """Return what became of what was planned."""
    found = one.figures
    if not one.days:
        return "No new day since the last summary."
    if found.paused_days == one.days:
        until = "" if one.paused_until is None else f", first day back {say_day(one.paused_until)}"
        return f"Paused all {'week' if one.days == WEEK else many(one.days, 'day')}{until}."
    if found.nothing:
        return " ".join(["No data: nothing was planned.", *_days_paused(found)])
    planned = [] if found.planned else ["Nothing planned"]
    asked = [as_planned(found)] if found.asked else []
    return sentence(" · ".join([*planned, *asked, *_became(one)]))


def as_planned(found: WeekFigures) -> str:
    """Return "5 of 7 as planned"."""
    return f"{found.followed} of {found.asked} as planned"


_TOLD: Final = (
    Became.DONE,
    Became.RISING,
    Became.STOPPED,
    Became.FLAGGED,
    Became.RESTED,
    Became.UNFINISHED,
    Became.SKIPPED,
    Became.MISSED,
    Became.NOT_DELIVERED,
    Became.OPEN,
)
"""What became of sessions, in the order in which it is told."""


def _became(one: AthleteWeek, but: Became | None = None) -> Iterator[str]:
    found = one.figures
    skipped = f"{BECAME[Became.SKIPPED]}{_reasons(one)}"
    for kind in _TOLD:
        count = getattr(found, kind.value)
        if count and kind is not but:
            yield f"{count} {skipped if kind is Became.SKIPPED else BECAME[kind]}"
    if found.beside:
        yield f"{found.beside} beside the plan"
    yield from _days_paused(found)


def _days_paused(found: WeekFigures) -> Iterator[str]:
    if found.paused_days:
        yield f"{many(found.paused_days, 'day')} paused"


def _reasons(one: AthleteWeek) -> str:
    named = [(reason, count) for reason, count in one.reasons if reason][:_REASONS]
    if not named:
        return ""
    said = (f"{REASONS.get(r, r)[:_REASON]}{f' {n}×' if n > 1 else ''}" for r, n in named)
    return f" ({', '.join(said)})"


_SIGN: Final = {"red_flag": "warning sign", "stopped_hard": "high pain"}


def _stop(stop: StoppedSession) -> str:
    hold = "before the first hold" if stop.hold is None else f"hold {stop.hold}"
    pain = "" if stop.pain is None else f", pain {stop.pain}"
    sign = f" ({_SIGN[stop.outcome]})" if stop.outcome in _SIGN else ""
    return f"Stopped {_weekday(stop.day)}: {hold}{pain}{sign}"


def _pain(one: AthleteWeek) -> str:
    """Return pain first → last of every session, the worst, and the mornings."""
    known = [say_pains(x.first, x.last, "→") for x in one.pains if x.last is not None]
    parts = [f"Pain {_newest(known)}"] if known else []
    if one.worst is not None and one.worst_day is not None:
        parts.append(f"worst {one.worst} ({_weekday(one.worst_day)})")
    if one.mornings:
        parts.append(f"mornings {_newest(list(map(str, one.mornings)))}")
    if one.late:
        parts.append(f"{one.late} answered late")
    return sentence(" · ".join(parts))


def _newest(values: list[str]) -> str:
    """Return the newest of many values, in their order."""
    more = "… " if len(values) > _PAINS else ""
    return f"{more}{', '.join(values[-_PAINS:])}"


def _held(one: AthleteWeek) -> str:
    found = one.figures
    return f"Held {found.tension_s} of {found.planned_s} s" if found.planned_s else ""


def _before(one: AthleteWeek) -> str:
    """Return the week before in one line."""
    before = one.before
    if not before.planned:
        return ""
    held = f", held {before.tension_s} s" if before.tension_s else ""
    return f"Week before: {as_planned(before)}{held}{_moved(one.trend, one.mornings_trend)}"


_NOW: Final = {
    PainTrend.LESS: "less now",
    PainTrend.SAME: "the same",
    PainTrend.MORE: "more now",
}


def _moved(holds: PainTrend | None, mornings: PainTrend | None) -> str:
    """Return how pain is against the week before: at the last hold, and in the morning."""
    if holds is None or mornings is None or holds is mornings:
        what, known = ("morning pain", mornings) if holds is None else ("pain", holds)
        return "" if known is None else f"; {what} is {_NOW[known]}"
    return f"; pain at the holds is {_NOW[holds]}, in the morning {_NOW[mornings]}"


# ---- days -------------------------------------------------------------------------------


def say_days(first: date, last: date) -> str:
    """Return "Mon 16 – Sun 22 Nov 2026"."""
    year = "" if first.year == last.year else f" {first.year}"
    month = "" if (first.year, first.month) == (last.year, last.month) else _month(first)
    return f"{_weekday(first)} {first.day}{month}{year} – {say_day(last)} {last.year}"


def say_day(day: date) -> str:
    """Return "Mon 16 Nov"."""
    return f"{_weekday(day)} {day.day}{_month(day)}"


def _month(day: date) -> str:
    return f" {MONTHS[day.month - 1]}"


def _weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]
