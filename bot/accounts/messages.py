"""What is said about who is who: values, no words."""

from dataclasses import dataclass

from bot.conversation.message import Intent
from bot.letters import Priority


@dataclass(frozen=True, slots=True)
class Broadcast(Intent):
    """An admin's text to everybody of a role."""

    priority = Priority.BROADCAST
    sender: str
    role: str
    text: str
