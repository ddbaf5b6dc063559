"""What is said about an athlete's plan, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal, NamedTuple

from bot.conversation.message import Reply
from bot.conversation.phrases import Unchanged
from bot.protocol.dose.dose import Dose

DoseCommand = Literal["plan", "limits"]
"""The command that shows a dose."""
DoseValue = bool | int | str
PICTURED: Final = frozenset({"exercise", "side", "band_anchor"})
"""Fields of a dose that its picture shows."""
DoseChanges = dict[str, tuple[DoseValue, DoseValue]]
"""A dose's field → before and after, for the fields that differ."""


@dataclass(frozen=True, slots=True)
class PastVersion:
    """A version of the plan: when and by whom it was made; None for the bot, or who is gone.

    `changes` are None for the first version.
    """

    at: datetime
    by: str | None
    changes: DoseChanges | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseShown(Reply):
    """An athlete's dose after `changes`, or `why` there are none.

    `running`: a session is running, and keeps its plan. `told`: whether the letter to the athlete
    has anywhere to go; None where none was needed.
    """

    athlete_id: int
    name: str
    running: bool
    changes: DoseChanges
    told: bool | None
    why: Unchanged
    dose: Dose


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShown(DoseShown):
    """The whole plan: `exercise` by its name, and its last versions, newest first.

    `at_hip`: tubing pulls at the hip, and where it is fixed is told.
    `planned_s` is the time under tension, `length_s` the whole session, both in seconds.
    """

    topic: ClassVar[str] = "plan"
    reader_zone: str
    version: int
    exercise: str
    planned_s: int
    length_s: int
    history: tuple[PastVersion, ...]
    at_hip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsShown(DoseShown):
    """The plan's pain limit and hard stop."""

    topic: ClassVar[str] = "limits"


class FlaggedExercise(NamedTuple):
    """An exercise that the method advises against: its id, its name, and why."""

    id: str
    name: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDoubted(Reply):
    """Nothing is changed yet: `words` of `command` ask for more than a slip may.

    `limit` is the pain limit before and after, where it is raised.
    """

    topic: ClassVar[str] = "plan_sure"
    athlete_id: int
    name: str
    command: DoseCommand
    words: str
    limit: tuple[int, int] | None
    flagged: FlaggedExercise | None


@dataclass(frozen=True, slots=True)
class PlanChangedForYou(Reply):
    """The person `by` changed the athlete's plan."""

    topic: ClassVar[str] = "plan_changed"
    by: str
    changes: DoseChanges
