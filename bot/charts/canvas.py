"""A sheet measured in pixels from its upper left corner, with one column for each day."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.charts.style import FONT, INK, PAPER, width

SMALL: Final = 22
"""The smallest letters in pixels: 11 points where a phone shows two pixels as one point."""
_DPI: Final = 72  # a matplotlib point is a pixel
_LEFT, _RIGHT = 52, 12
_FEWEST: Final = 7  # a lone day is no wall
_WIDE: Final = 80
_TILE, _TILE_MARGIN = 27, 4

Point = tuple[float, float]
Box = tuple[float, float, float, float]


def tile_width(text: str) -> float:
    """Return how wide a tile with these bold signs is."""
    return max(_TILE, width(text, SMALL, bold=True) + _TILE_MARGIN)


class Sheet:
    """Pixels to draw on. `slot` is a day's width; in a `wide` one numbers fit into the marks."""

    def __init__(self, wide: int, high: int, days: int) -> None:
        figure = Figure(figsize=(wide / _DPI, high / _DPI), dpi=_DPI, facecolor=PAPER)
        self.canvas = FigureCanvasAgg(figure)
        self.width = wide
        self.left, self.right = _LEFT, wide - _RIGHT
        self.slot = (self.right - self.left) / max(days, _FEWEST)
        self.wide = self.slot >= _WIDE
        self._axes = figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, wide)
        self._axes.set_ylim(high, 0)

    def x(self, day: int, part: float = 0) -> float:
        """Return the middle of a day's column, or `part` of a column beside it."""
        return self.left + (day + 0.5 + part) * self.slot

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SMALL,
        align: Literal["left", "center", "right"] = "center",
        bold: bool = False,
        colour: str = INK,
    ) -> None:
        """Write one line, its middle at `y`."""
        self._axes.text(
            x,
            y,
            text,
            ha=align,
            va="center_baseline",
            fontfamily=FONT,
            fontsize=size,
            weight="bold" if bold else "normal",
            color=colour,
            parse_math=False,
            zorder=5,
        )

    def tile(self, x: float, y: float, text: str, *, colour: str, ground: str) -> None:
        """Write a few bold signs on a square, or what is as wide as they need."""
        wide = tile_width(text)
        box = Rectangle(
            (x - wide / 2, y - _TILE / 2),
            wide,
            _TILE,
            facecolor=ground,
            edgecolor=PAPER,
            linewidth=1.5,
            zorder=4,
        )
        self._axes.add_artist(box)
        self.write(x, y, text, bold=True, colour=colour)

    def marks(
        self, points: Sequence[Point], shape: str, size: float, *, edge: str, fill: str
    ) -> None:
        """Draw marks of matplotlib's `shape`, `size` pixels wide."""
        if points:
            self._axes.scatter(
                [x for x, _ in points],
                [y for _, y in points],
                s=size**2,
                marker=shape,
                facecolor=fill,
                edgecolors=edge,
                linewidths=2,
                zorder=3,
            )

    def lines(
        self,
        ends: Iterable[tuple[Point, Point]],
        colour: str,
        *,
        thick: float = 1.5,
        style: str = "-",
    ) -> None:
        """Draw straight lines; `style` is matplotlib's."""
        drawn = LineCollection(list(ends), colors=colour, linewidths=thick, linestyles=style)
        self._axes.add_collection(drawn, autolim=False)

    def boxes(self, boxes: Iterable[Box], *, fill: str = "none", edge: str = "none") -> None:
        """Draw rectangles of (left, top, width, height)."""
        found = [Rectangle((x, y), wide, high) for x, y, wide, high in boxes]
        drawn = PatchCollection(found, facecolors=fill, edgecolors=edge, linewidths=1.6)
        self._axes.add_collection(drawn, autolim=False)
