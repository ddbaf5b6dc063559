"""To whom words can go, and what is offered for those that answer no question, as values."""

from dataclasses import dataclass
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads what an athlete writes; `name` tells them from a namesake."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody the words can be sent to; `wrote` if theirs may be what the words answer."""

    id: int
    name: str
    wrote: bool


@dataclass(frozen=True, slots=True)
class WordsOffer(Reply):
    """What can be done with words that answer no question; `text` is empty where there are none.

    The words stay as they were typed. `pain` is a number 0–10 among them, and `sign` says that they
    name a warning sign: both are for an `athlete` alone. `problem` is why they are no line of the
    diary, which they look like.
    """

    topic: ClassVar[str] = "words_offer"
    text: str
    athlete: bool
    pain: int | None
    sign: bool
    to: tuple[Recipient, ...]
    problem: str = ""
