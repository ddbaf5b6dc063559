"""What is said about the installation: values, no words."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from bot.conversation.message import Message, Reply
from bot.conversation.zone_input import CityGuess
from bot.store import outbox


@dataclass(frozen=True, slots=True)
class Status(Message):
    """The state of the installation, read when it is sent."""

    zone: str
    message_id: int | None = None


class WhyLost(StrEnum):
    """Why nobody will get a letter."""

    REFUSED = outbox.REFUSED  # Telegram takes it in no form
    UNREADABLE = outbox.UNREADABLE  # another version wrote it, or its row was damaged
    BROKEN = outbox.BROKEN  # it could not be made into a call


EVENT: Final = "letter_lost"
"""The fault that a lost letter is counted as."""


@dataclass(frozen=True, slots=True)
class LetterLost(Reply):
    """A letter of the intent `kind` is lost for good."""

    topic: ClassVar[str] = "letter_lost"
    kind: str
    why: WhyLost


# ---- backups --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BackupBegun(Reply):
    """A backup will be made."""

    topic: ClassVar[str] = "backup_begun"


@dataclass(frozen=True, slots=True)
class BackupElsewhere(Reply):
    """The database is on a server, which is backed up by its own tools."""

    topic: ClassVar[str] = "backup_elsewhere"


@dataclass(frozen=True, slots=True)
class BackupDone(Reply):
    """A backup was made: the file's name and its size in bytes, and how long it took."""

    topic: ClassVar[str] = "backup_done"
    name: str
    size: int
    seconds: float


@dataclass(frozen=True, slots=True)
class BackupFailed(Reply):
    """No backup could be made; `reason` is a sentence for people."""

    topic: ClassVar[str] = "backup_failed"
    reason: str


# ---- the staff's zone -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaffZone(Reply):
    """The person's zone, and the question for another; `problem` is what was wrong before."""

    topic: ClassVar[str] = "zone"
    zone: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class StaffZoneByClock(Reply):
    """The question which time it is; `offsets` are minutes from UTC, west to east."""

    topic: ClassVar[str] = "zone_clock"
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StaffZoneByPlace(Reply):
    """The question which of several places has the person's clocks, as pairs of name and zone."""

    topic: ClassVar[str] = "zone_pick"
    guesses: tuple[CityGuess, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class StaffZoneCheck(Reply):
    """The question whether the clocks of a zone are right."""

    topic: ClassVar[str] = "zone_check"
    zone: str


@dataclass(frozen=True, slots=True)
class StaffZoneSet(Reply):
    """The person's zone is another one, or the same as before."""

    topic: ClassVar[str] = "zone_done"
    before: str
    zone: str


@dataclass(frozen=True, slots=True)
class StaffZoneKept(Reply):
    """The zone stays: the person wrote cancel."""

    topic: ClassVar[str] = "zone_kept"
    zone: str
