"""The two panels of a chart of days: pain, and time under tension."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Final

from bot.charts.canvas import SMALL, Point, Sheet
from bot.charts.day_signs import EXTRA, is_unknown
from bot.charts.style import FAINT, HELD, INK, MORNING, OVER, PAPER, WITHIN
from bot.protocol.report.period import ChartDay, PeriodChart

_MOST_PAIN: Final = 10
_TICKS: Final = (0, 5, 10)
_WIDEST_MARK, _WIDEST_BARE = 36, 14  # with a number in it, and without
_ROOM_BESIDE, _ASIDE = 40, 4  # a column that leaves a tile room for the next morning; else aside
_MARK, _BAR = 0.42, 0.62  # of a day's column
_WEEK: Final = 7


class _Kind(Enum):
    """What a mark tells: matplotlib's shape, its edge, its filling, the colour of its number."""

    MORNING = ("D", MORNING, PAPER, MORNING)
    FIRST = ("o", WITHIN, PAPER, WITHIN)
    LAST = ("o", WITHIN, WITHIN, "white")
    OVER = ("s", PAPER, OVER, "white")


@dataclass(frozen=True, slots=True)
class _Mark:
    """One answer, `part` of a column beside the middle of its day."""

    kind: _Kind
    day: int
    part: float
    pain: int


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a value is on the sheet: 0 at `bottom`, `most` at `top`."""

    top: float
    bottom: float
    most: float

    def y(self, value: float) -> float:
        return self.bottom - value / self.most * (self.bottom - self.top)


def draw_pain(sheet: Sheet, data: PeriodChart, top: float, bottom: float) -> None:
    """Draw each day's pain from the first hold to the last, and in the morning before it."""
    margin = _WIDEST_MARK / 2 + 2
    scale = _Scale(top + margin, bottom - margin, _MOST_PAIN)
    _draw_unknown(sheet, data, top, bottom)
    _draw_frame(sheet, data, scale, top, bottom)
    found = [mark for day, one in enumerate(data.days) for mark in _marks(day, one, data)]
    _draw_slopes(sheet, found, scale)
    for kind in _Kind:
        _draw_marks(sheet, kind, [mark for mark in found if mark.kind is kind], scale)


def _marks(day: int, one: ChartDay, data: PeriodChart) -> Iterator[_Mark]:
    """Yield a day's marks in the order of the day; a highest pain between them only if over."""
    if one.morning is not None:
        yield _Mark(_Kind.MORNING, day, -0.32, one.morning)
    if one.first is not None:
        yield _Mark(_kind(one.first, data, _Kind.FIRST), day, 0.03, one.first)
    if one.worst is not None and one.worst not in {one.first, one.last}:
        kind = _kind(one.worst, data, _Kind.LAST)
        if kind is _Kind.OVER or (one.first is None and one.last is None):
            yield _Mark(kind, day, 0.2, one.worst)
    if one.last is not None:
        yield _Mark(_kind(one.last, data, _Kind.LAST), day, 0.36, one.last)


def _kind(pain: int, data: PeriodChart, within: _Kind) -> _Kind:
    return _Kind.OVER if pain > data.pain_limit else within


def _draw_unknown(sheet: Sheet, data: PeriodChart, top: float, bottom: float) -> None:
    """Draw a "?" over the whole scale: a session without any answer is not one without pain."""
    unknown = [day for day, one in enumerate(data.days) if is_unknown(one)]
    wide = sheet.slot * 0.8
    boxes = [(sheet.x(day) - wide / 2, top, wide, bottom - top) for day in unknown]
    sheet.boxes(boxes, fill="#e9eaea")
    for day in unknown:
        sheet.write(sheet.x(day), top + SMALL, "?", size=26, bold=True)


def _draw_frame(sheet: Sheet, data: PeriodChart, scale: _Scale, top: float, bottom: float) -> None:
    left, right = sheet.left, sheet.right
    sheet.lines([((left, scale.y(tick)), (right, scale.y(tick))) for tick in _TICKS], FAINT)
    sheet.lines([((left, top), (left, bottom)), ((left, bottom), (right, bottom))], INK)
    weeks = [sheet.x(day, -0.5) for day in range(_WEEK, len(data.days), _WEEK)]
    sheet.lines([((x, top), (x, bottom)) for x in weeks], INK, style=":")
    limit = scale.y(data.pain_limit)
    sheet.lines([((left, limit), (right, limit))], OVER, thick=2.5, style="--")
    for tick in {*_TICKS, data.pain_limit}:
        is_limit = tick == data.pain_limit
        colour = OVER if is_limit else INK
        sheet.write(left - 8, scale.y(tick), f"{tick}", align="right", bold=is_limit, colour=colour)


