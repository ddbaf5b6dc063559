"""What is said about the installation: values, no words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.conversation.message import Intent, Priority
from bot.store import outbox


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


class Why(StrEnum):
    """Why nobody will get a letter."""

    REFUSED = outbox.REFUSED  # Telegram takes it in no form
    UNREADABLE = outbox.UNREADABLE  # another version wrote it, or its row was damaged
    BROKEN = outbox.BROKEN  # it could not be made into a call


EVENT: Final = "letter_lost"
TOPIC: Final = "letter_lost"
