"""A summary as a file about all its athletes: a PDF to print, a table for a spreadsheet, or CSV."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import Session as Db
from xlsxwriter import Workbook

from bot.coaching.messages import FileForm, ListedAthlete, WeekFile
from bot.coaching.weekly import pages
from bot.coaching.weekly.athlete_lines import decision, full, say_days
from bot.coaching.weekly.pages import ToldAthlete
from bot.conversation.screen import many, sentence
from bot.protocol.calendar.local_time import MONTHS, local, say_time
from bot.protocol.load.entries import LoadFigures
from bot.protocol.load.report import LoadReport
from bot.protocol.names import called, in_full
from bot.protocol.report.athlete_week import AthleteWeek, Decision
from bot.protocol.report.period import ChartDay
from bot.protocol.report.week_sheet import SheetAthlete, WeekSheet
from bot.store import people

NAME: Final = "holdfast-week"
_FOOT: Final = (
    "Pain is each athlete's own answer, 0 (none) to 10 (as bad as one can imagine). A diary, not a "
    "diagnosis. Made by Holdfast {at} ({zone})."
)
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula."""
_WIDTH: Final = 14


def _called(one: AthleteWeek) -> str:
    return in_full(called(one.name, one.athlete_id), one.apart)


Cell = str | int | date | None
Column = Callable[[ListedAthlete, AthleteWeek], Cell]
_SPANS: Final[dict[str, Callable[[LoadReport], LoadFigures]]] = {
    "": lambda found: found.week,
    "week_before_": lambda found: found.before,
    "28_days_": lambda found: found.month,
}
_LOAD: Final = {
    "days_noted": "known_days",
    "sport_minutes": "minutes",
    "load": "load",
    "not_rated": "not_rated",
    "uphill": "uphill",
    "fast": "fast",
    "hinge": "hinge",
}
"""Columns of the diary, and what they are in its figures; without an entry they are empty."""


def _of_load(span: str, name: str) -> Column:
    def column(_place: ListedAthlete, one: AthleteWeek) -> Cell:
        found = None if one.load is None else _SPANS[span](one.load)
        if found is None or not found.known_days:
            return None
        is_unknown = name == "load" and found.not_rated and not found.load
        return None if is_unknown else getattr(found, _LOAD[name])

    return column


COLUMNS: Final[dict[str, Column]] = {
    "athlete": lambda _place, one: _called(one),
    "time_zone": lambda _place, one: one.zone,
    "first_day": lambda _place, one: one.first_day,
    "last_day": lambda _place, one: one.last_day,
    "needs": lambda place, _one: place.decision.value,
    "decided": lambda place, _one: "yes" if place.done else "no",
    "planned": lambda _place, one: one.figures.planned,
    "asked_for": lambda _place, one: one.figures.asked,
    "as_planned": lambda _place, one: one.figures.followed,
    "done": lambda _place, one: one.figures.done,
    "rising": lambda _place, one: one.figures.rising,
    "unfinished": lambda _place, one: one.figures.unfinished,
    "stopped": lambda _place, one: one.figures.stopped,
    "flagged": lambda _place, one: one.figures.flagged,
    "rested": lambda _place, one: one.figures.rested,
    "skipped": lambda _place, one: one.figures.skipped,
    "missed": lambda _place, one: one.figures.missed,
    "not_delivered": lambda _place, one: one.figures.not_delivered,
    "open": lambda _place, one: one.figures.open,
    "beside_plan": lambda _place, one: one.figures.beside,
    "days_paused": lambda _place, one: one.figures.paused_days,
    "held_s": lambda _place, one: one.figures.tension_s,
    "planned_s": lambda _place, one: one.figures.planned_s,
    "worst_pain": lambda _place, one: one.worst,
    "worst_day": lambda _place, one: one.worst_day,
    "last_pain": lambda _place, one: one.pains[-1].last if one.pains else None,
    "mornings": lambda _place, one: " ".join(map(str, one.mornings)),
    "step_up": lambda _place, one: one.step_up,
    "week_before_as_planned": lambda _place, one: one.before.followed,
    "week_before_asked_for": lambda _place, one: one.before.asked,
    "week_before_held_s": lambda _place, one: one.before.tension_s,
    **{f"{span}{name}": _of_load(span, name) for span in _SPANS for name in _LOAD},
}
"""The table: a row an athlete, by the names of its columns. What is not known is empty."""
_DAY: Final[dict[str, Callable[[ChartDay], Cell]]] = {
    "day": lambda one: one.day,
    "became": lambda one: None if one.became is None else one.became.value,
    "also": lambda one: " ".join(one.also),
    "beside_plan": lambda one: "yes" if one.extra else "no",
    "first_pain": lambda one: one.first,
    "last_pain": lambda one: one.last,
    "worst_pain": lambda one: one.worst,
    "morning_pain": lambda one: one.morning,
    "held_s": lambda one: round(one.held_s),
    "planned_s": lambda one: round(one.planned_s),
    "sport_minutes": lambda one: one.minutes,
    "load": lambda one: one.load,
    "extras": lambda one: " ".join(one.felt),
}
"""The spreadsheet's second sheet: a row for each athlete and day."""

