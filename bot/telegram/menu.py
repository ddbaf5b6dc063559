"""Telegram's command menus: everybody's, and the own one of each coach and admin."""

import hashlib
import json
from collections.abc import Iterable
from itertools import combinations
from typing import Any, Final

import structlog
from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import TelegramError

from bot.conversation.roles import Role
from bot.dispatch.commands.catalogue import menu

log = structlog.get_logger()

ABOUT: Final = (
    "Holdfast walks you through daily isometric holds, asks your pain after each, "
    "and stops the set when it is over your limit. It does not diagnose."
)
SHORT: Final = "Daily isometric holds, one cue at a time."
MOST: Final = 100
"""Telegram's limit for the commands of one menu."""


def commands_of(roles: Iterable[Role]) -> list[BotCommand]:
    """Return the menu of somebody with these roles."""
    return [BotCommand(name, about) for name, about in menu(roles).items()][:MOST]


def menu_call(chat_id: int, roles: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """Return the call that gives a chat the menu of these roles, or without any everybody's."""
    scope, mine = BotCommandScopeChat(chat_id), [Role(role) for role in roles]
    if not mine:
        return "delete_my_commands", {"scope": scope}
    return "set_my_commands", {"commands": commands_of(mine), "scope": scope}


def edition() -> str:
    """Return a short word that is another one whenever some role's menu is."""
    roles = [found for count in range(len(Role) + 1) for found in combinations(Role, count)]
    menus = json.dumps([list(menu(found).items()) for found in roles])
    return hashlib.sha256(menus.encode()).hexdigest()[:12]


async def publish_menu(bot: Bot) -> None:
    """Tell Telegram what the bot is, and the menu of athletes and of those who have none of theirs.

    Without it the bot works all the same.
    """
    try:
        await bot.set_my_commands(commands_of([Role.ATHLETE]))
        await bot.set_my_description(ABOUT)
        await bot.set_my_short_description(SHORT)
    except TelegramError as error:
        log.warning("menu_not_published", error=type(error).__name__)
