"""The Bot API in the same process and on virtual time: for `Bot(request=...)` of any kind."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from bot.delivery.transport import AiohttpRequest
from testkit.bot_api import BotApi, Fields, Latency

Handed = Callable[[str, Fields, float, bool], None]
"""Is told of each call: method, parameters, instant (loop seconds), and whether it was taken."""

OK: Final = 200
LATENCY_S: Final = (0.06, 0.03)
"""Telegram's answers in the scenarios: 60 ms, 30 ms more or less."""


class NearRequest(BaseRequest):
    """Asks the rule-book when a call is handed over, and answers after a latency."""

    def __init__(self, api: BotApi, latency: Latency, handed: Handed) -> None:
        self._api = api
        self._latency = latency
        self._handed = handed

    @property
    def read_timeout(self) -> float | None:
        """No request waits longer than its latency."""
        return None

    async def initialize(self) -> None:
        """Nothing has to be opened."""

    async def shutdown(self) -> None:
        """Nothing has to be closed."""

    async def do_request(
        self,
        url: str,
        method: str,  # noqa: ARG002 - always POST
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Return the status and body of the answer, after its latency."""
        at = asyncio.get_running_loop().time()
        name = url.rsplit("/", 1)[-1]
        fields: Fields = request_data.json_parameters if request_data else {}
        status, body = self._api.call(name, fields, at)
        self._handed(name, fields, at, status == OK)
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
