"""Every command, in the order of /help and of Telegram's menu.

One name may be two commands: /pause is an athlete's own, and a coach's about an athlete.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bot.conversation import pending_input
from bot.conversation import who as conversation_who
from bot.conversation.command import ATHLETE, Command, CommandCall, Rules
from bot.conversation.common.messages import UnknownCommand
from bot.conversation.roles import Role
from bot.dispatch.commands.accounts import ACCOUNTS
from bot.dispatch.commands.athlete import ATHLETES, EVERYONES, start
from bot.dispatch.commands.coaching import COACHING
from bot.dispatch.commands.operations import OPERATIONS
from bot.dispatch.commands.programme import PROGRAMME
from bot.dispatch.commands.reporting import REPORTING
from bot.training.session import actions
from bot.training.speech import flow as live_words
from bot.training.speech.flow import SpokenWords

__all__ = [
    "COMMANDS",
    "SECTIONS",
    "Command",
    "CommandCall",
    "Rules",
    "menu",
    "run",
    "start",
    "typed",
]

SECTIONS: Final = (ATHLETES, COACHING, REPORTING, PROGRAMME, ACCOUNTS, OPERATIONS, EVERYONES)
"""The commands by what they are about."""


def _by_name() -> dict[str, tuple[Command, ...]]:
    found: dict[str, tuple[Command, ...]] = {}
    for commands in SECTIONS:
        for name, command in commands.items():
            found[name] = (*found.get(name, ()), command)
    return found


COMMANDS: Final = _by_name()
"""The commands of each name."""


def menu(roles: Iterable[Role]) -> dict[str, str]:
    """Return the menu's lines for somebody with these roles: each name once."""
    mine = frozenset(roles)
    lines: dict[str, str] = {}
    for commands in SECTIONS:
        for name, command in commands.items():
            if command.open_to(mine):
                lines.setdefault(name, command.about)
    return lines


def run(asked: CommandCall, name: str) -> None:
    """Carry out a command, if the person may; rights are looked at before anything else."""
    pending_input.take_command(asked.turn)
    who = asked.turn.who
    mine = [found for found in COMMANDS.get(name, ()) if found.open_to(who.roles)]
    if not mine:
        _refuse(asked, name)
    elif len(mine) == 1:
        mine[0].act(asked)
    else:
        _one_of_two(asked, name, mine)


def typed(asked: CommandCall, name: str) -> None:
    """Carry out a command that was typed. In an athlete's live session its words are heard too.

    Words that the command reads are its own; over others nothing is held, and what stops a set
    does so behind a command as well.
    """
    turn = asked.turn
    trains = Role.ATHLETE in turn.who.roles and turn.who.in_session
    unread = _unread(asked, name) if trains and asked.words else None
    run(asked, name)
    if unread is not None and actions.is_live(turn):
        live_words.overhear(turn, SpokenWords(unread, asked.spoken_as, aside=True))


def _unread(asked: CommandCall, name: str) -> str | None:
    """Return what an athlete says behind a command; None where the command reads it.

    Behind a coach's or admin's command words are about somebody else: nothing is taken from them.
    """
    mine = [found for found in COMMANDS[name] if found.open_to(asked.turn.who.roles)]
    own = [found for found in mine if found.open_to(ATHLETE)]
    if any(found.reads(asked) for found in own):
        return None
    return asked.words if own or not mine else ""


def _one_of_two(asked: CommandCall, name: str, mine: list[Command]) -> None:
    """Of a command of one's own and one about somebody else, carry out the one that is meant.

    Words that may be either are asked about: with an athlete called Mon, /pause mon is nobody's.
    """
    own = next((found for found in mine if not found.named), mine[0])
    other = next((found for found in mine if found.named), mine[0])
    words = conversation_who.mine(asked.words)
    if words is not None:
        own.act(replace(asked, words=words))
    elif not asked.words:
        (own if Role.ATHLETE in asked.turn.who.roles else other).act(asked)
    elif not conversation_who.names_somebody(asked.turn, asked.words):
        own.act(asked)
    elif own.reads(asked):
        conversation_who.ask_whose(
            asked.turn, name, asked.words, conversation_who.athletes_of(asked.turn)
        )
    else:
        other.act(asked)


def _refuse(asked: CommandCall, name: str) -> None:
    """Say nothing about what there is for others."""
    if asked.turn.query_id is not None:
        asked.turn.expired()
    elif asked.turn.who.person_id is None:
        start(replace(asked, words=""))
    else:
        asked.turn.say(UnknownCommand(name))
