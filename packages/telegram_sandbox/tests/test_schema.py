"""The sandbox's table of methods against the published Bot API."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from telegram_sandbox.methods import HANDLERS
from telegram_sandbox.schema import METHODS, TYPES, Fields

# The whole description: where the environment says, or in a folder shared/ of any folder above.
_NAMED = os.environ.get("TELEGRAM_BOT_API_JSON")
_PLACES = [folder / "shared" / "telegram" / "bot-api.json" for folder in Path(__file__).parents]
_PUBLISHED = Path(_NAMED) if _NAMED else next(filter(Path.is_file, _PLACES), _PLACES[0])

# A few lines of the published description, kept here for where the whole is not at hand.
_EXCERPT: dict[str, dict[str, list[str]]] = {
    "deleteMessage": {"chat_id!": ["Integer", "String"], "message_id!": ["Integer"]},
    "getFile": {"file_id!": ["String"]},
    "getUpdates": {
        "offset": ["Integer"],
        "limit": ["Integer"],
        "timeout": ["Integer"],
        "allowed_updates": ["Array of String"],
    },
    "answerCallbackQuery": {
        "callback_query_id!": ["String"],
        "text": ["String"],
        "show_alert": ["Boolean"],
        "url": ["String"],
        "cache_time": ["Integer"],
    },
    "InlineKeyboardMarkup": {"inline_keyboard!": ["Array of Array of InlineKeyboardButton"]},
    "BotCommand": {"command!": ["String"], "description!": ["String"]},
}


def _ours(fields: Fields) -> dict[str, list[str]]:
    return {name + "!" * param.required: sorted(param.types) for name, param in fields.items()}


def _theirs(fields: dict[str, Any]) -> dict[str, list[str]]:
    return {name + "!" * p["required"]: sorted(p["types"]) for name, p in fields.items()}


def _published() -> dict[str, dict[str, list[str]]]:
    if not _PUBLISHED.is_file():
        return _EXCERPT
    told = json.loads(_PUBLISHED.read_text())
    methods = {name: _theirs(told["methods"][name]["parameters"]) for name in METHODS}
    return methods | {name: _theirs(told["types"][name]["fields"]) for name in TYPES}


def test_the_table_is_the_published_one() -> None:
    """Every method and type has exactly the published parameters, types and needs."""
    ours = {name: _ours(fields) for name, fields in {**METHODS, **TYPES}.items()}
    published = _published()
    assert {name: ours[name] for name in published} == published


def test_the_excerpt_agrees_with_the_table() -> None:
    """The committed lines are true of the table, whether the whole is at hand or not."""
    ours = {name: _ours(fields) for name, fields in {**METHODS, **TYPES}.items()}
    assert {name: ours[name] for name in _EXCERPT} == _EXCERPT


def test_every_method_is_handled() -> None:
    """The table and the handlers name the same methods; getUpdates is the server's own."""
    assert set(METHODS) == {*HANDLERS, "getUpdates"}
