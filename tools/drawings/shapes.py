"""Plane geometry and SVG: points in cm, x to the right and y up; curves through points."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

INK: Final = "#20323a"
CARD: Final = "#f8f5ed"


class Point(NamedTuple):
    """A place, or a way from one to another, in cm."""

    x: float
    y: float

    def plus(self, other: "Point", times: float = 1.0) -> "Point":
        """Return this place, moved by a way, so many times."""
        return Point(self.x + times * other.x, self.y + times * other.y)

    def to(self, other: "Point") -> "Point":
        """Return the way from here to there."""
        return Point(other.x - self.x, other.y - self.y)

    @property
    def length(self) -> float:
        """Its length as a way."""
        return math.hypot(self.x, self.y)


def way(degrees: float, length: float = 1.0) -> Point:
    """Return a way in this direction: 0 is to the right, 90 up."""
    turn = math.radians(degrees)
    return Point(length * math.cos(turn), length * math.sin(turn))


@dataclass(frozen=True, slots=True)
class Bone:
    """A straight part of the body, from a joint in a direction.

    `front` is +1 where its front is to the left of its direction, as of a leg that hangs down in
    somebody who looks to the right, and -1 of the trunk, which goes up.
    """

    start: Point
    degrees: float
    length: float
    front: int

    @property
    def end(self) -> Point:
        """The other joint."""
        return self.start.plus(way(self.degrees, self.length))

    def at(self, along: float, forward: float = 0.0) -> Point:
        """Return a place beside it: `along` in parts of its length, `forward` in cm."""
        there = self.start.plus(way(self.degrees, along * self.length))
        return there.plus(way(self.degrees + 90 * self.front, forward))

    def outline(self, profile: Iterable[tuple[float, float]]) -> list[Point]:
        """Return the places of a profile: pairs of `along` and `forward`."""
        return [self.at(along, forward) for along, forward in profile]


@dataclass(frozen=True, slots=True)
class View:
    """From cm to the pixels of a card of `width` x `height`; `mirrored` left for right.

    `middle` is the x in cm that comes to the middle, `ground` the pixels below the ground.
    """

    scale: float
    middle: float
    width: int = 960
    height: int = 720
    ground: int = 70
    mirrored: bool = False

    def __call__(self, point: Point) -> tuple[float, float]:
        """Return where a place is on the card."""
        across = (point.x - self.middle) * self.scale * (-1 if self.mirrored else 1)
        return self.width / 2 + across, self.height - self.ground - point.y * self.scale


def number(value: float) -> str:
    """Return a number as SVG has it, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def pair(at: tuple[float, float]) -> str:
    """Return two numbers."""
    return f"{number(at[0])} {number(at[1])}"


def curve(view: View, points: Sequence[Point], *, closed: bool = True) -> str:
    """Return the path of a smooth curve through points (Catmull-Rom)."""
    around = [view(point) for point in points]
    count = len(around)
    parts = [f"M{pair(around[0])}"]
    for at in range(count if closed else count - 1):
        before, start, end, after = (
            around[(at + step) % count] if closed else around[min(max(at + step, 0), count - 1)]
            for step in (-1, 0, 1, 2)
        )
        out = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        into = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        parts.append(f"C{pair(out)} {pair(into)} {pair(end)}")
    return " ".join(parts) + ("Z" if closed else "")


def straight(view: View, points: Sequence[Point], *, closed: bool = True) -> str:
    """Return the path of straight lines through points."""
    return "M" + " L".join(pair(view(point)) for point in points) + ("Z" if closed else "")


def disc(view: View, middle: Point, radius: float) -> str:
    """Return the path of a circle of so many cm."""
    x, y = view(middle)
    r = number(radius * view.scale)
    left, right = pair((x - radius * view.scale, y)), pair((x + radius * view.scale, y))
    return f"M{left}A{r} {r} 0 1 0 {right}A{r} {r} 0 1 0 {left}Z"


def fill(path: str, colour: str, extra: str = "") -> str:
    """Return a filled path without a line."""
    return f'<path d="{path}" fill="{colour}"{extra}/>'


def line(path: str, colour: str, width: float, extra: str = "") -> str:
    """Return a path as a line with round ends."""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{number(width)}" '
        f'stroke-linecap="round" stroke-linejoin="round"{extra}/>'
    )


def together(paths: Sequence[str], colour: str, width: float = 5) -> str:
    """Return several shapes as one: filled, with a line around all of them."""
    return "".join(
        [*(line(path, INK, 2 * width) for path in paths), *(fill(path, colour) for path in paths)]
    )
