"""What is wrong with a typed text, or which of its meanings is to be chosen.

Every reader of typed words ends in one of three ways: a value, a sentence on what is wrong, or a
question with the meanings that are left. Nothing is guessed.
"""

from collections.abc import Callable
from typing import Final, TypeVar

SHOWN: Final = 40
"""Characters of a typed text that a sentence repeats."""
T = TypeVar("T")


class InputError(ValueError):
    """A typed text cannot be used; the message says why and how to write it."""


class UnreadError(InputError):
    """A typed text has no form that is known here."""


class WhichError(InputError):
    """A part of a typed text is not clear: the message asks, `choices` are what it may mean.

    Each choice can stand in the place of that part, between `before` and `after`. `labels` are what
    people read of the choices, where that is more than the choice itself.
    """

    def __init__(
        self,
        message: str,
        choices: tuple[str, ...],
        before: str = "",
        after: str = "",
        labels: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.choices = choices
        self.labels = labels or choices
        self.before = before
        self.after = after

    def filled(self, answer: str) -> str:
        """Return the whole text with the answer in the place of what was not clear."""
        return joined(self.before, answer, self.after)

    def within(self, before: str, after: str) -> "WhichError":
        """Return the same question about a part of a longer text."""
        outer = joined(before, self.before), joined(self.after, after)
        return WhichError(str(self), self.choices, *outer, self.labels)


def joined(*parts: str) -> str:
    """Return the parts that are not empty, with a space between them."""
    return " ".join(part for part in parts if part)


def shown(text: str) -> str:
    """Return a typed text as a sentence repeats it: on one line, its beginning."""
    return " ".join(text.split())[:SHOWN]


def meanings(read: Callable[[str], T], text: str) -> list[T]:
    """Return every value that a text may have for a reader: one, where it is clear."""
    try:
        return [read(text)]
    except WhichError as which:
        return values(read, which)
    except InputError:
        return []


def values(read: Callable[[str], T], which: WhichError) -> list[T]:
    """Return the values that are left where a reader asked which one is meant."""
    found = (meanings(read, which.filled(choice)) for choice in which.choices)
    return list(dict.fromkeys(value for each in found for value in each))
