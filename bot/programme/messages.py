"""What is said about an athlete's programme in several places, as values."""

from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from bot.conversation.message import Reply

Item = Literal["zone", "days", "time", "side", "cues", "quiet"]
"""A setting of an athlete's."""


class SettingChange(NamedTuple):
    """A setting before and after, as the settings store it: days "0,2,4", time "07:30,18:00"."""

    item: Item
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NothingChanged(Reply):
    """What was typed could not be used: `problem` says why, and what is possible."""

    topic: ClassVar[str] = "programme_wrong"
    problem: str
