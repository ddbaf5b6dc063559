"""The Bot API in the same process and on virtual time: for `Bot(request=...)` of any kind."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from telegram.request import BaseRequest, RequestData

from bot.delivery.transport import AiohttpRequest
from testkit.bot_api import BotApi, Fields, Latency
from testkit.wire import Asked, Response, Wire

Handed = Callable[[str, Fields, float, bool], None]
"""Is told of each call: method, parameters, instant (loop seconds), and whether it was taken."""

OK: Final = 200
LATENCY_S: Final = (0.06, 0.03)
"""Telegram's answers in the scenarios: 60 ms, 30 ms more or less."""


class NearRequest(Wire):
    """Asks the rule-book when a call is handed over, and answers after a latency."""

    def __init__(self, api: BotApi, latency: Latency, handed: Handed) -> None:
        self._api = api
        self._latency = latency
        self._handed = handed

    async def exchange(self, asked: Asked) -> Response:
        """Return the status and body of the answer, after its latency."""
        at, fields = asyncio.get_running_loop().time(), asked.params
        status, body = self._api.call(asked.method, fields, at)
        self._handed(asked.method, fields, at, status == OK)
        await asyncio.sleep(self._latency.draw())
        return status, body


class _NotingRequest(AiohttpRequest):
    """The product's transport, that tells of each call when it is handed over."""

    __slots__ = ("_handed",)

    def __init__(self, handed: Handed) -> None:
        super().__init__()
        self._handed = handed

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        """Make the request; python-telegram-bot names all its arguments."""
        at = asyncio.get_running_loop().time()
        data: RequestData | None = named["request_data"]
        fields: Fields = data.json_parameters if data else {}
        status, body = await super().do_request(*given, **named)
        name = named["url"].rsplit("/", 1)[-1]
        self._handed(name, fields, at, status == OK)
        return status, body


def noting(handed: Handed) -> BaseRequest:
    """Return the product's transport over HTTP, that tells `handed` of each call."""
    return _NotingRequest(handed)
