"""Four weeks of an athlete, to print: every day, and what it comes to."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from statistics import fmean
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.load.phrases import load_on_paper
from bot.conversation.phrases import REASONS, say_exercise
from bot.conversation.screen import sentence
from bot.protocol.calendar.local_time import MONTHS, WEEKDAYS, local, say_time, say_weekdays
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.report.headline import headline
from bot.protocol.report.period import (
    Became,
    ChartDay,
    Mark,
    PeriodChart,
    ReportedSession,
    ReportPage,
    Stretch,
    chart_days,
)
from bot.protocol.session.state import Outcome
from bot.store import people, sessions
from bot.store.marks import marks
from bot.store.tables import AthleteRow, PersonRow
from bot.training.history import stretches
from bot.training.load.reports import load_reports
from bot.training.phrases import (
    BECAME,
    OUTCOMES_IN_A_COLUMN,
    say_headline,
    say_outcome,
    say_pains,
)

DAYS: Final = 28
WEEK: Final = 7
_COLUMNS: Final = (
    "Day",
    "Session",
    "Dose, side, exercise",
    "Before",
    "First → last",
    "Worst",
    "Holds, held",
    "Morning",
    "",
)
_OUTCOMES: Final = {
    **OUTCOMES_IN_A_COLUMN,
    Outcome.STOPPED_PAIN: "stopped by pain",
    Outcome.STOPPED_HARD: "very high pain",
    Outcome.RED_FLAG: "warning sign",
}
_MARKS: Final = {
    Mark.FLAG: "red flag",
    Mark.PAUSED: "paused",
    Mark.PLAN: "new plan",
    Mark.BAND: "no band",
    Mark.NOTE: "note",
}
_FOOT: Final = (
    "Pain is the athlete's own answer, 0 (none) to 10 (as bad as one can imagine). Held: seconds "
    "in holds. A diary, not a diagnosis. Made by Holdfast {at} ({zone})."
)


def report_page(db: Db, athlete_id: int, now: datetime, reader_id: int) -> ReportPage:
    """Return the last 28 local days of an athlete, today included. The athlete must exist.

    In what is the athlete's own coaches' notes are not marked; the diary is for who may see it.
    """
    own = reader_id == athlete_id
    person, athlete = people.person(db, athlete_id), people.athlete(db, athlete_id)
    dose = sessions.dose_of(people.plan(db, athlete_id))
    last = local(now, person.zone).date()
    span = (last - timedelta(days=DAYS - 1), last)
    found = stretches(db, [person], {athlete_id: span}, reader_id)[athlete_id]
    marked = marks(db, [person], {athlete_id: span}, own=own)[athlete_id]
    chart = PeriodChart(
        athlete_id=athlete_id,
        name=person.name,
        days=chart_days(found, marked),
        pain_limit=dose.pain_limit,
        verdict=say_headline(headline(found)),
    )
    week = last - timedelta(days=WEEK - 1), last
    load = load_reports(db, {athlete_id: week}, reader_id).get(athlete_id)
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
        sessions=tuple(row for day in reversed(chart.days) for row in _rows(found, day)),
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


def _rows(found: Stretch, day: ChartDay) -> Iterator[tuple[str, ...]]:
    """Yield a row for each session of a day, the newest first; without one, what became of the day.

    The morning and the marks stand in the first.
    """
    trained = [one for one in reversed(found.trained) if one.day == day.day]
    aside = (_known(day.morning), ", ".join(_MARKS[mark] for mark in day.marks))
    for one in trained:
        yield (*_row(one), *aside)
        aside = ("", "")
    if not trained:
        yield (_say(day.day), _without(found, day.day), *[""] * 5, *aside)


def _without(found: Stretch, day: date) -> str:
    """Return what became of a day without a session."""
    planned = [one for one in found.planned if one.day == day]
    said = (
        f"{BECAME[one.became]}: {REASONS[one.reason]}"
        if one.reason in REASONS and one.became is not Became.RESTED
        else BECAME[one.became]
        for one in planned
    )
    return ", ".join(said) or "–"


def _row(one: ReportedSession) -> tuple[str, ...]:
    return (
        _say(one.day),
        _outcome(one),
        _dose(one),
        _known(one.before),
        "–" if one.last is None else say_pains(one.first, one.last),
        _known(one.worst),
        f"{one.holds_done}/{one.holds_planned}, {one.tension_s} s" if one.holds_planned else "–",
    )


def _dose(one: ReportedSession) -> str:
    """Return what the plan of a session asked for; what may be cut, a long name, comes last."""
    sets = f" × {one.sets} sets" if one.sets > 1 else ""
    return f"{one.holds} × {one.hold_s} s{sets}, {one.side}, {say_exercise(one.exercise)}"


def _known(value: int | None) -> str:
    return "–" if value is None else str(value)


def _outcome(one: ReportedSession) -> str:
    if one.outcome is None:
        return "running"
    return say_outcome(one.outcome, one.first, one.last, _OUTCOMES)
