"""Each exercise as a picture: the pose, what is around it, the effort, and three numbers."""

from typing import Final, Protocol

from bot.protocol.dose.exercises import Anchor
from tools.drawings import back, body, signs
from tools.drawings.back import Stance
from tools.drawings.body import Arm, Leg, Pose, standing
from tools.drawings.shapes import Point, View, way


class Scene(Protocol):
    """Draws an exercise into a view, with the numbers or without."""

    def __call__(self, view: View, *, numbers: bool) -> str:
        """Return its SVG."""


ARMS: Final = Arm(-72, 38, 40)
FAR_ARMS: Final = Arm(-64, 30, 32)
CHEST: Final = Arm(-78, 62, 64)
_O: Final = Point(0, 90)


def _numbers(view: View, shown: bool, *calls: tuple[Point, Point]) -> str:  # noqa: FBT001
    if not shown:
        return ""
    return "".join(
        signs.callout(view, str(at + 1), where, what) for at, (where, what) in enumerate(calls)
    )


# ---- tubing at the hip ---------------------------------------------------------------------

_STANCE: Final = Leg(thigh=-85, shank=-98)
_ONE_LEG: Final = standing(Pose(_O, 88, _STANCE, Leg(-86, -160, -70), ARMS, FAR_ARMS), _STANCE)
_LUNGE: Final = Leg(thigh=-70, shank=-97)
_SPLIT: Final = standing(Pose(_O, 90, _LUNGE, Leg(-103, -124, -36), ARMS, FAR_ARMS), _LUNGE)
_REACH: Final = 96
"""From the hip to the post, in cm."""


def _pulled(pose: Pose, anchor: Anchor, last: Point) -> Scene:
    """Return a scene with tubing around the hips, to a post behind or in front.

    The loop lies in the groin where the post is behind, on the buttock where it is in front.
    """
    away = -1 if anchor is Anchor.BEHIND else 1
    hips = pose.hip
    tied = Point(hips.x + away * _REACH, hips.y + 6)
    far = pose.spine.at(0.09, -away * 9).plus(Point(0, 3.5))
    near = [pose.spine.at(0.08, away * forward) for forward in (5, -4.5, -10.6)]
    half = Point((tied.x + near[0].x) / 2, hips.y + 4.6)
    start = Point(hips.x - away * 24, hips.y + 5)
    tip = start.plus(Point(-away * 30, 0))
    glute = pose.spine.at(0, -11)

    def draw(view: View, *, numbers: bool) -> str:
        return (
            signs.ground(view, -125, 125)
            + signs.post(view, tied.x, tied.y + 34)
            + signs.tube(view, [tied, far], far=True)
            + body.behind(view, pose)
            + body.middle(view, pose, ("glute", "upper"))
            + signs.tube(view, [tied, half, *near])
            + signs.knot(view, tied)
            + body.front(view, pose)
            + body.tender(view, pose.tender)
            + signs.arrow(view, start, tip)
            + _numbers(
                view,
                numbers,
                (glute.plus(Point(-24, 34)), glute),
                (tip.plus(Point(away * 9, -22)), tip.plus(Point(away * 10, -2))),
                (last.plus(Point(40, 8)), last),
            )
        )

    return draw


# ---- seen from behind ------------------------------------------------------------------------


def _sideways(stance: Stance, *, split: bool) -> Scene:
    """Return a scene with a post beside the leg that works, which is the right one."""
    at, height = stance.lean, 98.5
    tied = Point(98, 101)
    loop = [Point(at - 17.6, height), Point(at, height - 1.6), Point(at + 17.6, height)]
    last = Point(stance.right.x + 4, 6) if split else Point(stance.right.x + 3, 46)

    def draw(view: View, *, numbers: bool) -> str:
        return (
            signs.ground(view, -125, 125)
            + signs.post(view, tied.x, 134)
            + signs.tube(view, [tied, Point(at + 10, height + 3)], far=True)
            + back.draw(view, stance, (1,))
            + signs.tube(view, [*loop, Point((loop[2].x + tied.x) / 2, height + 0.6), tied])
            + signs.knot(view, tied)
            + body.tender(view, back.sit_bone(stance, 1))
            + signs.arrow(view, Point(at - 24, height), Point(at - 54, height))
            + _numbers(
                view,
                numbers,
                (Point(at + 46, 74), Point(at + 12, 89)),
                (Point(at - 42, height - 22), Point(at - 42, height - 2)),
                (Point(at + 46, 34), last),
            )
        )

    return draw


