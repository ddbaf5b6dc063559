"""A sheet of A4: its letters, lines and cells, in millimetres and points."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from typing import Final

from fpdf import FPDF

from bot.charts.style import FONTS, fitted, printable

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 15.0
ROOM: Final = WIDTH - 2 * MARGIN
SMALL: Final = 7.5
"""The size of the small print, in points."""
FOOT_LINE, FOOT_MARGIN = 4.0, 10.0
_FONT: Final = "DejaVu"
_RULE, _INK, _GREY = 0xB0, 0x16, 0x55


def new_sheet(title: str, dated: date) -> FPDF:
    """Return a document with one empty page; the same values give the same bytes."""
    sheet = FPDF(format="A4")
    sheet.set_margins(MARGIN, MARGIN)
    sheet.set_auto_page_break(auto=False)
    sheet.add_font(_FONT, "", FONTS / "DejaVuSans.ttf")
    sheet.add_font(_FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
    sheet.set_creation_date(datetime.combine(dated, time(), UTC))
    sheet.set_title(title)
    sheet.set_producer("Holdfast")
    sheet.set_lang("en")
    sheet.add_page()
    return sheet


def write_name(sheet: FPDF, name: str, wide: float, high: float, sizes: Iterable[float]) -> None:
    """Write a name in bold, by the largest of these sizes that fits; its letters may join."""
    sheet.set_text_shaping(use_shaping_engine=True)
    for points in sizes:
        use(sheet, points, bold=True)
        if sheet.get_string_width(name) <= wide:
            break
    cell(sheet, name, wide, high)
    sheet.set_text_shaping(use_shaping_engine=False)


def use(
    sheet: FPDF, points: float, *, bold: bool = False, grey: bool = False, colour: str | None = None
) -> None:
    """Write by these letters from now on; a `colour` is "#b3261e"."""
    sheet.set_font(_FONT, "B" if bold else "", points)
    if colour is None:
        sheet.set_text_color(_GREY if grey else _INK)
    else:
        sheet.set_text_color(*bytes.fromhex(colour.removeprefix("#")))


def cell(
    sheet: FPDF, text: str, wide: float, high: float, *, align: str = "L", gap: float = 0
) -> None:
    """Write one line, shortened to its place; the next one is written to the right of it."""
    x, y = sheet.get_x(), sheet.get_y()
    sheet.c_margin = 0
    shown = fitted(printable(text), wide - gap, sheet.get_string_width)
    sheet.cell(wide, high, shown, align=align)
    sheet.set_xy(x + wide, y)


def wrapped(sheet: FPDF, texts: Iterable[str], most: int) -> list[str]:
    """Break texts at spaces into lines of the page's width; the last of `most` is shortened."""
    sheet.c_margin = 0
    lines = list[str]()
    for text in texts:
        broken = sheet.multi_cell(ROOM, text=printable(text), dry_run=True, output="LINES")
        assert isinstance(broken, list)
        lines += broken
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{lines[most - 1]} …"]


def rule(sheet: FPDF, x: float, y: float, wide: float) -> None:
    """Draw a thin line."""
    sheet.set_draw_color(_RULE)
    sheet.set_line_width(0.15)
    sheet.line(x, y, x + wide, y)


def foot_lines(sheet: FPDF, foot: Iterable[str], most: int) -> tuple[list[str], float]:
    """Return the small print line by line, and where it begins at the foot of a page."""
    use(sheet, SMALL, grey=True)
    lines = wrapped(sheet, foot, most)
    return lines, HEIGHT - FOOT_MARGIN - FOOT_LINE * len(lines)


def write_foot(sheet: FPDF, lines: list[str], top: float) -> None:
    """Write the small print, from `top` on; what is written next begins at the page's head."""
    use(sheet, SMALL, grey=True)
    for number, line in enumerate(lines):
        sheet.set_xy(MARGIN, top + number * FOOT_LINE)
        cell(sheet, line, ROOM, FOOT_LINE)
    sheet.set_xy(MARGIN, MARGIN)
