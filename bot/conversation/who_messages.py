"""What is said where it is not clear whom a command is about, as values."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """One button of the question: somebody, or "me", and how the words are read with them.

    `about` is a few words beside the name. The name has `taken` of the words, and `rest` is what
    follows it; both are None in letters of 0.1.0.
    """

    athlete_id: int | Literal["me"]
    name: str
    about: str
    taken: int | None = None
    rest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoIsMeant(Reply):
    """The question whom a command is about: several people fit its words.

    `wanted` are the words as they were typed, `name` those that are the name and `rest` those that
    follow it. `before` are words of the command that stand before the name. Pages count
    from 1.
    """

    topic: ClassVar[str] = "who_which"
    command: str
    wanted: str
    before: str = ""
    name: str
    rest: str
    people: tuple[PersonChoice, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class NobodyMeant(Reply):
    """Nobody has the `name`; with `none` there is nobody the command could be about."""

    topic: ClassVar[str] = "who_nobody"
    command: str
    name: str
    none: bool
