"""Telegram's command menus: everybody's, and the own one of each coach and admin."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator
from functools import partial
from itertools import combinations
from typing import Any, Final

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    MenuButtonCommands,
)
from telegram.error import BadRequest, RetryAfter, TelegramError

from bot.conversation.roles import Role
from bot.dispatch.commands.catalogue import menu
from bot.operations.menus import KnownChat
from bot.telegram.poller import wait_of
from bot.telegram.ports import EdgeClock

log = structlog.get_logger()

ABOUT: Final = (
    "Holdfast walks you through daily isometric holds, asks your pain after each, "
    "and stops the set when it is over your limit. It does not diagnose."
)
SHORT: Final = "Daily isometric holds, one cue at a time."
MOST: Final = 100
"""Telegram's limit for the commands of one menu."""
PACE_S: Final = 0.02
"""Between two of the many calls that take away what another program left."""
BUTTON: Final = MenuButtonCommands()
OTHERS: Final[tuple[BotCommandScope, ...]] = (
    BotCommandScopeAllPrivateChats(),
    BotCommandScopeAllGroupChats(),
    BotCommandScopeAllChatAdministrators(),
)
"""Scopes in which the bot has no list of its own: one there would hide the general list."""
LANGUAGES: Final = (
    # What Telegram's apps are translated to, then the rest of ISO 639-1.
    "en ru es de fr it pt nl pl uk tr ar fa id ms uz ko ja zh he hi cs sk hu ro bg sr hr ca "
    "be fi sv da nb no nn el vi th kk az ka hy et lv lt sl sq eu gl aa ab ae af ak am an as "
    "av ay ba bi bm bn bo br bs ce ch co cr cu cv cy dv dz ee eo ff fj fo fy ga gd gn gu gv "
    "ha ho ht hz ia ie ig ii ik io is iu jv kg ki kj kl km kn kr ks ku kv kw ky la lb lg li "
    "ln lo lu mg mh mi mk ml mn mr mt my na nd ne ng nr nv ny oc oj om or os pa pi ps qu rm "
    "rn rw sa sc sd se sg sh si sm sn so ss st su sw ta te tg ti tk tl tn to ts tt tw ty ug "
    "ur ve vo wa wo xh yi yo za zu "
)
"""Languages in which a list of commands may be set: nobody can ask in which there is one."""


KnownChats = Callable[[], Awaitable[Iterable[KnownChat]]]
"""Returns the chats of everybody who joined."""
Step = Callable[[], Awaitable[object]]


async def nobody() -> tuple[KnownChat, ...]:
    """Nobody has joined."""
    return ()


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


async def publish_menu(
    bot: Bot, chats: KnownChats = nobody, clock: EdgeClock | None = None
) -> None:
    """Tell Telegram what the bot is, and the menu of athletes and of those who have none of theirs.

    Where it shows something else, another program may have used the token: its lists of commands
    are taken away, in every language, and its buttons; `chats` are looked through as well. What is
    looked at first is told last, so what was broken off is done at the next start. Without any of
    it the bot works all the same.
    """
    try:
        if await _is_ours(bot):
            return
        await bot.set_my_commands(commands_of([Role.ATHLETE]))
        await bot.set_chat_menu_button(menu_button=BUTTON)
        await bot.set_my_description(ABOUT)
        for call in _clearing(bot, await chats()):
            await _made(call, clock)
        await bot.set_my_short_description(SHORT)
    except TelegramError as error:
        log.warning("menu_not_published", error=type(error).__name__)


async def _is_ours(bot: Bot) -> bool:
    """Whether Telegram shows what this version tells it, as far as can be asked for."""
    if (await bot.get_my_short_description()).short_description != SHORT:
        return False
    if list(await bot.get_my_commands()) != commands_of([Role.ATHLETE]):
        return False
    if await bot.get_chat_menu_button() != BUTTON:
        return False
    return not any([await bot.get_my_commands(scope=scope) for scope in OTHERS])


def _clearing(bot: Bot, chats: Iterable[KnownChat]) -> Iterator[Step]:
    """Return the calls that take away what another program may have set, the likeliest first."""
    for scope in OTHERS:
        yield partial(bot.delete_my_commands, scope=scope)
    for chat in chats:
        own = BotCommandScopeChat(chat.chat_id)
        yield partial(bot.set_chat_menu_button, chat.chat_id, BUTTON)
        if not chat.has_own_menu:
            yield partial(bot.delete_my_commands, scope=own)
        if chat.language is not None:
            yield partial(bot.delete_my_commands, scope=own, language_code=chat.language)
    for language in LANGUAGES.split():
        for scope in (BotCommandScopeDefault(), *OTHERS):
            yield partial(bot.delete_my_commands, scope=scope, language_code=language)


async def _made(call: Step, clock: EdgeClock | None) -> None:
    """Make a call, and wait a little before the next; a chat that is gone has no menu."""
    while True:
        try:
            await call()
        except BadRequest:
            pass
        except RetryAfter as error:
            if clock is None:
                raise
            await clock.wait(asyncio.Event(), wait_of(error))
            continue
        if clock is not None:
            await clock.wait(asyncio.Event(), PACE_S)
        return
