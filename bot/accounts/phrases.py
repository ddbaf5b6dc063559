"""Words and buttons that several messages about people share."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.accounts.roles import RoleName

ROLE: Final = {"athlete": "an athlete", "coach": "a coach", "admin": "an admin"}
ROLES: Final = {"athlete": "athletes", "coach": "coaches", "admin": "admins"}


def say_as(roles: Iterable[RoleName]) -> str:
    """Return "an athlete and a coach"."""
    return say_list([ROLE[role] for role in roles])


def say_list(words: Sequence[str]) -> str:
    """Return "a", "a and b" or "a, b and c"."""
    return " and ".join([*([", ".join(words[:-1])] if words[:-1] else []), *words[-1:]])
