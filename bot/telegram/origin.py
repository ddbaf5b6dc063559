"""Where an update comes from, read from its JSON: which act of a person it is, and when that was.

An update can come again under a new id. Its press or message is the same one then.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final

Raw = dict[str, Any]

_MESSAGES: Final = ("message", "edited_message")


def key_of(update: Raw) -> str | None:
    """Return what tells this press, message or change from all others; None for anything else."""
    if (query := update.get("callback_query")) is not None:
        return f"q{query['id']}"
    message = _message(update)
    if message is not None:
        named = ("message_id", "date", "edit_date", "text")
        return _written("m", message["chat"], [message.get(name) for name in named])
    change = update.get("my_chat_member")
    if change is None:
        return None
    statuses = [change[which]["status"] for which in ("old_chat_member", "new_chat_member")]
    return _written("c", change["chat"], [change.get("date"), *statuses])


def dated(update: Raw) -> datetime | None:
    """Return a message's own date, that of its last edit; None where there is none to read.

    A press has none: the date in it is that of the message under the button.
    """
    told = _message(update) or update.get("my_chat_member")
    if told is None:
        return None
    seconds = told.get("edit_date") or told.get("date")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _message(update: Raw) -> Any:
    return next((update[kind] for kind in _MESSAGES if update.get(kind) is not None), None)


def _written(kind: str, chat: Raw, values: list[Any]) -> str:
    return kind + json.dumps([chat["id"], *values])
