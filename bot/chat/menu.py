"""Telegram's command menu, in plain words."""

from typing import Final

import structlog
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.chat.commands import menu
from bot.flows.people import Role

log = structlog.get_logger()

ABOUT: Final = (
    "Holdfast walks you through daily isometric holds, asks your pain after each, "
    "and stops the set when it is over your limit. It does not diagnose."
)
SHORT: Final = "Daily isometric holds, one cue at a time."
FOR_ALL: Final = tuple(BotCommand(name, about) for name, about in menu([Role.ATHLETE]).items())


async def publish_menu(bot: Bot) -> None:
    """Tell Telegram the commands; without them the bot works all the same."""
    try:
        await bot.set_my_commands(FOR_ALL)
        await bot.set_my_description(ABOUT)
        await bot.set_my_short_description(SHORT)
    except TelegramError as error:
        log.warning("menu_not_published", error=type(error).__name__)
