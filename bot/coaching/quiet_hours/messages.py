"""What is said about a coach's quiet hours, as values; hours are like "22:00-07:00"."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class QuietHoursShown(Reply):
    """The quiet hours, to be changed.

    `problem` is what was wrong with what was typed, `choices` are the hours that it may mean.
    """

    topic: ClassVar[str] = "quiet_hours"
    hours: str
    zone: str
    problem: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuietHoursSet(Reply):
    """The quiet hours are `after` now; they may be the same as `before`."""

    topic: ClassVar[str] = "quiet_changed"
    before: str
    after: str
    zone: str
