"""Keyboards: what Telegram refuses of them, and how a message shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from telegram_sandbox.errors import ApiError, bad_request
from telegram_sandbox.schema import TYPES

Markup = dict[str, Any]

DATA_LIMIT = 64
_ROW_LIMIT = 8
_BUTTON_LIMIT = 100
_STYLES = ("danger", "success", "primary")
_LOOK = frozenset({"text", "style", "icon_custom_emoji_id"})
_SCHEMES = ("http://", "https://", "tg://")


@dataclass(frozen=True)
class Button:
    """A button as a person sees it; a reply keyboard's button has neither data nor url."""

    label: str
    data: str | None = None
    url: str | None = None
    style: str | None = None
    request: str | None = None
    """What pressing a reply keyboard's button shares: "location" or "contact"."""


Rows = tuple[tuple[Button, ...], ...]


def rows(markup: Markup | None) -> Rows:
    """Return the rows of buttons of an inline or a reply keyboard."""
    if not markup:
        return ()
    grid = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return tuple(tuple(_button(button) for button in row) for row in grid)


def _button(button: Any) -> Button:
    if isinstance(button, str):
        return Button(button)
    wants = next((w for w in ("location", "contact") if button.get(f"request_{w}")), None)
    return Button(
        button["text"],
        button.get("callback_data"),
        button.get("url"),
        button.get("style"),
        wants,
    )


def checked(markup: Any, *, private: bool) -> Markup | None:
    """Return a message's keyboard as it is kept, or None for an empty one; refuse bad ones."""
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return inline(markup)
    if "keyboard" in markup:
        return _reply(markup, private=private)
    for kind in ("ReplyKeyboardRemove", "ForceReply"):
        if next(iter(TYPES[kind])) in markup:
            _known(markup, kind)
            return markup
    raise bad_request("can't parse reply keyboard markup JSON object")


def inline(markup: Any) -> Markup | None:
    """Return a checked inline keyboard, or None if it has no button."""
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    _known(markup, "InlineKeyboardMarkup")
    grid = _grid(markup["inline_keyboard"], "inline keyboard")
    for button in (button for row in grid for button in row):
        _check_inline(button)
    kept = [row for row in grid if row]
    return {"inline_keyboard": kept} if kept else None


def _grid(grid: Any, name: str) -> list[list[Any]]:
    if not isinstance(grid, list) or not all(isinstance(row, list) for row in grid):
        raise bad_request(f"can't parse {name}: an array of arrays of buttons is expected")
    if sum(map(len, grid)) > _BUTTON_LIMIT:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    if name == "inline keyboard" and any(len(row) > _ROW_LIMIT for row in grid):
        raise bad_request(f"can't parse {name}: more than {_ROW_LIMIT} buttons in a row")
    return grid


def _check_inline(button: Any) -> None:
    if not isinstance(button, dict):
        raise _unfit("an object is expected")
    _known(button, "InlineKeyboardButton")
    _check_look(button)
    actions = sorted(button.keys() - _LOOK)
    if not actions:
        raise _unfit("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unfit(f"exactly one action is expected, found {' and '.join(actions)}")
    if actions == ["callback_data"] and not 0 < _bytes(button["callback_data"]) <= DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    if actions == ["url"] and not str(button["url"]).startswith(_SCHEMES):
        raise bad_request(
            f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL"
        )


def _bytes(data: Any) -> int:
    return len(data.encode()) if isinstance(data, str) else 0


def _check_look(button: Markup) -> None:
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _unfit('Field "text" must be a non-empty String')
    style = button.get("style")
    if style is not None and style not in _STYLES:
        raise _unfit(f'unknown style "{style}", known are {", ".join(_STYLES)}')


def _reply(markup: Markup, *, private: bool) -> Markup | None:
    _known(markup, "ReplyKeyboardMarkup")
    grid = _grid(markup["keyboard"], "reply keyboard")
    for button in (button for row in grid for button in row if not isinstance(button, str)):
        if not isinstance(button, dict):
            raise bad_request("can't parse keyboard button: an object is expected")
        _known(button, "KeyboardButton")
        _check_look(button)
        if not private and (button.get("request_location") or button.get("request_contact")):
            what = "location" if button.get("request_location") else "phone number"
            raise bad_request(f"{what} can be requested in private chats only")
    return markup if any(grid) else None


def _known(value: Markup, kind: str) -> None:
    if unknown := value.keys() - TYPES[kind].keys():
        raise bad_request(f'unknown field "{min(unknown)}" in {kind}')


def _unfit(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")
