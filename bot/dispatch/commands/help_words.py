"""Words of /help: every command of these roles."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot.conversation.limits import MAX_TEXT
from bot.conversation.roles import Role
from bot.conversation.screen import Screen
from bot.conversation.words import Words
from bot.dispatch.commands.catalogue import SECTIONS, Command
from bot.dispatch.commands.help_messages import Help

WORDS: Final = Words()
_STOP: Final = (
    "<b>STOP</b> ends everything at once, in every phase, by button or by typing “stop”. "
    "No hold comes after it."
)
_IS_NOT: Final = (
    "I am a timer and a diary for the holds you and your coach agreed on. I am not a doctor: "
    "I do not diagnose, and I promise no relief. In an emergency call your emergency number."
)


@WORDS.of(Help)
def _help(said: Help, _now: datetime) -> Screen:
    """Return every command of these roles with an example; or shorter, where that is too long."""
    if not said.roles:
        return Screen(text=_STRANGER)
    roles = frozenset(said.roles)
    text = _commands(roles, lambda found: found.help)
    if len(text) > MAX_TEXT:
        text = _commands(roles, lambda found: found.about)
    return Screen(text=text)


def _commands(roles: frozenset[Role], line: Callable[[Command], str]) -> str:
    parts = ["<b>Holdfast</b> walks you through daily holds and stops when it hurts too much."]
    for title, commands in SECTIONS:
        lines = [
            f"/{name} – {line(found)}" for name, found in commands.items() if found.open_to(roles)
        ]
        if lines:
            parts.append("\n".join([f"<b>{title}</b>", *lines]))
    if Role.ATHLETE in roles:
        parts.append(_STOP)
    parts.append(_IS_NOT)
    return "\n\n".join(parts)


_STRANGER: Final = (
    "I am Holdfast, a bot that walks runners through daily holds and stops when it hurts too "
    "much.\n\nYou need an invitation: ask your coach for a link and open it here. I have no "
    f"account for you yet.\n\n/privacy – what is stored\n/help – this text\n\n{_IS_NOT}"
)
