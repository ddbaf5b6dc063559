"""What is said about one text to everybody of a role, and the text itself."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from bot.accounts.roles import RoleCounts, RoleName
from bot.conversation.message import Message, Reply
from bot.letters import Priority


@dataclass(frozen=True, slots=True)
class Broadcast(Message):
    """An admin's text to everybody of a role."""

    priority = Priority.BROADCAST
    sender: str
    role: RoleName
    text: str


@dataclass(frozen=True, slots=True)
class AskBroadcastRole(Reply):
    """The question whom to write to, with how many would get it."""

    topic: ClassVar[str] = "broadcast_role"
    counts: RoleCounts


@dataclass(frozen=True, slots=True)
class AskBroadcastText(Reply):
    """The question what to write."""

    topic: ClassVar[str] = "broadcast_text"
    role: RoleName


@dataclass(frozen=True, slots=True)
class BroadcastNotTaken(Reply):
    """The `word` is no role; or the text has `length` characters, and at most `most` fit."""

    topic: ClassVar[str] = "broadcast_problem"
    why: Literal["role", "long"]
    word: str = ""
    length: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class BroadcastPreview(Reply):
    """The text as row `broadcast`, before it is sent to `total`; `skipped` cannot be reached."""

    topic: ClassVar[str] = "broadcast_preview"
    broadcast: int
    role: RoleName
    sender: str
    text: str
    total: int
    skipped: int


@dataclass(frozen=True, slots=True)
class NobodyToWriteTo(Reply):
    """Nobody of the role would get it; `skipped` cannot be reached."""

    topic: ClassVar[str] = "broadcast_nobody"
    role: RoleName
    skipped: int


@dataclass(frozen=True, slots=True)
class BroadcastCancelled(Reply):
    """Nothing was sent."""

    topic: ClassVar[str] = "broadcast_cancelled"


@dataclass(frozen=True, slots=True)
class BroadcastProgress(Reply):
    """How many of the `total` copies were delivered, and how many failed, so far or at last."""

    topic: ClassVar[str] = "broadcast_progress"
    role: RoleName
    total: int
    delivered: int
    failed: int
    done: bool
