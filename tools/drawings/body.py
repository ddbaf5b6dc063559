"""A body seen from its right side: bones by their angles, and flesh around them.

The proportions are those of Drillis and Contini (1966) for a stature of 175 cm.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from zlib import crc32

from tools.drawings.shapes import Bone, Point, View, curve, disc, fill, line, together, way

STATURE: Final = 175.0
TRUNK, THIGH, SHANK = 0.288 * STATURE, 0.245 * STATURE, 0.246 * STATURE
UPPER_ARM, FOREARM, HAND = 0.186 * STATURE, 0.146 * STATURE, 0.09 * STATURE
ANKLE: Final = 0.045 * STATURE
"""The ankle's height over the sole, with a shoe."""

SKIN, FAR_SKIN = "#efcfae", "#cfb9a4"
SHIRT, FAR_SHIRT = "#dfe7e8", "#bfcacc"
SHORTS, FAR_SHORTS = "#4a7c8c", "#7a98a3"
SHOE, FAR_SHOE = "#ffffff", "#c4ced2"
HAIR: Final = "#33444c"
WORKS: Final = "#f08a24"
TENDER: Final = "#d3173a"

_PELVIS: Final = (
    (0.30, -7.5), (0.20, -10.2), (0.08, -13.2), (-0.04, -14.0), (-0.15, -11.6), (-0.21, -7.0),
    (-0.20, 2.0), (-0.10, 8.6), (0.04, 9.4), (0.18, 9.6), (0.30, 9.2),
)  # fmt: skip
_TRUNK: Final = (
    (0.22, -8.4), (0.30, -7.5), (0.46, -7.4), (0.62, -9.6), (0.78, -11.4), (0.92, -10.8),
    (1.04, -7.8), (1.12, -3.6), (1.12, 3.0), (1.03, 6.2), (0.92, 9.2), (0.76, 11.2), (0.60, 10.6),
    (0.42, 9.4), (0.30, 9.0), (0.22, 8.6),
)  # fmt: skip
_NECK: Final = ((0.98, -5.4), (1.14, -4.9), (1.28, -4.2), (1.28, 4.6), (1.16, 3.8), (1.0, 5.4))
_THIGH: Final = (
    (-0.12, -7.0), (0.10, -9.2), (0.30, -8.9), (0.55, -7.6), (0.80, -6.0), (1.0, -5.6),
    (1.05, -2.0), (1.05, 2.0), (0.98, 5.8), (0.80, 6.3), (0.55, 7.7), (0.30, 8.7), (0.10, 9.0),
    (-0.10, 7.0),
)  # fmt: skip
_SHORT: Final = (
    (-0.12, -8.0), (0.06, -10.6), (0.25, -10.0), (0.45, -9.2), (0.58, -8.6), (0.58, 8.8),
    (0.45, 9.2), (0.25, 9.6), (0.08, 9.6), (-0.10, 8.0),
)  # fmt: skip
_SHANK: Final = (
    (-0.08, -4.0), (0.02, -5.4), (0.16, -6.8), (0.30, -7.6), (0.46, -6.9), (0.66, -4.6),
    (0.86, -3.5), (1.0, -3.6), (1.04, 0.0), (1.0, 3.4), (0.84, 3.2), (0.60, 4.0), (0.36, 4.9),
    (0.14, 5.4), (0.0, 5.9), (-0.08, 4.0),
)  # fmt: skip
_SHOE: Final = (
    (-4.6, 4.2), (-6.6, 1.2), (-6.4, -3.6), (-5.4, -7.6), (0.0, -7.9), (8.0, -7.9), (16.0, -7.6),
    (19.6, -6.4), (19.4, -3.6), (15.0, -1.4), (9.0, 0.6), (5.4, 3.4), (3.6, 4.6),
)  # fmt: skip
_ARM: Final = ((0.0, -5.0), (0.3, -4.9), (0.7, -4.1), (1.0, -3.7), (1.0, 3.7), (0.7, 4.1),
    (0.3, 4.9), (0.0, 5.0))  # fmt: skip
_FOREARM: Final = ((0.0, -3.7), (0.3, -4.0), (0.7, -3.0), (1.0, -2.6), (1.0, 2.6), (0.7, 3.2),
    (0.3, 4.0), (0.0, 3.7))  # fmt: skip
