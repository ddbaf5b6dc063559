"""How a weekly summary looks: a few short lines an athlete, what needs a decision first."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final

from bot.coaching.load.phrases import check_lines, load_in_short, say_long_run
from bot.coaching.messages import Summary
from bot.conversation.message import Message
from bot.conversation.phrases import REASONS
from bot.conversation.screen import (
    Screen,
    command_data,
    esc,
    lines,
    many,
    paragraphs,
)
from bot.conversation.widgets import name_rows
from bot.protocol.calendar.local_time import MONTHS, WEEKDAYS, say_day_time
from bot.protocol.names import in_full
from bot.protocol.report.athlete_week import (
    AthleteWeek,
    Decision,
    PainTrend,
    StoppedSession,
    WeekFigures,
)
from bot.protocol.report.period import Became
from bot.training.phrases import BECAME, say_pains

_NAME: Final = 40
_PAINS: Final = 14
"""Sessions and mornings whose pain is named: two a day."""
_STOPS: Final = 4
_LONG_RUNS: Final = 2
_REASONS: Final = 4
_REASON: Final = 16
_WEEK: Final = 7
_MAX_TEXT: Final = 4_000
"""Telegram takes 4096 characters; tags count here as well, so this is on the safe side."""
_CUT: Final = "The last ones are shortened: tap a name for more."


def summary(letter: Summary, now: datetime) -> Screen:
    """Return a page of a summary: the head, then the athletes; a button for each one's card.

    The first page of one that comes by itself rings.
    """
    rows = name_rows(
        [
            (in_full(one.name, one.apart), command_data("athlete", one.athlete_id))
            for one in letter.athletes
        ]
    )
    rings = letter.summary is not None and letter.page == 0
    return Screen(text=_fitting(letter, now), rows=rows, rings=rings, by_day=True)


def _fitting(letter: Summary, now: datetime) -> str:
    """Return the page's text; where it is too long, the least urgent are told in short (F60)."""
    head, count = _head(letter, now), len(letter.athletes)
    full = [_entry(one, letter) for one in letter.athletes]
    for kept in range(count, -1, -1):
        short = [_title(one, letter, _in_short(one)) for one in letter.athletes[kept:]]
        text = paragraphs(head, *full[:kept], *short, _CUT if short else "")
        if kept == 0 or len(text) <= _MAX_TEXT:
            break
    return text


def _head(letter: Summary, now: datetime) -> str:
    title = "Last seven days" if letter.week is None else f"Week {letter.week[-2:]}"
    title = "This week so far" if letter.so_far else title
    days = f"{title}: {_say_days(letter.first_day, letter.last_day)}"
    page = f" – page {letter.page + 1} of {letter.pages}" if letter.pages > 1 else ""
    if letter.page:
        return f"<b>{days}</b>{page}"
    return lines(
        f"<b>{days}</b>{page}",
        "" if not letter.repeat else "A repeat: you have had this summary before.",
        _late(letter, now),
        _covers(letter),
        _overview(letter),
    )


def _covers(letter: Summary) -> str:
    """Return how many days are told of, where it is not the usual week."""
    if letter.so_far or letter.days == _WEEK:
        return ""
    why = "those before were told already" if letter.days < _WEEK else "so that none is left out"
    return f"It covers {many(letter.days, 'day')}: {why}."


def _late(letter: Summary, now: datetime) -> str:
    if letter.due_at is None:
        return ""
    due = say_day_time(letter.due_at, letter.zone, now)
    return f"This comes late: it was due {due} ({esc(letter.zone)} time)."


def _overview(letter: Summary) -> str:
    who = many(letter.count, "athlete")
    if not letter.urgent:
        return f"{who}. Nothing needs you."
    verb = "needs" if letter.urgent == 1 else "need"
    return f"{who}, {letter.urgent} {verb} a decision."


def _say_days(first: date, last: date) -> str:
    year = "" if first.year == last.year else f" {first.year}"
    month = "" if (first.year, first.month) == (last.year, last.month) else _month(first)
    return f"{WEEKDAYS[first.weekday()]} {first.day}{month}{year} – {_say_day(last)} {last.year}"


def _month(day: date) -> str:
    return f" {MONTHS[day.month - 1]}"


def _say_day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day}{_month(day)}"


# ---- one athlete ----------------------------------------------------------------------


def _entry(one: AthleteWeek, letter: Summary) -> str:
    """Return an athlete's lines; what is not known has none."""
    return _title(
        one,
        letter,
        _sessions(one),
        *(_stop(stop) for stop in one.stops[:_STOPS]),
        _pain(one),
        _held(one),
        _before(one),
        load_in_short(one.load),
        *_long_runs(one),
        *check_lines(one.load),
    )


def _long_runs(one: AthleteWeek) -> list[str]:
    found = () if one.load is None else one.load.long_runs
    return [say_long_run(run, one.last_day) for run in found[:_LONG_RUNS]]


def _title(one: AthleteWeek, letter: Summary, *more: str) -> str:
    name = f"<b>{esc(in_full(one.name[:_NAME], one.apart))}</b>{_clock(one, letter)}"
    return lines(f"{name} – {_DECISIONS[one.decision](one)}", *more)


