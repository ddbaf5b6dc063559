"""The Bot API in the same process and on virtual time: for `Bot(request=...)` of any kind."""

import asyncio
from collections.abc import Callable

from telegram._utils.types import ODVInput
from telegram.request import BaseRequest, RequestData

from bench.bot_api import BotApi, Fields, Latency

Handed = Callable[[str, Fields, float, bool], None]
"""Is told of each call: method, parameters, instant (loop seconds), and whether it was taken."""

LATENCY_S = (0.06, 0.03)
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
        self._handed(name, fields, at, status == 200)  # noqa: PLR2004 - HTTP's own number
        await asyncio.sleep(self._latency.draw())
        return status, body
