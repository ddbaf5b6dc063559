"""Words and buttons that several messages about people share."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from bot.accounts.roles import RoleName
from bot.conversation import widgets
from bot.conversation.screen import Button, data
from bot.conversation.widgets import Row

ROLE: Final = {"athlete": "an athlete", "coach": "a coach", "admin": "an admin"}
ROLES: Final = {"athlete": "athletes", "coach": "coaches", "admin": "admins"}


def pages(command: str, page: int, last: int, person_id: int | None = None) -> tuple[Row, ...]:
    """Return a row that turns the pages of `command`, from 1 to `last`, where there are several."""
    turn = (("‹ Back", page - 1), ("More ›", page + 1))
    row = tuple(
        Button(label, data("c", command, "" if person_id is None else person_id, f"p{to}"))
        for label, to in turn
        if 1 <= to <= last
    )
    return (row,) if row else ()


def of_pages(page: int, last: int) -> str:
    """Return " (page 2 of 3)", or nothing for a single page."""
    return f" (page {page} of {last})" if last > 1 else ""


def say_as(roles: Iterable[RoleName]) -> str:
    """Return "an athlete and a coach"."""
    return say_list([ROLE[role] for role in roles])


def say_list(words: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([*([", ".join(words[:-1])] if words[:-1] else []), *words[-1:]])


def say_instant(at: datetime, zone: str, now: datetime) -> str:
    """Return an instant as "today 07:30 (Europe/Berlin)"."""
    return widgets.say_moment(at.isoformat(), zone, now)


def count(number: int, one: str, several: str) -> str:
    """Return "1 link" or "3 links"."""
    return f"{number} {one if number == 1 else several}"
