"""An athlete's days as a picture: a week in a summary, four weeks on a card or a printed page.

At the top what the days come to. Then each day's pain from the first hold to the last, and in the
morning; below, minutes of sport, if any are noted, and seconds held inside the outline of those
planned; under each day what became of it, its morning in a number, and what else it had: a red
flag, a pause, a changed plan, a note. What is not known is left out or a "?", never a 0. Colour
never speaks alone: over the limit is a square with its number.
"""

from functools import partial
from typing import Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from bot.charts import style
from bot.charts.canvas import Sheet
from bot.charts.day_panels import draw_held, draw_pain, highest
from bot.charts.day_signs import draw_key, draw_sign, key_height, sign_of
from bot.charts.day_strips import strips_of
from bot.charts.load_panel import draw_load, is_noted, most_minutes
from bot.protocol.calendar.local_time import MONTHS, WEEKDAYS, say_span
from bot.protocol.report.period import ChartDay, PeriodChart

WIDE_PX, HIGH_PX = 800, 1040
_EDGE, _NAME, _LINE = 20, 36, 26
_HEADING, _CAPTION, _HELD, _ROW, _GAP = 108, 36, 110, 32, 10
_BESIDE: Final = 88  # of each of two panels of bars
_VERDICT: Final = 30  # a line of what the days come to
_SAID: Final = 23
_NOTE: Final = 120  # between the lines of 5 and 10


def period_chart(data: PeriodChart) -> bytes:
    """Draw the days as a PNG of 800 by 1040 pixels and at most 60 kB, under the athlete's name."""
    return style.png(_drawn(data, WIDE_PX, HIGH_PX, heading=True))


def period_picture(data: PeriodChart, width: int, height: int) -> Image.Image:
    """Draw the days without a heading, for a page that has its own; `width`, `height` in pixels."""
    return style.image(_drawn(data, width, height, heading=False))


def _drawn(data: PeriodChart, width: int, height: int, *, heading: bool) -> FigureCanvasAgg:
    """Stack the parts: what is below has its height, and pain takes the rest."""
    sheet = Sheet(width, height, len(data.days))
    top = _heading(data) if heading else _GAP
    key = height - key_height(sheet, data) - _GAP
    dates = key - 2 * _ROW - _GAP
    strips = dates - _ROW * len(strips_of(data))
    signs = strips - _ROW
    noted = is_noted(data)
    high = _BESIDE if noted else _HELD
    held = signs - high - _GAP / 2
    load = held - _CAPTION - _BESIDE
    pain_bottom = (load if noted else held) - _CAPTION
    if heading:
        _write_heading(sheet, data)
    _write_caption(sheet, top, "Pain, 0 to 10")
    draw_pain(sheet, data, top + _CAPTION, pain_bottom)
    if noted:
        _write_caption(sheet, pain_bottom, _say_minutes(sheet, data))
        draw_load(sheet, data, load, load + _BESIDE)
    _write_caption(sheet, held - _CAPTION, _say_seconds(sheet, data))
    draw_held(sheet, data, held, held + high)
    _write_signs(sheet, data, signs + _ROW / 2)
    for row, draw in enumerate(strips_of(data)):
        draw(sheet, data, strips + (row + 0.5) * _ROW)
    _write_dates(sheet, data, dates + _ROW / 2)
    draw_key(sheet, data, key)
    if not any(_tells(one) for one in data.days):
        words = "No sessions and no answers in these days."
        sheet.write((sheet.left + sheet.right) / 2, top + _NOTE, words, size=_LINE)
    return sheet.canvas


def _heading(data: PeriodChart) -> float:
    return _HEADING + _VERDICT * len(_verdict(data))


def _verdict(data: PeriodChart) -> list[str]:
    """Return what the days come to, in as many lines as it needs: broken between its parts."""
    parts = [part for part in data.verdict.split("; ") if part]
    room = WIDE_PX - 2 * _EDGE
    measure = partial(style.width, size=_SAID, bold=True)
    broken = style.lines_of(parts, lambda part: measure(f"{part}; "), room)
    said = ("; ".join(line) for line in broken)
    return [style.fitted(f"{one[:1].upper()}{one[1:]}", room, measure) for one in said]


def _say_seconds(sheet: Sheet, data: PeriodChart) -> str:
    """Return the lower caption; where bars have no numbers, the highest one's is in it."""
    words, most = "Seconds held, of planned", highest(data)
    return f"{words} (highest bar {most:,.0f})" if most and not sheet.wide else words


def _say_minutes(sheet: Sheet, data: PeriodChart) -> str:
    words, most = "Minutes of sport", most_minutes(data)
    return f"{words} (highest bar {most:,})" if most and not sheet.wide else words


def _tells(one: ChartDay) -> bool:
    """Whether a day has anything to show in the panels."""
    known = (one.first, one.last, one.worst, one.morning, one.minutes)
    return bool(one.held_s or one.planned_s) or any(value is not None for value in known)


def _write_heading(sheet: Sheet, data: PeriodChart) -> None:
    name = style.named(data.name, data.athlete_id)
    name = style.fitted(name, sheet.width - 2 * _EDGE, partial(style.width, size=_NAME, bold=True))
    sheet.write(_EDGE, 36, name, size=_NAME, align="left", bold=True)
    for number, said in enumerate(_verdict(data)):
        y = 78 + number * _VERDICT
        sheet.write(_EDGE, y, said, size=_SAID, align="left", bold=True)
    under = _heading(data) - 26
    held = sum(one.held_s for one in data.days)
    planned = sum(one.planned_s for one in data.days)
    if data.days:
        days = say_span(data.days[0].day, data.days[-1].day)
        sheet.write(_EDGE, under, days, size=_LINE, align="left")
    if held or planned:
        words = f"{held:,.0f} of {planned:,.0f} s held"
        sheet.write(sheet.width - _EDGE, under, words, size=_LINE, align="right")


def _write_caption(sheet: Sheet, top: float, words: str) -> None:
    sheet.write(_EDGE, top + _CAPTION / 2, words, align="left", bold=True)


def _write_signs(sheet: Sheet, data: PeriodChart, y: float) -> None:
    for day, one in enumerate(data.days):
        sign = sign_of(one)
        if sign is not None:
            draw_sign(sheet, sheet.x(day), y, sign)


def _write_dates(sheet: Sheet, data: PeriodChart, y: float) -> None:
    """Write weekday and date under each day; where days are narrow, the date once a week."""
    for number, one in enumerate(data.days):
        weekday = WEEKDAYS[one.day.weekday()]
        sheet.write(sheet.x(number), y, weekday if sheet.wide else weekday[0])
        if sheet.wide:
            sheet.write(sheet.x(number), y + _ROW, f"{one.day.day}")
        elif number % len(WEEKDAYS) == 0:
            words = f"{one.day.day} {MONTHS[one.day.month - 1]}"
            sheet.write(sheet.x(number, -0.4), y + _ROW, words, align="left")