def _in_short(one: AthleteWeek) -> str:
    return _as_planned(one.figures)


def _as_planned(found: WeekFigures) -> str:
    return f"{found.followed} of {found.asked} as planned"


def _clock(one: AthleteWeek, letter: Summary) -> str:
    """Name the athlete's zone where it differs from the coach's, and the days where they do."""
    days = (one.first_day, one.last_day)
    alike = days == (letter.first_day, letter.last_day) or not one.days
    said = [
        "" if one.zone == letter.zone else f"{esc(one.zone)} time",
        "" if alike else _say_days(*days),
    ]
    return f" ({', '.join(filter(None, said))})" if any(said) else ""


_DECISIONS: Final[dict[Decision, Callable[[AthleteWeek], str]]] = {
    Decision.RED_FLAG: lambda _one: "<b>red flag is open: unlock?</b>",
    Decision.LOCKED: lambda _one: "<b>locked after high pain: unlock?</b>",
    Decision.STOPPED: lambda _one: "<b>stopped by pain: is the dose right?</b>",
    Decision.RISING: lambda _one: "<b>pain is rising: is the dose right?</b>",
    Decision.MORNINGS: lambda _one: (
        "<b>the last morning is up or over the limit: is the dose right?</b>"
    ),
    Decision.SEE_CLINICIAN: lambda _one: (
        "<b>no change in 12 weeks: should a doctor or physiotherapist look?</b>"
    ),
    Decision.UNREACHABLE: lambda one: (
        f"<b>cannot be reached since {_since(one)}: write another way</b>"
    ),
    Decision.MISSED: lambda one: f"<b>{one.figures.missed} missed: ask why?</b>",
    Decision.NO_CHANGE: lambda _one: "<b>no change in 4 weeks: is the plan right?</b>",
    Decision.STEP_UP: lambda one: f"<b>a step up is earned, to {one.step_up}: confirm it?</b>",
    Decision.NOTHING: lambda _one: "nothing needs you",
}


def _since(one: AthleteWeek) -> str:
    return "" if one.unreachable_since is None else _say_day(one.unreachable_since)


def _sessions(one: AthleteWeek) -> str:
    """Return what became of what was planned."""
    found = one.figures
    if not one.days:
        return "No new day since the last summary."
    if found.paused_days == one.days:
        until = "" if one.paused_until is None else f", first day back {_say_day(one.paused_until)}"
        return f"Paused all {'week' if one.days == _WEEK else many(one.days, 'day')}{until}."
    if found.nothing:
        return lines("No data: nothing was planned.", *_days_paused(found))
    planned = [] if found.planned else ["Nothing planned"]
    asked = [_as_planned(found)] if found.asked else []
    return _sentence([*planned, *asked, *_became(one), *_days_paused(found)])


def _became(one: AthleteWeek) -> Iterator[str]:
    found = one.figures
    for count, word in (
        (found.done, BECAME[Became.DONE]),
        (found.rising, BECAME[Became.RISING]),
        (found.stopped, BECAME[Became.STOPPED]),
        (found.flagged, BECAME[Became.FLAGGED]),
        (found.rested, BECAME[Became.RESTED]),
        (found.unfinished, BECAME[Became.UNFINISHED]),
        (found.skipped, f"{BECAME[Became.SKIPPED]}{_reasons(one)}"),
        (found.missed, BECAME[Became.MISSED]),
        (found.not_delivered, BECAME[Became.NOT_DELIVERED]),
        (found.open, BECAME[Became.OPEN]),
        (found.beside, "beside the plan"),
    ):
        if count:
            yield f"{count} {word}"


def _days_paused(found: WeekFigures) -> Iterator[str]:
    if found.paused_days:
        yield f"{many(found.paused_days, 'day')} paused"


def _reasons(one: AthleteWeek) -> str:
    named = [(reason, count) for reason, count in one.reasons if reason][:_REASONS]
    if not named:
        return ""
    said = (f"{esc(REASONS.get(r, r)[:_REASON])}{f' {n}×' if n > 1 else ''}" for r, n in named)
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
    return _sentence(parts)


def _newest(values: list[str]) -> str:
    """Return the newest of many values, in their order."""
    more = "… " if len(values) > _PAINS else ""
    return f"{more}{', '.join(values[-_PAINS:])}"


def _sentence(parts: list[str]) -> str:
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def _held(one: AthleteWeek) -> str:
    found = one.figures
    return f"Held {found.tension_s} of {found.planned_s} s" if found.planned_s else ""


def _before(one: AthleteWeek) -> str:
    """Return the week before in one line."""
    before = one.before
    if not before.planned:
        return ""
    held = f", held {before.tension_s} s" if before.tension_s else ""
    moved = _moved(one.trend, one.mornings_trend)
    return f"Week before: {_as_planned(before)}{held}{moved}"


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


def _weekday(day: date) -> str:
    return WEEKDAYS[day.weekday()]


SUMMARY_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {Summary: summary}
