"""The methods by which the bot presents itself: commands, descriptions, the menu button."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from telegram_sandbox.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram_sandbox.people import Person
    from telegram_sandbox.world import World

Args = dict[str, Any]

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MOST_COMMANDS = 100
_DESCRIPTION_LIMIT = 256
_PROFILE_LIMITS = {"description": 512, "short_description": 120}
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def set_commands(world: World, args: Args) -> Any:
    """Set the command list of a scope and language."""
    key = _scope(world, args)
    commands = args["commands"]
    if len(commands) > _MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        described = 0 < len(command["description"]) <= _DESCRIPTION_LIMIT
        if not described or not _COMMAND.fullmatch(command["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
    world.profile.commands[key] = commands
    names = " ".join(f"/{command['command']}" for command in commands)
    world.record_call("setMyCommands", None, args, text=names, result=True)
    world.feed.tell("profile", None)
    return True


def get_commands(world: World, args: Args) -> Any:
    """Return the command list of exactly this scope and language."""
    return world.profile.commands.get(_scope(world, args), [])


def delete_commands(world: World, args: Args) -> Any:
    """Forget the command list of a scope and language."""
    gone = world.profile.commands.pop(_scope(world, args), None)
    world.record_call("deleteMyCommands", None, args, result=True)
    if gone is not None:
        world.feed.tell("profile", None)
    return True


def _scope(world: World, args: Args) -> tuple[Any, ...]:
    scope = args.get("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    names = _SCOPES[kind]
    if missing := [name for name in names if name not in scope]:
        raise bad_request(f"can't parse BotCommandScope: Can't find field \"{missing[0]}\"")
    if "chat_id" in names:
        world.chat(scope["chat_id"])
    language = args.get("language_code") or ""
    return (kind, scope.get("chat_id"), scope.get("user_id"), language)


def commands_for(world: World, person: Person) -> list[Args]:
    """Return the commands that a person's menu shows in their private chat, as Telegram picks."""
    language = person.user.get("language_code", "")
    for place in (
        ("chat", person.id, None),
        ("all_private_chats", None, None),
        ("default", None, None),
    ):
        for spoken in (language, ""):
            found = world.profile.commands.get((*place, spoken))
            if found:
                return found
    return []


def _describer(kind: str) -> Callable[[World, Args], Any]:
    camel = "".join(part.capitalize() for part in kind.split("_"))

    def describe(world: World, args: Args) -> Any:
        text = args.get(kind, "")
        if len(text) > _PROFILE_LIMITS[kind]:
            raise bad_request(f"bot {kind.replace('_', ' ')} is too long")
        world.profile.descriptions[kind, args.get("language_code", "")] = text
        world.record_call(f"setMy{camel}", None, args, text=text, result=True)
        world.feed.tell("profile", None)
        return True

    return describe


def _description(kind: str) -> Callable[[World, Args], Any]:
    def read(world: World, args: Args) -> Any:
        told = world.profile.descriptions
        language = args.get("language_code", "")
        return {kind: told.get((kind, language)) or told.get((kind, ""), "")}

    return read


def set_menu_button(world: World, args: Args) -> Any:
    """Choose what the button beside the text field does, in one chat or in all."""
    button = args.get("menu_button") or {"type": "default"}
    if button.get("type") not in {"commands", "default", "web_app"}:
        raise bad_request("MENU_BUTTON_TYPE_INVALID")
    chat_id = args.get("chat_id")
    if chat_id is not None:
        world.chat(chat_id)
    world.profile.menu_buttons[chat_id] = button
    world.record_call("setChatMenuButton", chat_id, args, result=True)
    return True


def get_menu_button(world: World, args: Args) -> Any:
    """Return what the button beside the text field does."""
    buttons = world.profile.menu_buttons
    general = buttons.get(None, {"type": "default"})
    return buttons.get(args.get("chat_id"), general)


HANDLERS = {
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyDescription": _describer("description"),
    "getMyDescription": _description("description"),
    "setMyShortDescription": _describer("short_description"),
    "getMyShortDescription": _description("short_description"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}
