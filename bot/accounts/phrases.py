"""Words and buttons that several messages about people share."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.accounts.roles import RoleName
from bot.conversation.screen import Button, Row, data, esc

ROLE: Final = {"athlete": "an athlete", "coach": "a coach", "admin": "an admin"}
ROLES: Final = {"athlete": "athletes", "coach": "coaches", "admin": "admins"}


def myself_rows() -> tuple[Row, ...]:
    """Return the button by which an admin becomes a coach as well."""
    return ((Button("I coach athletes myself", data("c", "invite", "", "coach me")),),)


def say_as(roles: Iterable[RoleName]) -> str:
    """Return "an athlete and a coach"."""
    return say_list([ROLE[role] for role in roles])


def say_list(words: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([*([", ".join(words[:-1])] if words[:-1] else []), *words[-1:]])


def run_by(name: str, contact: str) -> str:
    """Return who runs this bot and how to reach them, or that nobody is named."""
    if not (name or contact):
        return "<b>Who runs this bot</b> is not named here. Ask who gave you the link."
    reach = f"{'Write to' if name else 'write to'} {esc(contact)}." if contact else ""
    who = f"{esc(name)}." if name else ""
    return f"<b>Who runs this bot:</b> {' '.join(filter(None, (who, reach)))}"
