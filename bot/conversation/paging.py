"""Long lists, a page at a time: which part is shown, and the buttons to the pages beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.conversation.screen import Button, Row, data

_ASKED: Final = re.compile(r"p(\d{1,5})", re.ASCII)
_BESIDE: Final = ("‹ Back", "More ›")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its `number` out of `count`, from 1, and how many things it holds."""

    number: int
    count: int
    size: int

    @classmethod
    def of(cls, total: int, size: int, wanted: int) -> "Page":
        """Return the page nearest to `wanted` of `total` things; an empty list has one page."""
        count = max(1, -(-total // size))
        return cls(min(max(wanted, 1), count), count, size)

    @property
    def start(self) -> int:
        """How many things stand before this page."""
        return (self.number - 1) * self.size

    def cut(self, found: Sequence[T]) -> Sequence[T]:
        """Return what of the whole list stands on this page."""
        return found[self.start : self.start + self.size]


def asked(words: str) -> int | None:
    """Return 3 for "p3", as a button asks for a page; None for other words."""
    found = _ASKED.fullmatch(words)
    return None if found is None else int(found[1])


def typed(words: str) -> int | None:
    """Return 3 for "3" too, as people type a page where it cannot be a name."""
    return asked(f"p{words.removeprefix('p')}")


def turning(
    page: int, pages: range, verb: str, *values: object, labels: tuple[str, str] = _BESIDE
) -> tuple[Row, ...]:
    """Return a row with buttons to those `pages` that stand beside `page`; none for a single one.

    The buttons' data is `verb`, `values` and the page: "c:people::p2".
    """
    row = tuple(
        Button(label, data(verb, *values, f"p{to}"))
        for label, to in zip(labels, (page - 1, page + 1), strict=True)
        if to in pages
    )
    return (row,) if row else ()


def of_pages(page: int, count: int) -> str:
    """Return " (page 2 of 3)", or nothing for a single page."""
    return f" (page {page} of {count})" if count > 1 else ""
