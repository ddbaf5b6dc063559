"""What is said about an athlete's stage, as values."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from bot.conversation.message import Reply
from bot.protocol.load.stages import ExitCondition, Met

Wish = Literal["hold", "test", "stride"]
"""What a coach may ask for: a hold of 45 s, a load test, the line of advice on the stride."""
Conditions = tuple[tuple[ExitCondition, Met], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageShown(Reply):
    """An athlete's stage, 1 to 4; in the first one the conditions for leaving it.

    `wishes` are what a coach asks for; `problem` is a sentence on what was typed.
    """

    topic: ClassVar[str] = "stage_shown"
    athlete_id: int
    name: str
    stage: int
    conditions: Conditions
    wishes: tuple[Wish, ...]
    problem: str = ""
    told: bool | None = None


@dataclass(frozen=True, slots=True)
class TestAskedOfYou(Reply):
    """To the athlete: `by` asks for the load test, or not any more."""

    topic: ClassVar[str] = "test_asked_of_you"
    by: str
    wanted: bool
    limit: int
