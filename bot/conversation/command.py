"""What a command is: who may use it, what it does, and its lines in the menu and in /help."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.conversation.interaction import Interaction
from bot.conversation.roles import Role
from bot.conversation.zone_input import CityGuess, FindPlace, no_place
from bot.kept import SentPicture

ATHLETE: Final = frozenset({Role.ATHLETE})
COACH: Final = frozenset({Role.COACH})
ADMIN: Final = frozenset({Role.ADMIN})
STAFF: Final = COACH | ADMIN


@dataclass(frozen=True, slots=True)
class Rules:
    """What the installation decides: the bot's name, and whether anyone may enrol."""

    bot_username: str
    open_enrolment: bool


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A command as one function sees it: typed, or behind a button.

    `name` is the person's as Telegram shows it, `spoken_as` the message that says the words.
    `cities` are the places found for the words of a command that takes one, `find` finds those of a
    part of its words. `sent` is a photo or video that the command has asked for.
    """

    turn: Interaction
    name: str
    spoken_as: int | None
    words: str
    rules: Rules
    cities: list[CityGuess] = field(default_factory=list)
    find: FindPlace = no_place
    sent: SentPicture | None = None


def _nothing(_asked: CommandCall) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Command:
    """One command for some roles (None: everyone).

    `about` is its line in Telegram's menu; `help` the moment of the reader's own day in which it
    serves: commands of one moment share a line of /help. A command that is `named` begins with
    somebody's name: where a person has two commands of one name, the named one is meant when a
    name was typed. `reads` says whether one's own command can make something of the words: typed in
    a live session, any others are heard as the session's.
    """

    act: Callable[[CommandCall], None]
    roles: frozenset[Role] | None
    about: str
    help: str
    named: bool = False
    reads: Callable[[CommandCall], bool] = _nothing

    def open_to(self, roles: frozenset[Role]) -> bool:
        """Whether somebody with these roles may use it."""
        return self.roles is None or bool(self.roles & roles)
