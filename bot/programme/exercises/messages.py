"""What /exercises says, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply
from bot.protocol.dose.dose import Side
from bot.protocol.dose.exercises import Anchor, Exercise, Target


@dataclass(frozen=True, slots=True)
class Filters:
    """Which holds are listed: of a target, where the glute works, that are done standing."""

    target: Target | None = None
    glute: bool = False
    standing: bool = False

    def passes(self, exercise: Exercise) -> bool:
        """Whether a hold is listed (PROTOCOL 1: the source rejects what fails one of them)."""
        return (
            (self.target is None or exercise.works(self.target))
            and not (self.glute and "ii" in exercise.flags)
            and not (self.standing and "iii" in exercise.flags)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ForWhom(Reply):
    """Of the chooser for one athlete, whose plan has `current`; or for nobody in particular."""

    athlete_id: int | None = None
    name: str = ""
    current: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExercisesShown(ForWhom):
    """The sheet of all; `wanted` is what was typed and names none of them."""

    topic: ClassVar[str] = "exercises"
    filters: Filters
    wanted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseShown(ForWhom):
    """One exercise: how it is done on this side, what it is chosen by, and why not.

    `ticked`: the coach has seen why it is flagged. `in_use`: the plan has it so. `own`: the athlete
    is shown a coach's own picture of it.
    """

    topic: ClassVar[str] = "exercise"
    exercise: str
    side: Side
    anchor: Anchor
    ticked: bool
    in_use: bool
    own: bool


# ---- a coach's own picture ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnPictureAsked(Reply):
    """Send a photo or video of this exercise for the athlete; `again`: what came was neither."""

    topic: ClassVar[str] = "own_picture_asked"
    athlete_id: int
    name: str
    exercise: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class OwnPictureKept(Reply):
    """The athlete sees the coach's picture from now on, in the place of the drawing.

    `told`: whether it is on its way to the athlete now.
    """

    topic: ClassVar[str] = "own_picture_kept"
    athlete_id: int
    name: str
    exercise: str
    told: bool


@dataclass(frozen=True, slots=True)
class OwnPictureGone(Reply):
    """The athlete sees the drawing again."""

    topic: ClassVar[str] = "own_picture_gone"
    athlete_id: int
    name: str
    exercise: str
