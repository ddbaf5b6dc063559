"""The panel of what was done beside the holds: minutes a day, and what the tendon feels of it."""

from typing import Final

from bot.charts.canvas import SMALL, Sheet
from bot.charts.day_signs import FELT
from bot.charts.style import INK, SPORT
from bot.protocol.report.period import ChartDay, PeriodChart

_BAR: Final = 0.62  # of a day's column
_ABOVE: Final = SMALL + 6  # for what stands over the highest bar


def is_noted(data: PeriodChart) -> bool:
    """Whether anything is noted of these days: else there is no panel."""
    return any(one.minutes is not None for one in data.days)


def most_minutes(data: PeriodChart) -> int:
    """Return the most minutes of a day."""
    return max((one.minutes or 0 for one in data.days), default=0)


def draw_load(sheet: Sheet, data: PeriodChart, top: float, bottom: float) -> None:
    """Draw minutes, a bar a day; a day of rest is a 0, one that is not known is left out."""
    most, room = most_minutes(data) or 1, bottom - top - _ABOVE
    wide = sheet.slot * _BAR
    heights = [(one.minutes or 0) / most * room for one in data.days]
    boxes = [
        (sheet.x(day) - wide / 2, bottom - high, wide, high)
        for day, high in enumerate(heights)
        if high
    ]
    sheet.boxes(boxes, fill=SPORT)
    sheet.lines([((sheet.left, bottom), (sheet.right, bottom))], INK)
    for day, (one, high) in enumerate(zip(data.days, heights, strict=True)):
        if one.minutes is not None:
            sheet.write(sheet.x(day), bottom - high - SMALL / 2 - 2, _above(sheet, one), bold=True)


def _above(sheet: Sheet, one: ChartDay) -> str:
    """Return what stands above a bar: the minutes where there is room; letters of what was felt."""
    letters = "".join(FELT[extra].sign for extra in one.felt)
    if sheet.wide:
        return f"{one.minutes} {letters}".rstrip()
    return letters[:1] if one.minutes else "0"
