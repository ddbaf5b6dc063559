"""Replies that several capabilities give."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class NotAllowed(Reply):
    """The person may not do that."""

    topic: ClassVar[str] = "not_allowed"


@dataclass(frozen=True, slots=True)
class CommandCancelled(Reply):
    """A question of a command is not asked any more: the person wrote cancel."""

    topic: ClassVar[str] = "command_cancelled"
