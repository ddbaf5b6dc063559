"""What is said in the weekly check, as values."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from bot.conversation.message import Reply
from bot.protocol.load.advice import Advice


class Asks(StrEnum):
    """Which of the three questions is open."""

    WORST = "w"  # worst pain of seven days
    SIT = "s"  # minutes of sitting before it hurts
    BETTER = "b"  # better or worse than at the start


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyCheckAsked(Reply):
    """A question of the check of the week that ends on `sunday`, perhaps with a line of advice.

    Without `asks` all three were asked. Answers are None where they are not known: `worst` 0–10,
    `sit` in minutes, `better` from -3 to 3.
    """

    topic: ClassVar[str] = "weekly_check"
    check: int
    sunday: date
    asks: Asks | None
    worst: int | None = None
    sit: int | None = None
    better: int | None = None
    tip: Advice | None = None


@dataclass(frozen=True, slots=True)
class CheckAnswered(Reply):
    """A button of the check was understood."""

    topic: ClassVar[str] = "check_answered"


@dataclass(frozen=True, slots=True)
class ChecksShown(Reply):
    """Whether the check comes; `wrong` is what was typed and is neither on nor off."""

    topic: ClassVar[str] = "checks_shown"
    on: bool
    wrong: str = ""