_Told = list[tuple[ListedAthlete, ToldAthlete]]


def week_document(
    db: Db, chat_id: int, file: WeekFile, now: datetime
) -> tuple[str, bytes] | WeekSheet | None:
    """Return a file name and its content, or a sheet to print; None where nobody may be told of."""
    coach = people.by_telegram(db, chat_id)
    if coach is None or coach.id is None:
        return None
    places = {one.athlete_id: one for one in file.listed}
    weeks = {one.week.athlete_id: one for one in pages.told_of(db, coach.id, file.listed, now)}
    told = [(place, weeks[key]) for key, place in places.items() if key in weeks]
    if not told:
        return None
    if file.form is FileForm.PDF:
        return _sheet(file, told, coach.zone, now)
    if file.form is FileForm.XLSX:
        return f"{name_of(file)}.xlsx", _workbook(told, now)
    return f"{name_of(file)}.csv", _csv(told)


def name_of(file: WeekFile) -> str:
    """Return the file's name without its ending: its last day tells it from other weeks'."""
    return f"{NAME}-{file.week or file.last_day.isoformat()}"


def title_of(file: WeekFile) -> str:
    """Return whose days a file is about, in a few words."""
    days = say_days(file.first_day, file.last_day)
    return f"{many(len(file.listed), 'athlete')}, {days}"


# ---- on paper -------------------------------------------------------------------------


def _sheet(file: WeekFile, told: _Told, zone: str, now: datetime) -> WeekSheet:
    open_now = sum(one.decision is not Decision.NOTHING and not one.done for one, _ in told)
    needs = "Nothing is to be decided" if not open_now else f"{many(open_now, 'decision')} to take"
    day = local(now, zone).date()
    at = f"{day.day} {MONTHS[day.month - 1]} {day.year} {say_time(now, zone)}"
    return WeekSheet(
        title=title_of(file),
        lead=f"{needs}; the most urgent first.",
        athletes=tuple(_on_sheet(place, one) for place, one in told),
        foot=_FOOT.format(at=at, zone=zone),
    )


def _on_sheet(place: ListedAthlete, one: ToldAthlete) -> SheetAthlete:
    week = one.week
    return SheetAthlete(
        athlete_id=week.athlete_id,
        name=in_full(week.name, week.apart),
        verdict=sentence(decision(week, place.decision, done=place.done)),
        urgent=place.decision is not Decision.NOTHING and not place.done,
        lines=full(week),
        days=one.chart.days,
        pain_limit=one.chart.pain_limit,
    )


# ---- tables ---------------------------------------------------------------------------


def _athletes(told: _Told) -> Iterator[list[Cell]]:
    yield list(COLUMNS)
    for place, one in told:
        yield [column(place, one.week) for column in COLUMNS.values()]


def _days(told: _Told) -> Iterator[list[Cell]]:
    yield ["athlete", *_DAY]
    for _place, one in told:
        name = _called(one.week)
        for day in one.chart.days:
            yield [name, *(column(day) for column in _DAY.values())]


def _csv(told: _Told) -> bytes:
    """Return a row an athlete (UTF-8 with a mark, for spreadsheets)."""
    text = io.StringIO()
    csv.writer(text).writerows([_safe(cell) for cell in row] for row in _athletes(told))
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


def _workbook(told: _Told, now: datetime) -> bytes:
    """Return the same rows as a spreadsheet, with a second sheet of days."""
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": now.replace(tzinfo=None)})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in (("Athletes", list(_athletes(told))), ("Days", list(_days(told)))):
            sheet = book.add_worksheet(name)
            _write(sheet, rows, bold, day)
    return content.getvalue()


def _write(sheet: Any, rows: Sequence[Sequence[Cell]], bold: Any, day: Any) -> None:
    """Fill a sheet; a text is a text, whatever it begins with."""
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)
    sheet.set_column(0, len(rows[0]) - 1, _WIDTH)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            match cell:
                case None | "":
                    pass
                case date():
                    sheet.write_datetime(at, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 - a cell's day has no zone
                case int():
                    sheet.write_number(at, column, cell)
                case _:
                    sheet.write_string(at, column, cell, bold if at == 0 else None)
