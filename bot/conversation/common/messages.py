"""Replies that many capabilities give, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class Inactive(Reply):
    """The button is not active any more."""

    topic: ClassVar[str] = "inactive"


@dataclass(frozen=True, slots=True)
class PainSaved(Reply):
    """A pain of `value`, 0–10, is saved."""

    topic: ClassVar[str] = "noted"
    value: int


@dataclass(frozen=True, slots=True)
class SavedAlready(Reply):
    """The same answer is saved already."""

    topic: ClassVar[str] = "known"


@dataclass(frozen=True, slots=True)
class SentAlready(Reply):
    """The same words were passed on already."""

    topic: ClassVar[str] = "sent_already"


@dataclass(frozen=True, slots=True)
class NotSaved(Reply):
    """The last message could not be handled, and nothing of it is saved."""

    topic: ClassVar[str] = "not_saved"


@dataclass(frozen=True, slots=True)
class TooFast(Reply):
    """The person asked for too much within a minute: this was not done."""

    topic: ClassVar[str] = "too_fast"


@dataclass(frozen=True, slots=True)
class UnknownCommand(Reply):
    """There is no command `name`, or not for this person."""

    topic: ClassVar[str] = "unknown_command"
    name: str


@dataclass(frozen=True, slots=True)
class CommandCancelled(Reply):
    """A command that waited for more words is dropped."""

    topic: ClassVar[str] = "command_cancelled"


@dataclass(frozen=True, slots=True)
class UnknownText(Reply):
    """Nobody understood the text, and no session is running."""

    topic: ClassVar[str] = "unknown_text"


@dataclass(frozen=True, slots=True)
class NumberWithoutQuestion(Reply):
    """A number, 0–10, answers no question: nothing is saved."""

    topic: ClassVar[str] = "number_without_question"
    value: int


@dataclass(frozen=True, slots=True)
class NotAthlete(Reply):
    """What was asked for is for athletes."""

    topic: ClassVar[str] = "not_athlete"


@dataclass(frozen=True, slots=True)
class NotAllowed(Reply):
    """The person's roles do not allow this."""

    topic: ClassVar[str] = "not_allowed"


@dataclass(frozen=True, slots=True)
class LocationButtonOff(Reply):
    """No location is awaited any more: the button below the text field goes."""

    topic: ClassVar[str] = "location_off"