def _squeeze(view: View, *, numbers: bool) -> str:
    stance = Stance(Point(10, 0), Point(-10, 0))
    return (
        signs.ground(view, -125, 125)
        + back.draw(view, stance, (1, -1))
        + body.tender(view, back.sit_bone(stance, 1))
        + signs.arrow(view, Point(52, 91), Point(23, 91))
        + signs.arrow(view, Point(-52, 91), Point(-23, 91))
        + _numbers(
            view,
            numbers,
            (Point(44, 116), Point(11, 96)),
            (Point(-42, 69), Point(-42, 89)),
            (Point(46, 40), Point(14, 44)),
        )
    )


# ---- the others, from the side ---------------------------------------------------------------


def _heel_press(view: View, *, numbers: bool) -> str:
    stance = Leg(thigh=-80, shank=-96)
    pose = standing(Pose(_O, 90, Leg(-101, -111, -11), stance, CHEST, CHEST), stance)
    heel = pose.foot(pose.near, -6.6, -2)
    glute, low_back = pose.spine.at(0, -11), pose.spine.at(0.42, -7)
    return (
        signs.ground(view, -95, 95)
        + signs.wall(view, heel.x - 0.8, 190)
        + body.behind(view, pose)
        + body.middle(view, pose, ("glute", "upper"))
        + body.front(view, pose)
        + body.tender(view, pose.tender)
        + signs.arrow(view, heel.plus(Point(48, 13)), heel.plus(Point(11, 13)))
        + _numbers(
            view,
            numbers,
            (glute.plus(Point(52, 2)), glute.plus(Point(7, 0))),
            (heel.plus(Point(52, 40)), heel.plus(Point(40, 15))),
            (low_back.plus(Point(46, 10)), low_back.plus(Point(1, 0))),
        )
    )


def _pull_down(view: View, *, numbers: bool) -> str:
    stance = Leg(thigh=-87, shank=-95)
    pose = standing(Pose(_O, 91, Leg(-68, -70, 16), stance, CHEST, CHEST), stance)
    shank = pose.shank(pose.near)
    cuff, pulled = [shank.at(0.92, forward) for forward in (-4.2, 4)], shank.at(0.66, 5)
    tied = Point(pose.hip.x + 104, 152)
    pull = pulled.plus(way(shank.degrees - 90), 34)
    hamstring = pose.thigh(pose.near).at(0.26, -6)
    return (
        signs.ground(view, -95, 135)
        + signs.post(view, tied.x, 178)
        + body.behind(view, pose)
        + body.middle(view, pose, ("glute", "upper"))
        + signs.tube(view, cuff)
        + signs.tube(view, [cuff[1], tied])
        + signs.knot(view, tied)
        + body.front(view, pose)
        + body.tender(view, pose.tender)
        + signs.arrow(view, pulled.plus(way(shank.degrees - 90), 13), pull.plus(Point(-7, -3)))
        + _numbers(
            view,
            numbers,
            (hamstring.plus(Point(-46, -4)), hamstring),
            (pull.plus(Point(-24, 16)), pull.plus(Point(-2, 2))),
            (cuff[1].plus(Point(44, 12)), cuff[1].plus(Point(-2, 0))),
        )
    )


def _bridge(near: Leg, works: tuple[str, ...], *, heels: bool) -> Scene:
    """Return a scene on the back: head and shoulders lie; shoulder, hip and knee are in line."""
    hip = Point(-60, 11.4).plus(way(near.thigh, body.TRUNK))
    arm = Arm(-12, 0, 0)
    pose = Pose(hip, 180 + near.thigh, near, near, arm, arm, 176)
    up, glute = pose.spine.at(0.1, 12), pose.spine.at(0, -11)
    heel, ribs = pose.foot(near, -5, -7), pose.spine.at(0.66, 10)

    def draw(view: View, *, numbers: bool) -> str:
        return (
            signs.mat(view, -100, 84)
            + body.behind(view, pose)
            + body.middle(view, pose, works)
            + body.front(view, pose)
            + body.tender(view, pose.tender)
            + signs.arrow(view, up.plus(Point(0, 3)), up.plus(Point(0, 30)))
            + _numbers(
                view,
                numbers,
                (Point(glute.x + 2, -17), glute),
                (up.plus(Point(24, 22)), up.plus(Point(2, 18))),
                (heel.plus(Point(20, 22)), heel.plus(Point(1, 2)))
                if heels
                else (ribs.plus(Point(-16, 24)), ribs),
            )
        )

    return draw


