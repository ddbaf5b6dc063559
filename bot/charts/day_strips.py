"""Rows of a chart of days under what became of them: the mornings in numbers, and the marks."""

from collections.abc import Callable
from typing import Final

from bot.charts.canvas import SMALL, Sheet
from bot.charts.day_signs import MARKS, draw_sign
from bot.charts.style import MORNING, OVER
from bot.protocol.report.period import PeriodChart

Strip = Callable[[Sheet, PeriodChart, float], None]
_NARROW: Final = 15
"""The size of "10" where days are narrow, and of several marks on one day."""


def strips_of(data: PeriodChart) -> tuple[Strip, ...]:
    """Return the rows that a chart needs: what no day has takes no room."""
    mornings = any(one.morning is not None for one in data.days)
    marks = any(one.marks for one in data.days)
    return (*((_mornings,) if mornings else ()), *((_marks,) if marks else ()))


def _mornings(sheet: Sheet, data: PeriodChart, y: float) -> None:
    """Write the pain of each morning; over the limit it is red, and bold."""
    sheet.write(sheet.left - 8, y, "◇", align="right", bold=True, colour=MORNING)
    for day, one in enumerate(data.days):
        if one.morning is not None:
            over = one.morning > data.pain_limit
            size = _NARROW if one.morning > 9 and not sheet.wide else SMALL  # noqa: PLR2004 - two digits
            sheet.write(
                sheet.x(day),
                y,
                f"{one.morning}",
                size=size,
                bold=over,
                colour=OVER if over else MORNING,
            )


def _marks(sheet: Sheet, data: PeriodChart, y: float) -> None:
    """Draw the marks of each day side by side; where days are narrow, at most two and smaller."""
    for day, one in enumerate(data.days):
        shown = one.marks if sheet.wide else one.marks[:2]
        step = sheet.slot / (len(shown) + 1)
        for at, mark in enumerate(shown, start=1):
            x = sheet.x(day, -0.5) + at * step
            if len(shown) > 1 and not sheet.wide:
                sign = MARKS[mark]
                sheet.write(x, y, sign.sign, size=_NARROW, bold=True, colour=sign.colour)
            else:
                draw_sign(sheet, x, y, MARKS[mark])
