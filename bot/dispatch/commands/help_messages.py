"""What /help says, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply
from bot.conversation.offer_messages import Reader
from bot.conversation.roles import Role


@dataclass(frozen=True, slots=True)
class Help(Reply):
    """What the bot is, and every command of these roles; an athlete can write to `readers`."""

    topic: ClassVar[str] = "help"
    roles: tuple[Role, ...]
    readers: tuple[Reader, ...] = ()
