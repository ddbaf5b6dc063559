"""A page to print: what a physiotherapist reads about an athlete, on exactly one sheet of A4."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from io import BytesIO
from typing import Final

from fpdf import FPDF

from bot.charts.period_chart import period_picture
from bot.charts.style import FONTS, fitted, named, on_white, printable
from bot.protocol.report.period import ReportPage

_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 15.0  # millimetres, as all below
_ROOM: Final = _WIDTH - 2 * _MARGIN
_CHART_HEIGHT: Final = 88.0
_DOTS: Final = 200 / 25.4  # of the chart, a millimetre
_FONT: Final = "DejaVu"
_ROW: Final = 5.2
_FOOT_LINE, _FOOT_MARGIN = 4.0, 10.0
_SMALL: Final = 7.5  # points
_NOTHING: Final = 0.01
_TITLE_SIZES: Final = (17, 15, 13)  # points; the largest that fits
_LINES, _FIGURES, _FOOT_LINES = 7, 18, 3  # at most, so that the table has room
_NO_DAY: Final = date(2000, 1, 1)
_RULE, _INK, _GREY = 0xB0, 0x16, 0x55


def pdf(page: ReportPage) -> bytes:
    """Print the page as a PDF of one sheet; what does not fit is counted, never run over.

    The same page gives the same bytes: it is dated by its chart's last day.
    """
    sheet = _sheet(page)
    _write_top(sheet, page)
    _draw_chart(sheet, page)
    _write_figures(sheet, page)
    foot = _foot_lines(sheet, page)
    top = _HEIGHT - _FOOT_MARGIN - _FOOT_LINE * len(foot)
    _write_sessions(sheet, page, top - 2)
    _write_foot(sheet, foot, top)
    return bytes(sheet.output())


def _sheet(page: ReportPage) -> FPDF:
    sheet = FPDF(format="A4")
    sheet.set_margins(_MARGIN, _MARGIN)
    sheet.set_auto_page_break(auto=False)
    sheet.add_font(_FONT, "", FONTS / "DejaVuSans.ttf")
    sheet.add_font(_FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
    days = page.chart.days
    dated = days[-1].day if days else _NO_DAY
    sheet.set_creation_date(datetime.combine(dated, time(), UTC))
    sheet.set_title(_title(page))
    sheet.set_producer("Holdfast")
    sheet.set_lang("en")
    sheet.add_page()
    return sheet


def _title(page: ReportPage) -> str:
    return named(page.title, page.chart.athlete_id)


def _write_top(sheet: FPDF, page: ReportPage) -> None:
    sheet.set_text_shaping(use_shaping_engine=True)  # letters of a name may join, from the right
    for points in _TITLE_SIZES:
        _use(sheet, points, bold=True)
        if sheet.get_string_width(_title(page)) <= _ROOM:
            break
    _cell(sheet, _title(page), _ROOM, 9)
    sheet.set_text_shaping(use_shaping_engine=False)
    sheet.ln(10)
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


def _foot_lines(sheet: FPDF, page: ReportPage) -> list[str]:
    _use(sheet, _SMALL, grey=True)
    return _wrapped(sheet, [page.foot], _FOOT_LINES)


def _write_foot(sheet: FPDF, lines: list[str], top: float) -> None:
    _use(sheet, _SMALL, grey=True)
    for number, line in enumerate(lines):
        sheet.set_xy(_MARGIN, top + number * _FOOT_LINE)
        _cell(sheet, line, _ROOM, _FOOT_LINE)


def _write_sessions(sheet: FPDF, page: ReportPage, bottom: float) -> None:
    """Write as many sessions as fit above `bottom`; the rest are counted in the last line."""
    fit = int((bottom - sheet.get_y()) / _ROW) - 1
    rows = page.sessions
    left = 0 if len(rows) <= fit else len(rows) - fit + 1
    shown = rows[: len(rows) - left]
    widths = _widths(sheet, [page.columns, *shown])
    _use(sheet, 8, bold=True)
    _row(sheet, page.columns, widths)
    _use(sheet, 8)
    for row in shown:
        _row(sheet, row, widths)
    _use(sheet, 8, grey=True)
    if left:
        _cell(sheet, f"… and {left} more", _ROOM, _ROW)
    if not rows:
        _cell(sheet, "No sessions in these days.", _ROOM, _ROW)


def _row(sheet: FPDF, cells: Sequence[str], widths: Sequence[float]) -> None:
    for cell, wide in zip(cells, widths, strict=True):
        _cell(sheet, cell, wide, _ROW, gap=2)
    _rule(sheet, _MARGIN, sheet.get_y() + _ROW, _ROOM)
    sheet.ln(_ROW)


def _widths(sheet: FPDF, rows: Sequence[Sequence[str]]) -> list[float]:
    """Return widths of columns that fill the page; wide ones give way when it is too narrow."""
    _use(sheet, 8, bold=True)
    wanted = [
        max(sheet.get_string_width(printable(cell)) for cell in column) + 3
        for column in zip(*rows, strict=True)
    ]
    while (over := sum(wanted) - _ROOM) > _NOTHING:
        widest = max(wanted)
        second = max((one for one in wanted if one < widest), default=0)
        count = wanted.count(widest)
        narrower = max(second, widest - over / count)
        wanted = [narrower if one == widest else one for one in wanted]
    spare = (_ROOM - sum(wanted)) / max(len(wanted), 1)
    return [one + spare for one in wanted]


# ---- on the sheet ---------------------------------------------------------------------


def _use(sheet: FPDF, points: float, *, bold: bool = False, grey: bool = False) -> None:
    sheet.set_font(_FONT, "B" if bold else "", points)
    sheet.set_text_color(_GREY if grey else _INK)


def _cell(
    sheet: FPDF, text: str, wide: float, high: float, *, align: str = "L", gap: float = 0
) -> None:
    """Write one line, shortened to its place; the next one is written to the right of it."""
    x, y = sheet.get_x(), sheet.get_y()
    sheet.c_margin = 0
    shown = fitted(printable(text), wide - gap, sheet.get_string_width)
    sheet.cell(wide, high, shown, align=align)
    sheet.set_xy(x + wide, y)


def _wrapped(sheet: FPDF, texts: Iterable[str], most: int) -> list[str]:
    """Break texts at spaces into lines of the page's width; the last of `most` is shortened."""
    sheet.c_margin = 0
    lines = list[str]()
    for text in texts:
        broken = sheet.multi_cell(_ROOM, text=printable(text), dry_run=True, output="LINES")
        assert isinstance(broken, list)
        lines += broken
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{lines[most - 1]} …"]


def _rule(sheet: FPDF, x: float, y: float, wide: float) -> None:
    sheet.set_draw_color(_RULE)
    sheet.set_line_width(0.15)
    sheet.line(x, y, x + wide, y)
