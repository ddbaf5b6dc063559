"""The catalogue of holds (PROTOCOL 6). The default programme is H1 alone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Target(StrEnum):
    """What a hold is for."""

    UPPER = "upper"
    """The upper hamstring, which is what the method treats."""
    LOWER = "lower"
    """The lower hamstring, at the knee."""
    HAMSTRING = "hamstring"
    """The whole hamstring."""
    GLUTE = "glute"


class Glute(StrEnum):
    """How much the glute works."""

    NO = "no"
    MODERATE = "moderate"
    YES = "yes"
    HIGH = "high"


class Compression(StrEnum):
    """How much the tendon is pressed on the bone: the more, the deeper the hip is bent."""

    NONE = "none"
    LOW = "low"
    LOW_TO_MODERATE = "low to moderate"
    MODERATE_TO_HIGH = "moderate to high"
    HIGH = "high"


class Equipment(StrEnum):
    """What a hold cannot be done without."""

    TUBING = "tubing"
    WALL = "wall"
    MAT = "mat"


class Anchor(StrEnum):
    """Where the tubing at the hip is fixed, seen from who holds; the coach sets it (PROTOCOL 6)."""

    BEHIND = "behind"
    FRONT = "front"
    SIDE = "side"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One hold: what it is called, the cues said before it, and what a coach chooses it by.

    `regress_to` and `progress_to` are the ids of easier and harder ones of the same stage, the
    nearest first: PROTOCOL 6 where it says so (sore in H1: H5 or H6), else this project's order.
    `stage` is the first in which it is done (PROTOCOL 7), 1 to 4.
    """

    id: str
    name: str
    cues: tuple[str, ...]
    target: tuple[Target, ...]
    glute: Glute
    standing: bool
    compression: Compression
    equipment: tuple[Equipment, ...] = ()
    regress_to: tuple[str, ...] = ()
    progress_to: tuple[str, ...] = ()
    stage: int = 1
    at_hip: bool = False
    """Whether tubing pulls at the hip, so that its anchor can be chosen."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The reasons to reject the hold: the source's i, ii and iii, and compression.

        It targets the lower hamstring (i), gives the glute no chance to work (ii), is not in a
        functional position (iii), or presses on the tendon.
        """
        pressed = {Compression.MODERATE_TO_HIGH, Compression.HIGH}
        found = {
            "i": Target.LOWER in self.target,
            "ii": self.glute is Glute.NO,
            "iii": not self.standing,
            "compression": self.compression in pressed,
        }
        return tuple(flag for flag, raised in found.items() if raised)

    @property
    def needs_band(self) -> bool:
        """Whether it cannot be done without tubing."""
        return Equipment.TUBING in self.equipment

    def works(self, part: Target) -> bool:
        """Whether a part is worked: the whole hamstring has both of its own."""
        own = {Target.UPPER, Target.LOWER}
        return part in self.target or (part in own and Target.HAMSTRING in self.target)


_ALL: Final = (
    Exercise(
        id="H1",
        name="standing hold, tubing at the hip",
        cues=("stand tall, knee soft", "drive the hip, squeeze the glute", "no movement"),
        target=(Target.UPPER,),
        glute=Glute.YES,
        standing=True,
        compression=Compression.LOW,
        equipment=(Equipment.TUBING,),
        regress_to=("H5", "H6"),
        progress_to=("H2",),
        at_hip=True,
    ),
    Exercise(
        id="H2",
        name="split-stance hold, tubing at the hip, short stance",
        cues=("trunk tall", "front heel heavy", "no movement"),
        target=(Target.UPPER, Target.GLUTE),
        glute=Glute.YES,
        standing=True,
        compression=Compression.LOW_TO_MODERATE,
        equipment=(Equipment.TUBING,),
        regress_to=("H1",),
        at_hip=True,
    ),
    Exercise(
        id="H3",
        name="wall heel-press, standing",
        cues=("press the heel back", "no arch in the low back", "no movement"),
        target=(Target.UPPER,),
        glute=Glute.YES,
        standing=True,
        compression=Compression.LOW,
        equipment=(Equipment.WALL,),
        regress_to=("H5",),
        progress_to=("H1",),
    ),
    Exercise(
        id="H4",
        name="standing straight-leg pull-down, held",
        cues=("band at the heel, hip 10 to 30 degrees", "no movement"),
        target=(Target.UPPER,),
        glute=Glute.MODERATE,
        standing=True,
        compression=Compression.LOW,
        equipment=(Equipment.TUBING,),
        regress_to=("H3",),
    ),
    Exercise(
        id="H5",
        name="standing glute squeeze",
        cues=("squeeze the glute", "no movement"),
        target=(Target.GLUTE,),
        glute=Glute.HIGH,
        standing=True,
        compression=Compression.NONE,
        progress_to=("H3", "H1"),
    ),
    Exercise(
        id="H6",
        name="short-lever double bridge",
        cues=("ribs down", "no movement"),
        target=(Target.GLUTE,),
        glute=Glute.YES,
        standing=False,
        compression=Compression.LOW,
        equipment=(Equipment.MAT,),
        regress_to=("H5",),
        progress_to=("H8",),
    ),
    Exercise(
        id="H8",
        name="long-lever bridge",
        cues=("push the heels", "no movement"),
        target=(Target.HAMSTRING, Target.GLUTE),
        glute=Glute.MODERATE,
        standing=False,
        compression=Compression.LOW,
        equipment=(Equipment.MAT,),
        regress_to=("H6",),
    ),
    Exercise(
        id="H10",
        name="prone leg-curl hold, mid range",
        cues=("no movement",),
        target=(Target.LOWER,),
        glute=Glute.NO,
        standing=False,
        compression=Compression.LOW,
        equipment=(Equipment.MAT, Equipment.TUBING),
    ),
    Exercise(
        id="H12",
        name="seated heel-dig",
        cues=(),
        target=(Target.LOWER,),
        glute=Glute.NO,
        standing=False,
        compression=Compression.HIGH,
    ),
    Exercise(
        id="H16",
        name="single-leg wall squat",
        cues=("no movement",),
        target=(Target.GLUTE,),
        glute=Glute.HIGH,
        standing=True,
        compression=Compression.MODERATE_TO_HIGH,
        equipment=(Equipment.WALL,),
        stage=3,
    ),
)

CATALOGUE: Final = {one.id: one for one in _ALL if one.compression is not Compression.HIGH}
"""By id; those that may be chosen."""
REFUSED: Final = {one.id: one.name for one in _ALL if one.compression is Compression.HIGH}
"""Id → name of holds whose compression of the tendon is high (PROTOCOL 6)."""
WITHOUT_BAND: Final = "H3"
"""What is held instead where there is no tubing (PROTOCOL 6)."""
