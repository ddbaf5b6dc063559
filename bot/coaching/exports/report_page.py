"""Four weeks of an athlete on one page, to print."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.load.phrases import load_on_paper
from bot.conversation.phrases import say_exercise
from bot.conversation.screen import sentence
from bot.protocol.calendar.local_time import MONTHS, WEEKDAYS, local, say_time, say_weekdays
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.report.period import (
    PeriodChart,
    ReportedSession,
    ReportPage,
    Stretch,
    chart_days,
)
from bot.store import people, sessions
from bot.store.tables import AthleteRow, PersonRow
from bot.training.history import stretches
from bot.training.load.reports import load_reports
from bot.training.phrases import BECAME, OUTCOMES_IN_A_COLUMN, say_outcome, say_pains

DAYS: Final = 28
WEEK: Final = 7
_COLUMNS: Final = ("Day", "Session", "Before", "First → last", "Worst", "Holds", "Held")
_FOOT: Final = (
    "Pain is the athlete's own answer, 0 (none) to 10 (as bad as one can imagine). Held: seconds "
    "in holds. A diary, not a diagnosis. Made by Holdfast {at} ({zone})."
)


def report_page(db: Db, athlete_id: int, now: datetime) -> ReportPage:
    """Return the last 28 local days of an athlete, today included. The athlete must exist."""
    person, athlete = people.person(db, athlete_id), people.athlete(db, athlete_id)
    dose = sessions.dose_of(people.plan(db, athlete_id))
    last = local(now, person.zone).date()
    span = (last - timedelta(days=DAYS - 1), last)
    found = stretches(db, [person], {athlete_id: span})[athlete_id]
    chart = PeriodChart(
        athlete_id=athlete_id,
        name=person.name,
        days=chart_days(found),
        pain_limit=dose.pain_limit,
    )
    week = last - timedelta(days=WEEK - 1), last
    load = load_reports(db, {athlete_id: week})[athlete_id]
    at = f"{_say(last)} {last.year} {say_time(now, person.zone)}"
    return ReportPage(
        title=person.name,
        lines=(
            _when(found, person),
            _plan(dose),
            _limits(dose),
            _schedule(athlete),
            *load_on_paper(load, last),
        ),
        chart=chart,
        figures=_figures(found),
        columns=_COLUMNS,
        sessions=tuple(_row(one) for one in reversed(found.trained)),
        foot=_FOOT.format(at=at, zone=person.zone),
    )


def _say(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _when(found: Stretch, person: PersonRow) -> str:
    first, last = found.first_day, found.last_day
    return f"{_say(first)} {first.year} – {_say(last)} {last.year}, {person.zone} time"


def _plan(dose: Dose) -> str:
    sides = "both sides" if dose.side is Side.BOTH else f"{dose.side} side"
    sets = f", {dose.sets} sets" if dose.sets > 1 else ""
    return (
        f"Plan: {say_exercise(dose.exercise)}, {dose.holds} × {dose.hold_s} s{sets}, {sides}, "
        f"rest {dose.rest_s} s"
    )


def _limits(dose: Dose) -> str:
    return f"Goes on up to pain {dose.pain_limit}. Sessions lock from pain {dose.hard_stop}."


def _schedule(athlete: AthleteRow) -> str:
    days = frozenset(int(day) for day in athlete.weekdays.split(",") if day)
    if not days:
        return "Schedule: no days"
    return f"Schedule: {say_weekdays(days)} at {athlete.times.replace(',', ' and ')}"


def _figures(found: Stretch) -> tuple[tuple[str, str], ...]:
    """Return what is known, in words and numbers; what was planned adds up."""
    counts, worst = found.counts, found.worst
    figures = [("Planned", str(len(found.planned)))]
    figures += [("As planned", f"{found.followed} of {found.asked}")] if found.asked else []
    figures += [(sentence(label), str(counts[one])) for one, label in BECAME.items() if counts[one]]
    figures += [("Beside the plan", str(found.beside))] if found.beside else []
    figures += [("Days paused", str(found.paused_days))] if found.paused_days else []
    if found.planned_s:
        figures.append(("Time held", f"{found.tension_s} of {found.planned_s} s"))
    if worst is not None:
        figures.append(("Worst pain", f"{worst.worst} ({_say(worst.day)})"))
    return (*figures, *_mornings(found))


def _mornings(found: Stretch) -> Iterator[tuple[str, str]]:
    """Yield the pain of the mornings: of one it is no mean."""
    values = [one.value for one in found.mornings]
    if len(values) == 1:
        yield "Morning pain", f"{values[0]} (one morning)"
    elif values:
        yield "Morning pain, mean", f"{fmean(values):.1f} ({len(values)} mornings)"


def _row(one: ReportedSession) -> tuple[str, ...]:
    return (
        _say(one.day),
        _outcome(one),
        _known(one.before),
        "–" if one.last is None else say_pains(one.first, one.last),
        _known(one.worst),
        f"{one.holds_done}/{one.holds_planned}" if one.holds_planned else "–",
        f"{one.tension_s} s" if one.holds_planned else "–",
    )


def _known(value: int | None) -> str:
    return "–" if value is None else str(value)


def _outcome(one: ReportedSession) -> str:
    if one.outcome is None:
        return "running"
    return say_outcome(one.outcome, one.first, one.last, OUTCOMES_IN_A_COLUMN)
