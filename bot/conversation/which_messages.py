"""What is said where words of a command have several meanings, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class CommandChoice:
    """One button of the question: what it says, and all the words of the command with it."""

    label: str
    words: str


@dataclass(frozen=True, slots=True)
class WhichMeaning(Reply):
    """The question what words of `command` mean; nothing is done yet. A typed answer counts too.

    `athlete_id` is who the command is about, if that is one person.
    """

    topic: ClassVar[str] = "which_meaning"
    command: str
    problem: str
    choices: tuple[CommandChoice, ...]
    athlete_id: int | None = None
