"""What is said about the installation: values, no words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.conversation.message import Intent
from bot.store import outbox


@dataclass(frozen=True, slots=True)
class Status(Intent):
    """The state of the installation, read when it is sent."""

    zone: str
    message_id: int | None = None


class Why(StrEnum):
    """Why nobody will get a letter."""

    REFUSED = outbox.REFUSED  # Telegram takes it in no form
    UNREADABLE = outbox.UNREADABLE  # another version wrote it, or its row was damaged
    BROKEN = outbox.BROKEN  # it could not be made into a call


EVENT: Final = "letter_lost"
TOPIC: Final = "letter_lost"
