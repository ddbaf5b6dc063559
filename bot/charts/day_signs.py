"""The signs of a chart of days, and the key that explains those in use."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.charts.canvas import SMALL, Sheet, tile_width
from bot.charts.style import INK, MORNING, OVER, WITHIN, lines_of, width
from bot.protocol.load.entries import Extra
from bot.protocol.report.period import Became, ChartDay, Mark, PeriodChart


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign and the words that explain it; `ground` is a box behind it."""

    sign: str
    words: str
    colour: str = INK
    ground: str | None = None


BECAME: Final = {
    Became.DONE: Sign("✓", "done"),
    Became.RISING: Sign("↗", "ended, pain rising", OVER),
    Became.UNFINISHED: Sign("◐", "unfinished"),
    Became.STOPPED: Sign("■", "stopped by pain", OVER),
    Became.FLAGGED: Sign("▲", "warning sign", OVER),
    Became.RESTED: Sign("☾", "rested on pain"),
    Became.SKIPPED: Sign("»", "skipped"),
    Became.MISSED: Sign("✕", "missed"),
    Became.NOT_DELIVERED: Sign("!", "not delivered: our fault", "white", INK),
    Became.OPEN: Sign("…", "still open"),
}
EXTRA: Final = Sign("+", "beside the plan")
FELT: Final = {
    Extra.HINGE: Sign("d", "deadlifts"),
    Extra.UPHILL: Sign("h", "hills"),
    Extra.FAST: Sign("f", "fast"),
}
"""What stands over a day's minutes."""
MARKS: Final = {
    Mark.FLAG: Sign("⚑", "red flag reported", OVER),
    Mark.PAUSED: Sign("‖", "paused or locked"),
    Mark.PLAN: Sign("Δ", "plan changed"),
    Mark.BAND: Sign("⊘", "without the band"),
    Mark.NOTE: Sign("✎", "coach’s note"),
}
_ROW: Final = 36
_LEFT: Final = 20
_AFTER_SIGN, _AFTER_WORDS = 9, 30


def sign_of(one: ChartDay) -> Sign | None:
    """Return the sign of what became of a day's plan, or that it was trained beside one."""
    if one.became is not None:
        return BECAME[one.became]
    return EXTRA if one.extra else None


def draw_sign(sheet: Sheet, x: float, y: float, sign: Sign) -> None:
    """Draw a sign, its middle at `x` and `y`."""
    if sign.ground is None:
        sheet.write(x, y, sign.sign, bold=True, colour=sign.colour)
    else:
        sheet.tile(x, y, sign.sign, colour=sign.colour, ground=sign.ground)


def is_unknown(one: ChartDay) -> bool:
    """Whether there was a session and no pain of it is known."""
    pains = (one.first, one.last, one.worst)
    return bool(one.planned_s or one.held_s) and all(pain is None for pain in pains)


def key_height(sheet: Sheet, data: PeriodChart) -> float:
    """Return the height of the key in pixels."""
    return len(_lines(sheet, data)) * _ROW


def draw_key(sheet: Sheet, data: PeriodChart, top: float) -> None:
    """Explain the signs in use, in as many lines as they need."""
    for row, signs in enumerate(_lines(sheet, data)):
        x, y = float(_LEFT), top + (row + 0.5) * _ROW
        for sign in signs:
            wide = _sign_width(sign)
            draw_sign(sheet, x + wide / 2, y, sign)
            x += wide + _AFTER_SIGN
            sheet.write(x, y, sign.words, align="left")
            x += width(sign.words, SMALL) + _AFTER_WORDS


def _lines(sheet: Sheet, data: PeriodChart) -> list[list[Sign]]:
    return lines_of(_used(data, wide=sheet.wide), _width, sheet.width - _LEFT)


def _width(sign: Sign) -> float:
    return _sign_width(sign) + _AFTER_SIGN + width(sign.words, SMALL) + _AFTER_WORDS


def _sign_width(sign: Sign) -> float:
    return width(sign.sign, SMALL, bold=True) if sign.ground is None else tile_width(sign.sign)


def _used(data: PeriodChart, *, wide: bool) -> Iterator[Sign]:
    days = data.days
    if any(one.first is not None or one.last is not None for one in days):
        yield Sign("○–●", "first, last hold", WITHIN)
    if any(one.worst is not None and one.worst > data.pain_limit for one in days):
        yield Sign(f"{data.pain_limit + 1}", "over the limit", "white", OVER)
    yield Sign("- -", f"limit {data.pain_limit}", OVER)
    if any(one.morning is not None for one in days):
        yield Sign("◇", "morning", MORNING)
    if any(is_unknown(one) for one in days):
        yield Sign("?", "no answer")
    felt = {extra for one in days for extra in (one.felt if wide else one.felt[:1])}
    yield from (FELT[extra] for extra in FELT if extra in felt)
    if any(one.minutes == 0 for one in days):
        yield Sign("0", "no sport")
    became = {one.became for one in days}
    yield from (sign for kind, sign in BECAME.items() if kind in became)
    if any(one.extra for one in days):
        yield EXTRA
    marks = {mark for one in days for mark in one.marks}
    yield from (sign for mark, sign in MARKS.items() if mark in marks)
