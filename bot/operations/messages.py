"""What is said about the installation: values, no words."""

from dataclasses import dataclass

from bot.conversation.message import Intent, Priority


@dataclass(frozen=True, slots=True)
class Status(Intent):
    """The state of the installation, read when it is sent."""

    zone: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Menu(Intent):
    """The command menu of a chat: what these roles may do; without roles, everybody's menu."""

    priority = Priority.SUMMARY
    roles: tuple[str, ...]
