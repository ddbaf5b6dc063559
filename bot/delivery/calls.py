"""Calls of the Bot API: the few that make up nearly all traffic by name, the rest by PTB's methods.

PTB's own methods turn every answer into objects that nobody looks at, which is half of a call.
"""

import json
from typing import Any, Final

from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken

from bot.delivery.crossing import Crossing, aboard
from bot.delivery.ports import Call

BY_NAME: Final = frozenset(
    {
        "send_message",
        "edit_message_text",
        "edit_message_reply_markup",
        "answer_callback_query",
        "delete_message",
    }
)
"""Methods without files."""


async def make(bot: Bot, call: Call, crossing: Crossing | None = None) -> int | None:
    """Make a call; return the id of the message it made or rewrote, if there is one.

    With a `crossing` it leaves in time or not at all. Raises `TelegramError`, as PTB's own
    methods do.
    """
    limits = {} if crossing is None else _limits(bot, crossing)
    method, arguments = call
    with aboard(crossing):
        if method not in BY_NAME:
            made = await getattr(bot, method)(**arguments, **limits)
            return getattr(made, "message_id", None)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            answer: Any = await bot.do_api_request(method, api_kwargs=given, **limits)
        except EndPointNotFound as error:  # how a call by name tells of a token refused
            raise InvalidToken("Telegram does not accept the bot's token.") from error
        return answer["message_id"] if isinstance(answer, dict) else None


def _limits(bot: Bot, crossing: Crossing) -> dict[str, Any]:
    """Return the transport's limits for a cue whose time runs out; others have the usual ones."""
    leave_s, answer_s = crossing.leave_s, crossing.answer_s
    if leave_s is None or answer_s is None:
        return {}
    usual = bot.request.read_timeout
    return {
        "pool_timeout": leave_s,
        "connect_timeout": leave_s,
        "write_timeout": leave_s,
        "read_timeout": answer_s if usual is None else min(usual, answer_s),
    }


def heard(answer: tuple[int, bytes]) -> int | None:
    """Return the id of the message that a late answer tells of; None if there is none."""
    try:
        told = json.loads(answer[1])
        return int(told["result"]["message_id"]) if told["ok"] else None
    except (ValueError, LookupError, TypeError):
        return None