_HAND: Final = ((-0.1, -2.5), (0.35, -3.0), (0.8, -2.3), (1.05, -1.0), (1.05, 1.0), (0.8, 2.3),
    (0.35, 3.0), (-0.1, 2.5))  # fmt: skip
_SLEEVE: Final = ((-0.12, -4.6), (0.1, -6.3), (0.35, -6.2), (0.62, -5.5), (0.62, 5.5), (0.35, 6.2),
    (0.1, 6.3), (-0.12, 4.6))  # fmt: skip
_HEAD: Final = (
    (-1.0, 11.8), (-6.4, 10.2), (-9.6, 5.0), (-9.4, -1.6), (-6.6, -6.4), (-2.6, -8.8), (1.8, -11.4),
    (6.2, -11.6), (8.6, -9.6), (8.4, -6.6), (9.6, -4.2), (11.6, -2.2), (9.2, 0.8), (9.0, 4.6),
    (6.0, 9.6),
)  # fmt: skip
_HAIR: Final = (
    (-1.0, 12.6), (-7.0, 11.0), (-10.4, 5.4), (-10.2, -1.8), (-7.4, -6.6), (-4.0, -6.4),
    (-2.6, -2.4), (-1.0, 1.0), (1.6, 3.6), (6.0, 5.6), (9.2, 5.2), (6.6, 10.4),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Leg:
    """The directions of thigh, shank and foot; a foot that stands points to 0."""

    thigh: float = -90
    shank: float = -90
    foot: float = 0


@dataclass(frozen=True, slots=True)
class Arm:
    """The directions of upper arm, forearm and hand."""

    upper: float = -90
    fore: float = -80
    hand: float = -75


@dataclass(frozen=True, slots=True)
class Pose:
    """A body: where its hip is, and the directions of its parts. `near` is the side that works."""

    hip: Point
    trunk: float
    near: Leg
    far: Leg
    near_arm: Arm = field(default_factory=Arm)
    far_arm: Arm = field(default_factory=Arm)
    head: float = 90

    @property
    def spine(self) -> Bone:
        """From the hips to the shoulders."""
        return Bone(self.hip, self.trunk, TRUNK, -1)

    def thigh(self, leg: Leg) -> Bone:
        """From the hip to the knee."""
        return Bone(self.hip, leg.thigh, THIGH, 1)

    def shank(self, leg: Leg) -> Bone:
        """From the knee to the ankle."""
        return Bone(self.thigh(leg).end, leg.shank, SHANK, 1)

    def ankle(self, leg: Leg) -> Point:
        """Where the ankle is."""
        return self.shank(leg).end

    def foot(self, leg: Leg, toe: float, up: float) -> Point:
        """Return a place of the foot: `toe` cm towards the toes and `up` from the ankle."""
        return self.ankle(leg).plus(way(leg.foot, toe)).plus(way(leg.foot + 90, up))

    @property
    def tender(self) -> Point:
        """The sitting bone: below the hip joint and behind it."""
        return self.spine.at(-0.15, -6.2)


def standing(pose: Pose, leg: Leg) -> Pose:
    """Return the pose with the foot of this leg on the ground."""
    drop = pose.ankle(leg).y - ANKLE
    return replace(pose, hip=Point(pose.hip.x, pose.hip.y - drop))


def _limb(view: View, pose: Pose, leg: Leg, colours: Sequence[str]) -> str:
    skin, shorts, shoe = colours
    thigh, shank = pose.thigh(leg), pose.shank(leg)
    flesh = [curve(view, thigh.outline(_THIGH)), curve(view, shank.outline(_SHANK))]
    flesh.append(disc(view, shank.at(0, 0.2), 5.7))
    sole = curve(view, [pose.foot(leg, toe, up) for toe, up in _SHOE])
    return (
        together(flesh, skin)
        + together([sole], shoe)
        + together([curve(view, thigh.outline(_SHORT))], shorts)
    )


def _arm(view: View, pose: Pose, arm: Arm, skin: str, shirt: str) -> str:
    upper = Bone(pose.spine.at(0.97, -0.6), arm.upper, UPPER_ARM, 1)
    fore = Bone(upper.end, arm.fore, FOREARM, 1)
    hand = Bone(fore.end, arm.hand, HAND, 1)
    flesh = [
        curve(view, upper.outline(_ARM)),
        curve(view, fore.outline(_FOREARM)),
        curve(view, hand.outline(_HAND)),
        disc(view, upper.end, 3.8),
    ]
    return together(flesh, skin) + together([curve(view, upper.outline(_SLEEVE))], shirt)


def _head(view: View, pose: Pose) -> str:
    neck = pose.spine.at(1.16, 0)
    middle = neck.plus(way(pose.head, 14.5)).plus(way(pose.head - 90, 2.6))

    def place(profile: Sequence[tuple[float, float]]) -> list[Point]:
        return [middle.plus(way(pose.head - 90, x)).plus(way(pose.head, y)) for x, y in profile]

    eye, ear = place([(6.2, 1.2)])[0], place([(-1.4, -1.8)])[0]
    throat = [*pose.spine.outline(_NECK[:2]), *place([(-5.6, -4.6), (4.4, -9.6)])]
    throat += pose.spine.outline(_NECK[4:])
    return (
        together([curve(view, throat)], SKIN)
        + together([curve(view, place(_HEAD))], SKIN)
        + fill(curve(view, place(_HAIR)), HAIR)
        + fill(disc(view, eye, 0.8), "#20323a")
        + fill(disc(view, ear, 1.7), SKIN)
        + line(disc(view, ear, 1.7), "#20323a", 2.5)
    )


def behind(view: View, pose: Pose) -> str:
    """Return what is on the far side of the body: the arm and the leg."""
    return _arm(view, pose, pose.far_arm, FAR_SKIN, FAR_SHIRT) + _limb(
        view, pose, pose.far, (FAR_SKIN, FAR_SHORTS, FAR_SHOE)
    )


def middle(view: View, pose: Pose, works: Sequence[str]) -> str:
    """Return head, trunk and the near leg, with what works coloured: glute, upper, lower, whole."""
    shirt = together([curve(view, pose.spine.outline(_TRUNK))], SHIRT)
    pelvis = curve(view, pose.spine.outline(_PELVIS))
    short = curve(view, pose.thigh(pose.near).outline(_SHORT))
    thigh = curve(view, pose.thigh(pose.near).outline(_THIGH))
    shorts = together([pelvis, short], SHORTS)
    name = f"c{crc32(pelvis.encode())}"  # several bodies may stand in one picture
    shapes = "".join(f'<path d="{one}"/>' for one in (pelvis, short, thigh))
    clip = f'<clipPath id="{name}">{shapes}</clipPath>'
    within = f' clip-path="url(#{name})"'
    colour = "".join(fill(one, WORKS, within) for one in _worked(view, pose, works))
    return (
        _head(view, pose)
        + shirt
        + _limb(view, pose, pose.near, (SKIN, SHORTS, SHOE))
        + shorts
        + clip
        + colour
    )


def _worked(view: View, pose: Pose, works: Sequence[str]) -> list[str]:
    glute = pose.spine.outline(
        [(0.24, -7.0), (0.16, -11.5), (0.04, -15.0), (-0.10, -15.0), (-0.18, -11.5), (-0.13, -6.5),
         (-0.02, -2.6), (0.12, -3.6)]
    )  # fmt: skip
    spans = {"upper": (0.06, 0.56), "lower": (0.62, 1.0), "whole": (0.06, 1.0)}
    found = [curve(view, glute)] if "glute" in works else []
    thigh = pose.thigh(pose.near)
    for part in works:
        if part in spans:
            low, high = spans[part]
            mid = (low + high) / 2
            found.append(curve(view, thigh.outline(
                [(low, -9.0), (mid, -10.5), (high, -8.0), (high + 0.02, -4.0), (mid, -1.2),
                 (low + 0.03, -2.6), (low - 0.04, -6.0)]
            )))  # fmt: skip
    return found


def front(view: View, pose: Pose) -> str:
    """Return the near arm."""
    return _arm(view, pose, pose.near_arm, SKIN, SHIRT)


def tender(view: View, at: Point) -> str:
    """Return the mark of the tender spot."""
    return (
        fill(disc(view, at, 3.6), "#ffffff")
        + line(disc(view, at, 3.6), "#20323a", 2)
        + fill(disc(view, at, 2.4), TENDER)
    )
