"""What /help says, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply
from bot.conversation.roles import Role


@dataclass(frozen=True, slots=True)
class Help(Reply):
    """What the bot is, and every command of these roles."""

    topic: ClassVar[str] = "help"
    roles: tuple[Role, ...]