def _leg_curl(view: View, *, numbers: bool) -> str:
    arms = Arm(-14, 166, 172)
    pose = Pose(Point(0, 10.6), 0, Leg(180, 128, 48), Leg(180, 182, 192), arms, arms, 6)
    pull_to = way(pose.near.shank - 90)
    shank = pose.shank(pose.near)
    cuff = [shank.at(0.92, forward) for forward in (4.2, -4)]
    tied = Point(-119, 16)
    pull = shank.at(0.8, -8)
    hamstring, hip = pose.thigh(pose.near).at(0.8, -4), pose.spine.at(0.14, 6)
    return (
        signs.mat(view, -92, 96)
        + signs.post(view, tied.x, 34)
        + signs.tube(view, [cuff[0], tied])
        + body.behind(view, pose)
        + body.middle(view, pose, ("lower",))
        + signs.tube(view, cuff)
        + signs.knot(view, tied)
        + body.front(view, pose)
        + body.tender(view, pose.tender)
        + signs.arrow(view, pull.plus(pull_to, 2), pull.plus(pull_to, 32))
        + _numbers(
            view,
            numbers,
            (hamstring.plus(Point(14, 30)), hamstring),
            (pull.plus(pull_to, 20).plus(Point(-14, 22)), pull.plus(pull_to, 20)),
            (Point(hip.x + 4, -17), hip),
        )
    )


def _wall_squat(view: View, *, numbers: bool) -> str:
    near = Leg(thigh=-8, shank=-90)
    pose = standing(Pose(_O, 90, near, Leg(4, -18, 74), Arm(-66, -10, -6), Arm(-60, -6, -4)), near)
    knee, heel = pose.shank(near).at(0.02, 4), pose.foot(near, -2, -6)
    push = heel.plus(Point(-24, 4))
    back_of = pose.spine.at(0.8, -9)
    return (
        signs.ground(view, -70, 120)
        + signs.wall(view, pose.hip.x - 14.6, 178)
        + body.behind(view, pose)
        + body.middle(view, pose, ("glute",))
        + body.front(view, pose)
        + body.tender(view, pose.tender)
        + signs.arrow(view, push.plus(Point(0, 30)), push)
        + _numbers(
            view,
            numbers,
            (back_of.plus(Point(52, 24)), back_of),
            (push.plus(Point(-20, 24)), push.plus(Point(-2, 20))),
            (knee.plus(Point(32, -18)), knee),
        )
    )


_KNEE: Final = _ONE_LEG.shank(_ONE_LEG.near).at(0.02, 3)
_HEEL: Final = _SPLIT.foot(_SPLIT.near, -3, -5)
SCENES: Final[dict[tuple[str, Anchor], Scene]] = {
    ("H1", Anchor.BEHIND): _pulled(_ONE_LEG, Anchor.BEHIND, _KNEE),
    ("H1", Anchor.FRONT): _pulled(_ONE_LEG, Anchor.FRONT, _KNEE),
    ("H1", Anchor.SIDE): _sideways(
        Stance(Point(3, 0), Point(-11, 40), left_lifted=True, lean=-3), split=False
    ),
    ("H2", Anchor.BEHIND): _pulled(_SPLIT, Anchor.BEHIND, _HEEL),
    ("H2", Anchor.FRONT): _pulled(_SPLIT, Anchor.FRONT, _HEEL),
    ("H2", Anchor.SIDE): _sideways(Stance(Point(9, 2.5), Point(-13, -2.5), lean=-2), split=True),
    ("H3", Anchor.BEHIND): _heel_press,
    ("H4", Anchor.BEHIND): _pull_down,
    ("H5", Anchor.BEHIND): _squeeze,
    ("H6", Anchor.BEHIND): _bridge(Leg(25, -99), ("glute",), heels=False),
    ("H8", Anchor.BEHIND): _bridge(Leg(15, -37, 62), ("glute", "whole"), heels=True),
    ("H10", Anchor.BEHIND): _leg_curl,
    ("H16", Anchor.BEHIND): _wall_squat,
}
"""By exercise and anchor; one without tubing at the hip has a single picture."""
STANDING: Final = View(3.4, 0)
VIEWS: Final = {
    "H6": View(4.0, -10, ground=180),
    "H8": View(3.8, -2, ground=190),
    "H10": View(3.8, -12, ground=190),
    "H16": View(3.5, 20),
}
"""How large a picture is where it lies or sits, else as `STANDING`."""