def _draw_slopes(sheet: Sheet, found: list[_Mark], scale: _Scale) -> None:
    """Join the marks of each session, in their order."""
    session = [mark for mark in found if mark.kind is not _Kind.MORNING]
    sheet.lines(
        [
            (_at(sheet, one, scale), _at(sheet, two, scale))
            for one, two in pairwise(session)
            if one.day == two.day
        ],
        WITHIN,
        thick=4 if sheet.wide else 3,
    )


def _draw_marks(sheet: Sheet, kind: _Kind, marks: list[_Mark], scale: _Scale) -> None:
    shape, edge, fill, ink = kind.value
    size = min(_WIDEST_MARK if sheet.wide else _WIDEST_BARE, sheet.slot * _MARK)
    if kind is _Kind.MORNING and sheet.wide:
        size *= 0.8  # a diamond's corners reach further
    if kind is _Kind.OVER:
        size = min(size, SMALL)
        marks = _draw_tiles(sheet, marks, scale)
    places = [_at(sheet, mark, scale) for mark in marks]
    sheet.marks(places, shape, size, edge=edge, fill=fill)
    if sheet.wide:
        for mark, (x, y) in zip(marks, places, strict=True):
            sheet.write(x, y, f"{mark.pain}", bold=True, colour=ink)


def _draw_tiles(sheet: Sheet, marks: list[_Mark], scale: _Scale) -> list[_Mark]:
    """Draw what is over the limit as tiles with numbers; return the marks that have none.

    Where days are narrow, only the last highest of a day has one, and not the same as the next
    day's: a tile is wider than a day. There it stands before the next morning's mark.
    """
    _, _, ground, ink = _Kind.OVER.value
    told: dict[int, int] = {}
    bare = []
    for mark in reversed(marks):
        highest_of_day = all(one.pain <= mark.pain for one in marks if one.day == mark.day)
        is_told = mark.day in told or told.get(mark.day + 1) == mark.pain
        if not sheet.wide and (is_told or not highest_of_day):
            bare.append(mark)
            continue
        told[mark.day] = mark.pain
        x, y = _at(sheet, mark, scale)
        if sheet.slot < _ROOM_BESIDE:
            x = sheet.x(mark.day) - _ASIDE
        sheet.tile(x, y, f"{mark.pain}", colour=ink, ground=ground)
    return bare


def _at(sheet: Sheet, mark: _Mark, scale: _Scale) -> Point:
    return sheet.x(mark.day, mark.part), scale.y(mark.pain)


def highest(data: PeriodChart) -> float:
    """Return the most seconds of a day, held or planned."""
    return max((max(one.held_s, one.planned_s) for one in data.days), default=0)


def draw_held(sheet: Sheet, data: PeriodChart, top: float, bottom: float) -> None:
    """Draw seconds held inside the outline of those planned, a bar a day."""
    scale = _Scale(top + SMALL + 6, bottom, highest(data) or 1)
    wide = sheet.slot * _BAR
    for values, fill, edge in (
        ([one.held_s for one in data.days], HELD, "none"),
        ([one.planned_s for one in data.days], "none", INK),
    ):
        boxes = [
            (sheet.x(day) - wide / 2, scale.y(value), wide, bottom - scale.y(value))
            for day, value in enumerate(values)
            if value
        ]
        sheet.boxes(boxes, fill=fill, edge=edge)
    sheet.lines([((sheet.left, bottom), (sheet.right, bottom))], INK)
    for day, one in enumerate(data.days):
        y = scale.y(max(one.held_s, one.planned_s)) - SMALL / 2 - 3
        sheet.write(sheet.x(day), y, _above(sheet, one), bold=True)


def _above(sheet: Sheet, one: ChartDay) -> str:
    """Return what stands above a bar: seconds where there is room, and "+" beside the plan."""
    seconds = f"{one.held_s:.0f}" if sheet.wide and (one.held_s or one.planned_s) else ""
    return f"{seconds}{EXTRA.sign if one.extra else ''}"
