"""What is said about pain that is noted beside a session, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class PainNoteAsked(Reply):
    """How much does it hurt now? `unclear` where the last answer was no number."""

    topic: ClassVar[str] = "pain_note_ask"
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class PainNoteSaved(Reply):
    """A pain of `value`, 0–10, is kept; where it is high, warning signs are asked about."""

    topic: ClassVar[str] = "pain_note_saved"
    value: int
    high: bool


@dataclass(frozen=True, slots=True)
class PainNoteUndone(Reply):
    """The note of `value`, 0–10, is taken back."""

    topic: ClassVar[str] = "note_undone"
    value: int
