"""What is said about a coach's notes, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class Line:
    """One note: when it was written, and by whom; None for somebody who is gone."""

    at: datetime
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Notes(Reply):
    """The newest notes about an athlete; the next text that is typed is one more."""

    topic: ClassVar[str] = "notes"
    name: str
    athlete_id: int
    notes: tuple[Line, ...]
    zone: str


@dataclass(frozen=True, slots=True)
class NoteKept(Reply):
    """A note was kept, as row `note`."""

    topic: ClassVar[str] = "note_kept"
    name: str
    athlete_id: int
    note: int
    text: str


@dataclass(frozen=True, slots=True)
class NoteDeleted(Reply):
    """A note was taken back."""

    topic: ClassVar[str] = "note_undone_staff"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class NoteTooLong(Reply):
    """Nothing was kept: the text has `length` characters, and at most `most` are taken."""

    topic: ClassVar[str] = "note_too_long"
    name: str
    athlete_id: int
    length: int
    most: int
