"""How an exercise is done, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Message, Reply
from bot.letters import Priority
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.dose.exercises import Anchor


@dataclass(frozen=True, slots=True)
class HowTo(Message):
    """An exercise's picture: what a coach has sent for the athlete, else its drawing.

    `new`: it comes by itself, before the first session with it. To somebody else than the athlete
    it is told with the athlete's `name`. With `drawn` it is the drawing, whatever a coach sent.
    """

    priority = Priority.QUESTION
    athlete_id: int
    exercise: str
    side: Side
    anchor: Anchor
    new: bool = False
    name: str = ""
    drawn: bool = False

    @classmethod
    def of(cls, athlete_id: int, dose: Dose, *, new: bool = False, name: str = "") -> "HowTo":
        """Return the picture of what a dose asks an athlete to hold."""
        return cls(athlete_id, dose.exercise, dose.side, dose.band_anchor, new, name)


@dataclass(frozen=True, slots=True)
class OwnPictureLost(Reply):
    """To a coach: what was sent for this athlete cannot be sent on; the drawing is shown again."""

    topic: ClassVar[str] = "own_picture_lost"
    athlete_id: int
    name: str
    exercise: str
