"""What the quiz says, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class QuizOffered(Reply):
    """After the third session: three questions about why the athlete's hold is as it is."""

    topic: ClassVar[str] = "quiz_offered"


@dataclass(frozen=True, slots=True)
class QuizAsked(Reply):
    """Question `number`, from 0; after the last one, how many of them were `right`.

    `chosen` answered the question before this one.
    """

    topic: ClassVar[str] = "quiz"
    number: int
    right: int = 0
    chosen: str | None = None
