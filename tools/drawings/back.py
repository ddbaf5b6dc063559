"""A body seen from behind: for tubing that pulls to the side, and to show both glutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tools.drawings.body import (
    FAR_SHOE,
    HAIR,
    SHIRT,
    SHOE,
    SHORTS,
    SKIN,
    WORKS,
)
from tools.drawings.shapes import Point, View, curve, fill, line, together

_UPPER: Final = (
    (0, 148), (4.6, 147), (8, 144.5), (14, 142), (19.6, 139), (20.4, 132), (17.4, 122), (15.4, 112),
    (15.0, 104), (16.0, 99), (0, 97),
)  # fmt: skip
_PELVIS: Final = ((0, 108), (15.2, 108), (17.2, 101), (18.6, 92), (18.4, 84), (9, 80), (0, 82))
_GLUTE: Final = ((2, 99), (8, 102), (14.4, 98), (16.6, 91), (15.6, 83.6), (9.6, 80.2), (2.4, 81.6))
_NECK: Final = ((5, 145), (4.6, 152), (4.4, 157), (-4.4, 157), (-4.6, 152), (-5, 145))
_HEAD: Final = (
    (0, 176), (5.4, 174.6), (8.2, 169), (8.2, 163), (6.6, 157), (3.6, 153.4), (0, 152.4),
)  # fmt: skip
_HAIR: Final = (
    (0, 176.8),
    (6, 175.2),
    (8.8, 169),
    (8.6, 162),
    (7, 157.2),
    (3.4, 155.6),
    (0, 155.4),
)


_THIGH: Final = ((0, 9.4), (0.5, 8.4), (1.03, 6.2))
_SHANK: Final = ((-0.03, 6), (0.28, 6.8), (0.7, 4.4), (1.0, 3.6))
_SOLE: Final = ((-4, 11), (4, 11), (4.8, 2), (4.2, -8), (0, -13), (-4.2, -8), (-4.8, 2))
_SHOE: Final = ((-4.2, 2), (4.2, 2), (4.8, -4), (5.6, -7.6), (-4.6, -7.6), (-4.8, -4))


@dataclass(frozen=True, slots=True)
class Stance:
    """How a body stands: its right foot's place, and the left's, which may be lifted or ahead.

    `lean` moves hips and trunk to the right, in cm.
    """

    right: Point
    left: Point
    left_lifted: bool = False
    lean: float = 0.0


def _both(profile: Sequence[tuple[float, float]], shift: float) -> list[Point]:
    right = [Point(x + shift, y) for x, y in profile]
    left = [Point(shift - x, y) for x, y in reversed(profile) if x > 0]
    return right + left


def _leg(view: View, hip: Point, foot: Point, *, lifted: bool) -> str:
    """Return a leg from the hip to the heel, with the sole to be seen of a lifted one."""
    knee = Point(hip.x + 0.45 * (foot.x - hip.x), hip.y - (41.5 if lifted else 43.5))
    thigh = curve(view, _part(hip, knee, _THIGH))
    if lifted:
        sole = [Point(foot.x + dx, foot.y + dy) for dx, dy in _SOLE]
        return together([thigh], SKIN) + together([curve(view, sole)], FAR_SHOE)
    heel = Point(foot.x, foot.y + 8)
    shank = curve(view, _part(knee, heel, _SHANK))
    toes = 1 if hip.x > 0 else -1
    shoe = [Point(heel.x + toes * dx, heel.y + dy) for dx, dy in _SHOE]
    return together([thigh, shank], SKIN) + together([curve(view, shoe)], SHOE)


def _part(start: Point, end: Point, widths: Sequence[tuple[float, float]]) -> list[Point]:
    """Return the outline of a part that is so wide to either side, in cm, along its length."""

    def beside(along: float, across: float) -> Point:
        on = start.plus(start.to(end), along)
        return Point(on.x + across, on.y)

    left = [beside(along, -wide) for along, wide in widths]
    return left + [beside(along, wide) for along, wide in reversed(widths)]


def draw(view: View, stance: Stance, glutes: Sequence[int]) -> str:
    """Return the body; `glutes` are the sides whose glute works, +1 the right and -1 the left."""
    shift = stance.lean
    hips = {1: Point(shift + 8.8, 88), -1: Point(shift - 8.8, 88)}
    legs = _leg(view, hips[-1], stance.left, lifted=stance.left_lifted)
    legs += _leg(view, hips[1], stance.right, lifted=False)
    shorts = [curve(view, _both(_PELVIS, shift))]
    for side, foot in ((1, stance.right), (-1, stance.left)):
        toward = Point(hips[side].x + 0.30 * (foot.x - hips[side].x), 63)
        shorts.append(
            curve(view, _part(hips[side].plus(Point(0, 4)), toward, ((0, 9.6), (1, 9.2))))
        )
    glute = "".join(
        fill(curve(view, [Point(shift + side * x, y) for x, y in _GLUTE]), WORKS) for side in glutes
    )
    fold = "".join(
        line(curve(view, [Point(shift + s * 3, 80.6), Point(shift + s * 9.6, 79),
                          Point(shift + s * 15, 82.4)], closed=False), "#20323a", 3)
        for s in (1, -1)
    )  # fmt: skip
    cleft = line(curve(view, [Point(shift, 97), Point(shift, 82)], closed=False), "#20323a", 3)
    arms = "".join(_arm(view, shift, side) for side in (1, -1))
    return (
        legs
        + together(shorts, SHORTS)
        + glute
        + fold
        + cleft
        + arms
        + together([curve(view, [Point(x + shift, y) for x, y in _NECK])], SKIN)
        + together([curve(view, _both(_UPPER, shift))], SHIRT)
        + together([curve(view, _both(_HEAD, shift))], SKIN)
        + fill(curve(view, _both(_HAIR, shift)), HAIR)
    )


def _arm(view: View, shift: float, side: int) -> str:
    """Return an arm whose hand is on the chest: the elbow stands out, the forearm is hidden."""

    def at(x: float, y: float) -> Point:
        return Point(shift + side * x, y)

    arm = [at(15.6, 138), at(20.6, 137), at(26, 124), at(28.4, 114), at(26, 110.4), at(17, 118),
           at(16, 122), at(21.4, 119), at(19, 127)]  # fmt: skip
    sleeve = [at(14, 140), at(20.8, 139), at(25.6, 126), at(19.2, 122.4), at(15, 130)]
    return together([curve(view, arm)], SKIN) + together([curve(view, sleeve)], SHIRT)


def sit_bone(stance: Stance, side: int) -> Point:
    """Return where the sitting bone of a side is."""
    return Point(stance.lean + side * 6.2, 82.6)
