"""What is said about what an athlete is to leave out, as values."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.conversation.message import Reply
from bot.protocol.load.entries import Extra
from bot.training.load.messages import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionsShown(Reply):
    """What the athlete is asked to leave out; `changed` is what was set or ended just now.

    `told` says whether the letter to the athlete has anywhere to go; None for no letter.
    """

    topic: ClassVar[str] = "restrictions_shown"
    athlete_id: int
    name: str
    today: date
    left_out: tuple[LeftOut, ...]
    changed: Extra | None = None
    told: bool | None = None


@dataclass(frozen=True, slots=True)
class RestrictedForYou(Reply):
    """To the athlete: what `by` asks to leave out, or, without an end, not any more."""

    topic: ClassVar[str] = "restricted_for_you"
    by: str
    left_out: LeftOut
    today: date
