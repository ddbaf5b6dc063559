"""Pictures of a session, small enough to read in a chat on a phone.

A chart brings its own light ground, so that it reads alike in Telegram's light and dark themes.
Colour never speaks alone: every value is printed, pain over the limit is a square where the rest
are circles, and how a hold ended is a sign above its bar, explained below.
"""

import math
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.charts.chart_data import HoldBar, SessionChart
from bot.charts.style import FAINT, FONT, HELD, INK, OVER, PAPER, WITHIN, png
from bot.protocol.report.period import whole_seconds

__all__ = ["session_chart"]

_WIDTH_PX, _HEIGHT_PX, _DPI = 800, 480, 100
_SIGNS: Final = {"stopped": "■", "interrupted": "▼", "not done": "–"}
_FILLS: Final = {"stopped": (OVER, ""), "interrupted": ("#8fb3d9", "///")}
_FEWEST_SLOTS: Final = 4  # a lone bar is no wall
_LEFT, _AXES_WIDTH = 0.1, 0.775


@dataclass(frozen=True, slots=True)
class _Scale:
    """What fits a number of holds: sizes in points, and how numbers are printed.

    Every ``every``-th hold has its number; ``stacked`` signs stand above the seconds, not beside.
    """

    mark: float
    number: float
    tick: float
    every: int
    stacked: bool


def session_chart(data: SessionChart) -> bytes:
    """Draw one session as a PNG of 800 by 480 pixels and at most 60 kB.

    Above, the pain before and after each hold against the plan's limit; an answer not given is a
    "?" over the whole scale, never a 0. Below, seconds held inside the outline of those planned.
    An interrupted hold is drawn and does not count.
    """
    figure = Figure(figsize=(_WIDTH_PX / _DPI, _HEIGHT_PX / _DPI), dpi=_DPI, facecolor=PAPER)
    canvas = FigureCanvasAgg(figure)
    scale = _scale(len(data.holds))
    _write_heading(figure, data)
    _draw_pain(_add_axes(figure, 0.475, 0.385, data), data, scale)
    _draw_seconds(_add_axes(figure, 0.195, 0.235, data), data, scale)
    _write_key(figure, data)
    return png(canvas)


# The first row whose count of holds is not exceeded.
_SCALES: Final = (
    (10, _Scale(mark=23, number=16, tick=16, every=1, stacked=False)),
    (16, _Scale(mark=20, number=14, tick=14, every=1, stacked=True)),
    (25, _Scale(mark=16.5, number=11.5, tick=12, every=1, stacked=True)),
    (60, _Scale(mark=7, number=12, tick=13, every=5, stacked=True)),
    (math.inf, _Scale(mark=4, number=11, tick=12, every=10, stacked=True)),
)


def _scale(holds: int) -> _Scale:
    return next(scale for most, scale in _SCALES if holds <= most)


def _write_heading(figure: Figure, data: SessionChart) -> None:
    figure.text(
        0.025, 0.975, data.title, va="top", fontfamily=FONT, fontsize=21, weight="bold", color=INK
    )
    figure.text(
        0.975,
        0.965,
        say_held(data),
        va="top",
        ha="right",
        fontfamily=FONT,
        fontsize=17,
        color=INK,
    )


def say_held(data: SessionChart) -> str:
    """Return the seconds held of those planned; what was interrupted is neither."""
    counted = [hold for hold in data.holds if hold.status != "interrupted"]
    held = whole_seconds(sum(hold.actual_s for hold in counted))
    return f"{held} of {sum(hold.planned_s for hold in counted):.0f} s held"


