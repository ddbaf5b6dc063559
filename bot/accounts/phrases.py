"""Words and buttons that several messages about people share."""

from collections.abc import Sequence
from typing import Final

from bot.conversation.screen import Button, data
from bot.conversation.widgets import Row, Values

ROLE: Final = {"athlete": "an athlete", "coach": "a coach", "admin": "an admin"}
ROLES: Final = {"athlete": "athletes", "coach": "coaches", "admin": "admins"}


def pages(values: Values, command: str, person_id: int | None = None) -> tuple[Row, ...]:
    """Return a row that turns the pages of `command`, where there are several."""
    page, last = values["page"], values["pages"]
    turn = (("‹ Back", page - 1), ("More ›", page + 1))
    row = tuple(
        Button(label, data("c", command, "" if person_id is None else person_id, f"p{to}"))
        for label, to in turn
        if 1 <= to <= last
    )
    return (row,) if row else ()


def of_pages(values: Values) -> str:
    """Return " (page 2 of 3)", or nothing for a single page."""
    return f" (page {values['page']} of {values['pages']})" if values["pages"] > 1 else ""


def say_list(words: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([*([", ".join(words[:-1])] if words[:-1] else []), *words[-1:]])


def count(number: int, one: str, several: str) -> str:
    """Return "1 link" or "3 links"."""
    return f"{number} {one if number == 1 else several}"
