"""Words of /help: the moments of the reader's day, each with the commands that serve in it."""

from datetime import datetime
from typing import Final

from bot.conversation.roles import Role
from bot.conversation.screen import Screen, Words, lines, paragraphs
from bot.conversation.widgets import write_rows
from bot.dispatch.commands.catalogue import SECTIONS
from bot.dispatch.commands.help_messages import Help

WORDS: Final = Words()
_HOLDFAST: Final = "<b>Holdfast</b> walks you through daily holds and stops when it hurts too much."
_STOP: Final = "<b>STOP</b> ends a hold at once: the button, or the word “stop”."
_ASKS: Final = "Tap a command: it asks for the rest."
_IS_NOT: Final = (
    "I am a timer and a diary, not a doctor. I promise no relief. In an emergency call your "
    "emergency number."
)


@WORDS.of(Help)
def _help(said: Help, _now: datetime) -> Screen:
    """Return what these roles can do: under 120 words for each."""
    if not said.roles:
        return Screen(text=_STRANGER)
    roles = frozenset(said.roles)
    athlete = Role.ATHLETE in roles
    return Screen(
        text=paragraphs(
            _HOLDFAST if athlete else "",
            _STOP if athlete else "",
            "" if roles == {Role.ATHLETE} else _ASKS,
            lines(*(f"{when}: {', '.join(names)}" for when, names in _day(roles).items())),
            _IS_NOT if athlete else "",
        ),
        rows=write_rows(said.readers),
    )


def _day(roles: frozenset[Role]) -> dict[str, list[str]]:
    """Return the moments in which these roles need something, with its commands."""
    found: dict[str, list[str]] = {}
    for commands in SECTIONS:
        for name, command in commands.items():
            if command.open_to(roles):
                found.setdefault(command.help, []).append(f"/{name}")
    return found


_STRANGER: Final = paragraphs(
    "I am Holdfast, a bot that walks runners through daily holds and stops when it hurts too much.",
    "You need an invitation: ask your coach for a link and open it here. I have no account for "
    "you yet.",
    lines("/privacy – what is stored", "/help – this text"),
    _IS_NOT,
)
