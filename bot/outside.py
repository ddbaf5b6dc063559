"""What a process has before it runs on a database, and keeps for as long as it lives.

The bot at Telegram, the port for figures, the processes that draw and read files.
"""

import asyncio
import os
import warnings
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Final

import structlog
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.warnings import PTBUserWarning

from bot import startup
from bot.charts.worker import ChartError, ChartWorker
from bot.clock.clock import SystemClock
from bot.delivery.address import host_of
from bot.delivery.errors import unknown_there, why_failed
from bot.delivery.transport import AiohttpRequest
from bot.metrics import Endpoint, Metrics
from bot.settings import Settings, Telegram, require_token
from bot.startup import StopError
from bot.telegram.poller import BACKOFF_S, take_webhook_away
from bot.watches.reader import FileReader

log = structlog.get_logger()

PROBE_S: Final = 2.0
"""How long the question whether Telegram is there waits for an answer."""


@dataclass(slots=True)
class Outside:
    """What is made once for a process; `told` is the host of Telegram, as the log names it.

    It `polls`, or has a webhook.
    """

    bot: Bot
    clock: SystemClock
    metrics: Metrics
    charts: ChartWorker
    reader: FileReader
    told: Callable[[TelegramError], str]
    polls: bool

    async def take_webhook_away(self) -> None:
        """Let updates be fetched, unless they are posted: who leads does, from a start on."""
        if self.polls:
            await take_webhook_away(self.bot, self.told)

    async def probe(self) -> None:
        """Ask Telegram something cheap. Raises `TelegramError`."""
        limits = {"read_timeout": PROBE_S, "connect_timeout": PROBE_S, "pool_timeout": PROBE_S}
        await self.bot.do_api_request("getMe", **limits)  # type: ignore[arg-type]


async def reach_out(
    settings: Settings,
    stack: AsyncExitStack,
    clock: SystemClock,
    *,
    role: Callable[[], str | None] = lambda: "leader",
    heard: Callable[[bool], None] | None = None,
) -> Outside:
    """Make it, once Telegram can be reached; `stack` closes it again.

    `role` is what `/readyz` says; `heard` is told of every request whether it was answered.
    """
    settle_ptb()
    metrics = Metrics(clock.ticks)
    show(metrics, settings.metrics.port, stack, role)
    told = partial(why_failed, host_of(settings.telegram.api_base_url.rstrip("/")))
    bot = await _bot(require_token(settings), settings.telegram, stack, heard)
    charts, reader = ChartWorker(), FileReader()
    stack.push_async_callback(charts.aclose)
    stack.push_async_callback(reader.aclose)
    return Outside(bot, clock, metrics, charts, reader, told, polls=not settings.webhook.url)


def show(
    metrics: Metrics, port: int, stack: AsyncExitStack, role: Callable[[], str | None]
) -> None:
    """Open the port for Prometheus; 0 opens none."""
    if not port:
        return
    try:
        endpoint = Endpoint(metrics, port, role)
    except OSError as error:
        raise startup.port_error(port, error) from error
    stack.push_async_callback(asyncio.to_thread, endpoint.close)
    log.info("metrics_shown", port=endpoint.port)


def settle_ptb() -> None:
    """Choose timedelta for durations; calls by name are meant."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    warnings.filterwarnings("ignore", "Please use 'Bot.", PTBUserWarning)


async def _bot(
    token: str, telegram: Telegram, stack: AsyncExitStack, heard: Callable[[bool], None] | None
) -> Bot:
    base, proxy = telegram.api_base_url.rstrip("/"), telegram.proxy.get_secret_value()
    bot = Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=AiohttpRequest(proxy=proxy, watch=heard),
        get_updates_request=AiohttpRequest(connection_pool_size=1, proxy=proxy, watch=heard),
    )
    stack.push_async_callback(bot.shutdown)
    await _patiently(bot.initialize, base)
    return bot


async def _patiently(call: Callable[[], Awaitable[object]], base: str) -> None:
    """Make a call of the start, again while Telegram cannot be reached."""
    clock = SystemClock()
    for tries in count():
        try:
            await call()
        except InvalidToken as error:
            raise StopError(unknown_there(base, error)) from error
        except TelegramError as error:
            wait = BACKOFF_S[min(tries, len(BACKOFF_S) - 1)]
            log.warning(
                "telegram_unreachable",
                error=type(error).__name__,
                why=why_failed(host_of(base), error),
                wait_s=wait,
            )
            await clock.wait(asyncio.Event(), wait)
        else:
            return


async def warm_up(charts: ChartWorker) -> None:
    """Load the drawing code; without it messages go out without pictures, and the bot runs."""
    try:
        await charts.warm_up()
    except ChartError as error:
        log.warning("charts_not_ready", reason=str(error))
