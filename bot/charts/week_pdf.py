"""All athletes of a coach on paper: what needs a decision, the numbers, and the days as a strip."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

from fpdf import FPDF

from bot.charts import paper
from bot.charts.day_signs import BECAME, MARKS, sign_of
from bot.charts.style import OVER, named
from bot.protocol.calendar.local_time import WEEKDAYS
from bot.protocol.report.period import ChartDay, Mark
from bot.protocol.report.week_sheet import SheetAthlete, WeekSheet

_NO_DAY: Final = date(2000, 1, 1)
_TITLE_SIZES: Final = (15, 13)  # points; the largest that fits
_NAME, _LINE, _STRIP = 5.6, 4.2, 4.4  # millimetres: the height of a line
_LABEL, _WIDEST = 17.0, 9.0
_LINES, _FOOT_LINES = 7, 4  # at most, of an athlete and of the small print
_GAP: Final = 4.0

_Cell = tuple[str, str | None]
"""What stands under a day, and its colour if it has one."""


def week_pdf(sheet: WeekSheet) -> bytes:
    """Print the sheet as a PDF of as many pages as it needs; the same values, the same bytes."""
    days = [one.days[-1].day for one in sheet.athletes if one.days]
    found = paper.new_sheet(sheet.title, max(days, default=_NO_DAY))
    foot, bottom = paper.foot_lines(found, [_key(sheet), sheet.foot], _FOOT_LINES)
    paper.write_foot(found, foot, bottom)
    paper.write_name(found, sheet.title, paper.ROOM, 8, _TITLE_SIZES)
    found.ln(8)
    paper.use(found, 9)
    paper.cell(found, sheet.lead, paper.ROOM, 5)
    found.ln(5 + _GAP)
    for one in sheet.athletes:
        lines = _lines(found, one)
        if found.get_y() + _height(one, lines) > bottom:
            found.add_page()
            paper.write_foot(found, foot, bottom)
        _write(found, one, lines)
    return bytes(found.output())


def _key(sheet: WeekSheet) -> str:
    """Return the signs in use, and what they mean."""
    days = [day for one in sheet.athletes for day in one.days]
    became, marks = {day.became for day in days}, {mark for day in days for mark in day.marks}
    used = [sign for kind, sign in BECAME.items() if kind in became]
    used += [sign for mark, sign in MARKS.items() if mark in marks]
    return " · ".join(f"{sign.sign} {sign.words}" for sign in used)


def _lines(found: FPDF, one: SheetAthlete) -> list[str]:
    paper.use(found, 8)
    return paper.wrapped(found, one.lines, _LINES)


def _height(one: SheetAthlete, lines: list[str]) -> float:
    strip = _STRIP * len(_rows(one)) if one.days else 0
    return _NAME + _LINE * (1 + len(lines)) + strip + 2 * _GAP


def _write(found: FPDF, one: SheetAthlete, lines: list[str]) -> None:
    name = named(one.name, one.athlete_id)
    paper.write_name(found, name, paper.ROOM, _NAME, (10.5,))
    found.ln(_NAME)
    paper.use(found, 8, bold=one.urgent, colour=OVER if one.urgent else None)
    paper.cell(found, one.verdict, paper.ROOM, _LINE)
    found.ln(_LINE)
    paper.use(found, 8)
    for line in lines:
        paper.cell(found, line, paper.ROOM, _LINE)
        found.ln(_LINE)
    found.ln(_GAP / 2)
    if one.days:
        _write_strip(found, one)
    paper.rule(found, paper.MARGIN, found.get_y() + _GAP / 2, paper.ROOM)
    found.ln(_GAP)


def _write_strip(found: FPDF, one: SheetAthlete) -> None:
    """Write a column a day: its date, what became of it, the pain at the end, the morning."""
    wide = min(_WIDEST, (paper.ROOM - _LABEL) / len(one.days))
    for label, cells in _rows(one).items():
        paper.use(found, paper.SMALL, grey=True)
        paper.cell(found, label, _LABEL, _STRIP)
        for text, colour in cells(one):
            paper.use(found, paper.SMALL, bold=True, colour=colour)
            paper.cell(found, text, wide, _STRIP, align="C")
        found.ln(_STRIP)


def _rows(one: SheetAthlete) -> dict[str, Callable[[SheetAthlete], Iterator[_Cell]]]:
    """Return the rows of a strip; those of sport and of marks only where there is any."""
    sport = {"Sport, min": _sport} if any(day.minutes is not None for day in one.days) else {}
    return _ROWS | sport | ({"Also": _marks} if any(day.marks for day in one.days) else {})


def _dates(one: SheetAthlete) -> Iterator[_Cell]:
    for day in one.days:
        weekday = WEEKDAYS[day.day.weekday()]
        yield f"{weekday[0]}{day.day.day}", None


def _became(one: SheetAthlete) -> Iterator[_Cell]:
    for day in one.days:
        sign = sign_of(day)
        yield ("", None) if sign is None else (sign.sign, OVER if sign.colour == OVER else None)


def _pain(one: SheetAthlete) -> Iterator[_Cell]:
    return _values(
        one, lambda day: day.worst if day.last is None else max(day.last, day.worst or 0)
    )


def _mornings(one: SheetAthlete) -> Iterator[_Cell]:
    return _values(one, lambda day: day.morning)


def _sport(one: SheetAthlete) -> Iterator[_Cell]:
    """Yield minutes of sport: a 0 is a day known to be without; one that is not known is empty."""
    for day in one.days:
        yield "" if day.minutes is None else str(day.minutes), None


def _marks(one: SheetAthlete) -> Iterator[_Cell]:
    for day in one.days:
        red = OVER if Mark.FLAG in day.marks else None
        yield "".join(MARKS[mark].sign for mark in day.marks), red


def _values(one: SheetAthlete, of: Callable[[ChartDay], int | None]) -> Iterator[_Cell]:
    for value in map(of, one.days):
        over = value is not None and value > one.pain_limit
        yield "" if value is None else str(value), OVER if over else None


_ROWS: Final[dict[str, Callable[[SheetAthlete], Iterator[_Cell]]]] = {
    "": _dates,
    "Session": _became,
    "Worst pain": _pain,
    "Morning": _mornings,
}
