"""Pages to print: what a physiotherapist reads about an athlete, on at most two sheets of A4."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from itertools import takewhile
from typing import Final

from fpdf import FPDF

from bot.charts.paper import MARGIN as _MARGIN
from bot.charts.paper import ROOM as _ROOM
from bot.charts.paper import cell as _cell
from bot.charts.paper import foot_lines, new_sheet, write_foot, write_name
from bot.charts.paper import rule as _rule
from bot.charts.paper import use as _use
from bot.charts.paper import wrapped as _wrapped
from bot.charts.period_chart import period_picture
from bot.charts.style import named, on_white, printable
from bot.protocol.report.period import ReportPage

_CHART_HEIGHT: Final = 104.0
_DOTS: Final = 200 / 25.4  # of the chart, a millimetre
_ROW: Final = 4.9
_TABLE: Final = 7.0  # points
_NOTHING: Final = 0.01
_TITLE_SIZES: Final = (17, 15, 13)  # points; the largest that fits
_LINES, _FIGURES, _FOOT_LINES = 8, 18, 3  # at most, so that the table has room
_NO_DAY: Final = date(2000, 1, 1)


def pdf(page: ReportPage) -> bytes:
    """Print the page as a PDF of one or two sheets; what does not fit is counted, never run over.

    The same page gives the same bytes: it is dated by its chart's last day.
    """
    days = page.chart.days
    sheet = new_sheet(_title(page), days[-1].day if days else _NO_DAY)
    _write_top(sheet, page)
    _draw_chart(sheet, page)
    _write_figures(sheet, page)
    foot, top = foot_lines(sheet, [page.foot], _FOOT_LINES)
    left = _write_sessions(sheet, page, page.sessions, top - 2)
    write_foot(sheet, foot, top)
    if left:
        sheet.add_page()
        _write_sessions(sheet, page, left, top - 2, last=True)
        write_foot(sheet, foot, top)
    return bytes(sheet.output())


def _title(page: ReportPage) -> str:
    return named(page.title, page.chart.athlete_id)


def _write_top(sheet: FPDF, page: ReportPage) -> None:
    write_name(sheet, _title(page), _ROOM, 9, _TITLE_SIZES)
    sheet.ln(9)
    _use(sheet, 11, bold=True)
    _cell(sheet, page.chart.verdict, _ROOM, 6)
    sheet.ln(7)
    _use(sheet, 9.5)
    for line in _wrapped(sheet, page.lines, _LINES):
        _cell(sheet, line, _ROOM, 5)
        sheet.ln(5)
    sheet.ln(2)


def _draw_chart(sheet: FPDF, page: ReportPage) -> None:
    picture = BytesIO()
    dots = (round(_ROOM * _DOTS), round(_CHART_HEIGHT * _DOTS))
    on_white(period_picture(page.chart, *dots)).save(picture, "PNG")
    words = f"Pain and seconds held, day by day: {_title(page)}"
    sheet.image(picture, _MARGIN, sheet.get_y(), _ROOM, _CHART_HEIGHT, alt_text=words)
    sheet.ln(_CHART_HEIGHT + 3)


def _write_figures(sheet: FPDF, page: ReportPage) -> None:
    """Write the figures in two columns, read down the left one first."""
    figures = page.figures[:_FIGURES]
    half, gap = -(-len(figures) // 2), 6.0
    wide, top = (_ROOM - gap) / 2, sheet.get_y()
    for number, (label, value) in enumerate(figures):
        column, row = divmod(number, half)
        sheet.set_xy(_MARGIN + column * (wide + gap), top + row * _ROW)
        _use(sheet, 8.5, bold=True)
        room = min(sheet.get_string_width(printable(value)) + 1, wide * 0.6)
        _use(sheet, 8.5, grey=True)
        _cell(sheet, label, wide - room, _ROW)
        _use(sheet, 8.5, bold=True)
        _cell(sheet, value, room, _ROW, align="R")
        _rule(sheet, sheet.get_x() - wide, sheet.get_y() + _ROW, wide)
    sheet.set_xy(_MARGIN, top + half * _ROW + 3)


def _write_sessions(
    sheet: FPDF,
    page: ReportPage,
    rows: Sequence[Sequence[str]],
    bottom: float,
    *,
    last: bool = False,
) -> Sequence[Sequence[str]]:
    """Write as many rows as fit above `bottom`; return the rest.

    On the `last` sheet the rest is counted in its last line.
    """
    fit = int((bottom - sheet.get_y()) / _ROW) - 1
    shown = rows if len(rows) <= fit else rows[: fit - 1 if last else fit]
    widths = _widths(sheet, [page.columns, *page.sessions])
    _use(sheet, _TABLE, bold=True)
    _row(sheet, page.columns, widths)
    _use(sheet, _TABLE)
    for row in shown:
        _row(sheet, row, widths)
    left = rows[len(shown) :]
    _use(sheet, _TABLE, grey=True)
    if last and left:
        _cell(sheet, f"… and {len(left)} more", _ROOM, _ROW)
    if not rows:
        _cell(sheet, "No sessions in these days.", _ROOM, _ROW)
    return left


def _row(sheet: FPDF, cells: Sequence[str], widths: Sequence[float]) -> None:
    """Write a row; a cell may run into the empty ones on its right."""
    for at, cell in enumerate(cells):
        free = takewhile(lambda one: not cells[one], range(at + 1, len(cells)))
        room = widths[at] + sum(widths[one] for one in free)
        left = sheet.get_x()
        if cell:
            _cell(sheet, cell, room, _ROW, gap=1.5)
        sheet.set_x(left + widths[at])
    _rule(sheet, _MARGIN, sheet.get_y() + _ROW, _ROOM)
    sheet.ln(_ROW)


def _widths(sheet: FPDF, rows: Sequence[Sequence[str]]) -> list[float]:
    """Return widths of columns that fill the page; wide ones give way when it is too narrow."""
    _use(sheet, _TABLE, bold=True)
    wanted = [
        max(
            sheet.get_string_width(printable(row[at])) + 2
            for row in rows
            if at + 1 == len(row) or row[at + 1] or row is rows[0]
        )
        for at in range(len(rows[0]))
    ]
    while (over := sum(wanted) - _ROOM) > _NOTHING:
        widest = max(wanted)
        second = max((one for one in wanted if one < widest), default=0)
        count = wanted.count(widest)
        narrower = max(second, widest - over / count)
        wanted = [narrower if one == widest else one for one in wanted]
    spare = (_ROOM - sum(wanted)) / max(len(wanted), 1)
    return [one + spare for one in wanted]
