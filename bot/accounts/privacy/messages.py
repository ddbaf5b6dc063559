"""What is said about the data that is stored: what it is, its export and its erasure."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.accounts.sharing.messages import DiaryOfCoach
from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class PrivacyNotice(Reply):
    """What is stored, why, how long and who sees it.

    `known` says that there is an account, `leaving` that an athlete asked for the erasure,
    `removed` that an admin took the athlete's role away. `operator` runs this bot and is reached
    at `contact`; empty where nobody is named. `diary` says of each coach whether it is shared, and
    `no_diary` that an athlete has not agreed to the text that names it.
    """

    topic: ClassVar[str] = "privacy"
    known: bool
    athlete: bool
    coaches: tuple[str, ...]
    leaving: bool
    removed: bool
    operator: str = ""
    contact: str = ""
    diary: tuple[DiaryOfCoach, ...] = ()
    no_diary: bool = False


@dataclass(frozen=True, slots=True)
class NothingToExport(Reply):
    """There is no account here."""

    topic: ClassVar[str] = "export_nothing"


@dataclass(frozen=True, slots=True)
class EraseQuestion(Reply):
    """What an erasure takes away, and whether to; another role `stays`."""

    topic: ClassVar[str] = "erase_ask"
    stays: bool


@dataclass(frozen=True, slots=True)
class EraseWaiting(Reply):
    """Everything is erased at `erase_at`; a session was `stopped` for it."""

    topic: ClassVar[str] = "erase_waiting"
    erase_at: datetime
    zone: str
    stopped: bool


@dataclass(frozen=True, slots=True)
class DataKept(Reply):
    """Nothing is erased; `changed` where it would have been."""

    topic: ClassVar[str] = "erase_kept"
    changed: bool
    next_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class NothingToErase(Reply):
    """No athlete, so no training data; `known` says that there is an account."""

    topic: ClassVar[str] = "erase_nothing"
    known: bool


@dataclass(frozen=True, slots=True)
class Erased(Reply):
    """The last message: all is erased; another account `stays`."""

    topic: ClassVar[str] = "erased"
    stays: bool


@dataclass(frozen=True, slots=True)
class ProgrammeEnded(Reply):
    """To an athlete whom an admin removed: until when the data is here."""

    topic: ClassVar[str] = "removed_waiting"
    erase_at: datetime
    zone: str
