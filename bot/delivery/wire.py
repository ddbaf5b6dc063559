"""Calls of the Bot API: the few that make up nearly all traffic by name, the rest by PTB's methods.

PTB's own methods turn every answer into objects that nobody looks at, which is half of a call.
"""

from typing import Any, Final

from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken

from bot.delivery.ports import Call

BY_NAME: Final = frozenset(
    {"send_message", "edit_message_text", "edit_message_reply_markup", "answer_callback_query"}
)
"""Methods without files."""


async def make(bot: Bot, call: Call) -> int | None:
    """Make a call; return the id of the message it made or rewrote, if there is one.

    Raises `TelegramError`, as PTB's own methods do.
    """
    method, arguments = call
    if method not in BY_NAME:
        return getattr(await getattr(bot, method)(**arguments), "message_id", None)
    given = {name: value for name, value in arguments.items() if value is not None}
    try:
        answer: Any = await bot.do_api_request(method, api_kwargs=given)
    except EndPointNotFound as error:  # how a call by name tells of a token refused
        raise InvalidToken("Telegram does not accept the bot's token.") from error
    return answer["message_id"] if isinstance(answer, dict) else None