def _add_axes(figure: Figure, bottom: float, height: float, data: SessionChart) -> Axes:
    """Add a panel whose x is 0 for "before" and 1, 2, … for the holds."""
    axes = figure.add_axes((_LEFT, bottom, _AXES_WIDTH, height), facecolor=PAPER)
    axes.set_xlim(-0.6, max(len(data.holds), _FEWEST_SLOTS) + 0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set(color=INK, linewidth=1.5)
    axes.tick_params(colors=INK, length=0, pad=5)
    for x in _side_starts(data):
        axes.axvline(x - 0.5, color=INK, linewidth=1.5, linestyle=":")
    return axes


def _label(axes: Axes, name: str, ticks: list[float]) -> None:
    axes.set_yticks(ticks, [f"{tick:.0f}" for tick in ticks], fontfamily=FONT, fontsize=14)
    axes.yaxis.set_label_coords(-0.07, 0.5)
    axes.set_ylabel(name, fontfamily=FONT, fontsize=15, color=INK)


def _draw_pain(axes: Axes, data: SessionChart, scale: _Scale) -> None:
    axes.set_ylim(-1.2, 11.2)
    axes.set_xticks([])
    _label(axes, "pain", [0, 5, 10])
    axes.axhline(data.pain_limit, color=OVER, linewidth=2, linestyle=(0, (5, 3)), zorder=1)
    axes.annotate(
        f"limit {data.pain_limit}",
        (1, data.pain_limit),
        (6, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontfamily=FONT,
        fontsize=15,
        weight="bold",
        color=OVER,
    )
    answers = [data.pain_before, *(hold.pain for hold in data.holds)]
    asked = [True, *(hold.status != "not done" for hold in data.holds)]
    starts = _side_starts(data)
    for (x, one), (_, two) in pairwise(enumerate(answers)):
        if one is not None and two is not None and x + 1 not in starts:
            axes.plot([x, x + 1], [one, two], color=WITHIN, linewidth=2.5, zorder=2)
    for x, answer in enumerate(answers):
        if answer is not None:
            _mark_pain(axes, x, answer, over=answer > data.pain_limit, scale=scale)
        elif asked[x]:
            _mark_unknown(axes, x, scale)
    axes.annotate(
        "before",
        (0, 0),
        (0, -4),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="center",
        va="top",
        fontfamily=FONT,
        fontsize=13,
        color=INK,
    )


def _mark_pain(axes: Axes, x: int, pain: int, *, over: bool, scale: _Scale) -> None:
    axes.scatter(
        [x],
        [pain],
        s=scale.mark**2,
        marker="s" if over else "o",
        color=OVER if over else WITHIN,
        edgecolors=PAPER,
        linewidths=1,
        zorder=3,
    )
    if scale.every == 1:
        size = scale.number if len(f"{pain}") == 1 else scale.number * 0.85
        _write(axes, x, pain, f"{pain}", size, color="white", va="center_baseline")
    elif over:
        _write(axes, x, pain + 0.6, f"{pain}", scale.number, color=OVER, va="bottom")


def _mark_unknown(axes: Axes, x: int, scale: _Scale) -> None:
    axes.bar([x], [10], width=0.62, color=FAINT, alpha=0.45, zorder=0)
    _write(axes, x, 7, "?", scale.number + 4, color=INK, va="center_baseline")


def _draw_seconds(axes: Axes, data: SessionChart, scale: _Scale) -> None:
    top = max([1.0, *(max(hold.planned_s, hold.actual_s) for hold in data.holds)])
    axes.set_ylim(0, top * 1.45)
    _label(axes, "seconds", [0, top])
    shown = [
        (x, f"{hold.number}")
        for x, hold in enumerate(data.holds, 1)
        if scale.every == 1 or hold.number % scale.every == 0
    ]
    axes.set_xticks(
        [x for x, _ in shown], [name for _, name in shown], fontfamily=FONT, fontsize=scale.tick
    )
    for x, hold in enumerate(data.holds, 1):
        _draw_bar(axes, x, hold, scale)
    _write_sides(axes, data)


def _draw_bar(axes: Axes, x: int, hold: HoldBar, scale: _Scale) -> None:
    fill, hatch = _FILLS.get(hold.status, (HELD, ""))
    axes.bar([x], [hold.actual_s], width=0.68, color=fill, hatch=hatch, edgecolor=PAPER, zorder=1)
    axes.bar([x], [hold.planned_s], width=0.68, fill=False, edgecolor=INK, linewidth=1.3, zorder=2)
    sign = _SIGNS.get(hold.status, "")
    top = max(hold.planned_s, hold.actual_s)
    if scale.every > 1:
        _write(axes, x, top, sign, scale.number, color=INK, va="bottom")
        return
    seconds = "" if hold.status == "not done" else f"{hold.actual_s:.0f}"
    text = ("\n" if scale.stacked else " ").join(part for part in (sign, seconds) if part)
    _write(axes, x, top, text, scale.number, color=INK, va="bottom")


def _write(axes: Axes, x: float, y: float, text: str, size: float, *, color: str, va: str) -> None:
    axes.text(
        x,
        y,
        text,
        ha="center",
        va=va,
        fontfamily=FONT,
        fontsize=size,
        weight="bold",
        color=color,
        zorder=4,
    )


def _side_starts(data: SessionChart) -> list[int]:
    """Return the x of each hold that follows one of the other side."""
    return [x for x, (one, two) in enumerate(pairwise(data.holds), 2) if one.side != two.side]


def _write_sides(axes: Axes, data: SessionChart) -> None:
    """Name the side under each run of holds."""
    start = 1
    for side, run in groupby(data.holds, key=lambda hold: hold.side):
        end = start + len(list(run))
        axes.annotate(
            side,
            ((start + end - 1) / 2, 0),
            (0, -26),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="center",
            va="top",
            fontfamily=FONT,
            fontsize=15,
            weight="bold",
            color=INK,
        )
        start = end


def _write_key(figure: Figure, data: SessionChart) -> None:
    """Explain the signs in use, on the last line."""
    used = {hold.status for hold in data.holds}
    parts = [f"{sign} {status}" for status, sign in _SIGNS.items() if status in used]
    if any(hold.actual_s < hold.planned_s for hold in data.holds):
        parts.insert(0, "□ planned")
    if any(hold.pain is None and hold.status != "not done" for hold in data.holds):
        parts.append("? no answer")
    figure.text(0.975, 0.02, "   ".join(parts), ha="right", fontfamily=FONT, fontsize=14, color=INK)
