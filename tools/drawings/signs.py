"""What stands around a body: ground, wall, mat, tubing with its anchor, arrows and numbers."""

from collections.abc import Sequence
from typing import Final

from tools.drawings.shapes import INK, Point, View, curve, disc, fill, line, number, straight

BAND, FAR_BAND = "#0f9a6c", "#0b6d4d"
EFFORT: Final = "#1f57d6"
_GROUND: Final = "#9db0b5"
_SOLID: Final = "#c9d3d4"
_MAT: Final = "#b9c8e6"
_HALO: Final = "#f8f5ed"


def ground(view: View, left: float, right: float) -> str:
    """Return the floor, from x to x."""
    return line(straight(view, [Point(left, 0), Point(right, 0)], closed=False), _GROUND, 5)


def wall(view: View, x: float, top: float) -> str:
    """Return a wall whose face is at x, with what is behind it to the left."""
    face = straight(view, [Point(x, 0), Point(x, top), Point(x - 9, top), Point(x - 9, 0)])
    edge = straight(view, [Point(x, 0), Point(x, top)], closed=False)
    return fill(face, _SOLID) + line(edge, INK, 5)


def mat(view: View, left: float, right: float) -> str:
    """Return a mat on the floor; who lies on it lies at y 0."""
    floor = straight(view, [Point(left - 16, -3.6), Point(right + 16, -3.6)], closed=False)
    top = straight(view, [Point(left, -1.6), Point(right, -1.6)], closed=False)
    return line(floor, _GROUND, 5) + line(top, _MAT, 13)


def post(view: View, x: float, top: float) -> str:
    """Return a post that something can be tied to."""
    foot = straight(view, [Point(x - 9, 0.8), Point(x + 9, 0.8)], closed=False)
    pole = straight(view, [Point(x, 0.8), Point(x, top)], closed=False)
    return line(foot, INK, 10) + line(pole, INK, 10)


def knot(view: View, at: Point) -> str:
    """Return the anchor: where tubing is tied to its post."""
    return fill(disc(view, at, 4.2), INK) + fill(disc(view, at, 3.0), BAND)


def tube(view: View, points: Sequence[Point], *, far: bool = False) -> str:
    """Return a piece of tubing."""
    path = curve(view, points, closed=False)
    return line(path, INK, 14) + line(path, FAR_BAND if far else BAND, 9)


def arrow(view: View, start: Point, end: Point) -> str:
    """Return an arrow: the direction of effort."""
    whole = start.to(end)
    one = Point(whole.x / whole.length, whole.y / whole.length)
    side = Point(-one.y, one.x)
    neck = end.plus(one, -8.5)
    shaft = straight(view, [start, neck], closed=False)
    head = straight(view, [end, neck.plus(side, 5.6), neck.plus(side, -5.6)])
    return (
        line(shaft, _HALO, 20)
        + line(head, _HALO, 10)
        + line(shaft, EFFORT, 11)
        + line(head, EFFORT, 2)
        + fill(head, EFFORT)
    )


def callout(view: View, sign: str, at: Point, points_to: Point) -> str:
    """Return a number in a circle, with a line to what it is about."""
    x, y = view(at)
    lead = straight(view, [at, points_to], closed=False)
    return (
        line(lead, _HALO, 7)
        + line(lead, INK, 3)
        + fill(disc(view, points_to, 1.3), INK)
        + f'<circle cx="{number(x)}" cy="{number(y)}" r="25" fill="#ffffff" stroke="{INK}" '
        'stroke-width="4"/>' + letters(sign, x, y + 11.5, 32)
    )


def letters(text: str, x: float, y: float, size: float) -> str:
    """Return text around x, with its feet on y: in pixels, never mirrored."""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-family="DejaVu Sans" font-weight="bold" '
        f'font-size="{number(size)}" text-anchor="middle" fill="{INK}">{text}</text>'
    )
