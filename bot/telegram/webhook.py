"""Has Telegram post updates to a webhook, and knows whether all come through.

Who leads the bot sets the webhook, and looks after it: another program may take it away. What is
posted is stored by others (bot/ingress.py).
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import structlog
from telegram import Bot, WebhookInfo
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.dispatch.updates import Posting
from bot.expected import ExpectedError
from bot.telegram.poller import (
    ANOTHER_FETCHES,
    ANOTHER_WEBHOOK,
    BACKOFF_S,
    CALM,
    MAX_CONFLICTS,
    SHUT_S,
    Poller,
    TokenInUseError,
    host_of,
    named,
)
from bot.telegram.ports import EdgeClock
from bot.telegram.update import ALLOWED

log = structlog.get_logger()

LOOK_S: Final = 2.0
"""So often Telegram is asked whether all came through."""
CLOSELY_S: Final = 0.5
"""The same while something did not: with many that write, few looks find nothing under way."""
CONNECTIONS: Final = 100
"""Posts at the same time: as many as Telegram makes. Those that come together are stored so."""
READ_S: Final = 5.0


class WebhookRefusedError(ExpectedError):
    """Telegram does not take the webhook's address; the text is one sentence for a person."""


class WebhookKeeper:
    """Sets the webhook and looks after it; `why` says for the log what an error means.

    While `may` says no it does nothing: another process may lead by now.
    """

    def __init__(
        self,
        bot: Bot,
        clock: EdgeClock,
        url: str,
        secret: str,
        why: Callable[[TelegramError], str] = named,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        self._may = may
        self._bot = bot
        self._clock = clock
        self._url = url
        self._secret = secret
        self._why = why
        self.looked = asyncio.Event()
        """Telegram was asked for the first time, or did not answer."""
        self._posting: Posting | None = Posting(None, None)
        self._begun = False
        self._good_at: datetime | None = None
        self._error: object = None
        self._lost = 0
        self._lost_at: datetime | None = None

    @property
    def posting(self) -> Posting | None:
        """When not all came through, the last time; None where that never was."""
        return self._posting

    async def run(self) -> None:
        """Look after the webhook until cancelled.

        Raises `InvalidToken`, `WebhookRefusedError` or `TokenInUseError` when it is no use.
        """
        tries = 0
        while True:
            while not self._may():
                await self._clock.wait(asyncio.Event(), SHUT_S)
            try:
                await (self.look() if self._begun else self._begin())
                tries, wait = 0, self._next_look_s()
            except InvalidToken:
                raise
            except TelegramError as error:
                self._trouble()
                self.looked.set()
                wait = BACKOFF_S[min(tries, len(BACKOFF_S) - 1)]
                tries += 1
                log.warning(
                    "webhook_not_seen", error=named(error), why=self._why(error), wait_s=wait
                )
            await self._clock.wait(asyncio.Event(), wait)

    async def _begin(self) -> None:
        """Set it. One that is refused and was taken before, from another place perhaps, stays."""
        asked_at = self._clock.now()
        info = await self._info()
        self._found(info, asked_at)
        self.looked.set()
        try:
            await self._set()
        except BadRequest as error:
            if info.url != self._url:
                raise WebhookRefusedError(
                    f"Telegram does not take webhook.url: {error.message}."
                ) from error
            log.warning("webhook_not_set", why=error.message)
        self._begun = True
        log.info("webhook_set", host=host_of(self._url))

    def _found(self, info: WebhookInfo, asked_at: datetime) -> None:
        """Judge what was before this start: nothing went wrong for long, or something did."""
        calm = info.last_error_date is None or asked_at - info.last_error_date > CALM
        self._error = _error_of(info)
        if info.url == self._url and calm and not self.looked.is_set():
            self._posting = None
        if info.pending_update_count == 0:
            self._fine(asked_at)

    async def look(self) -> None:
        """Ask Telegram whether the webhook is there, and whether all was taken."""
        asked_at = self._clock.now()
        info = await self._info()
        if info.url != self._url:
            await self._set_again(info.url)
            return
        if info.pending_update_count == 0:
            self._fine(asked_at)
            self._error = _error_of(info)
        elif _error_of(info) != self._error:
            self._trouble()

    def _next_look_s(self) -> float:
        late = self._posting is not None and self._posting.until is None
        return CLOSELY_S if late else LOOK_S

    def _fine(self, at: datetime) -> None:
        """All that was said until `at` is stored."""
        if self._posting is not None and self._posting.until is None:
            self._posting = Posting(self._posting.since, self._clock.now())
        self._good_at = at

    def _trouble(self) -> None:
        """Something was not taken, or nobody knows: it may come late."""
        if self._posting is None or self._posting.until is not None:
            self._posting = Posting(self._good_at, None)

    async def _set_again(self, other: str) -> None:
        """Another program has taken it away; again and again is told, and ends this one."""
        self._trouble()
        now, host = self._clock.now(), host_of(other)
        back = self._lost_at is not None and abs(now - self._lost_at) <= CALM
        self._lost = self._lost + 1 if back else 1
        self._lost_at = now
        log.warning("webhook_set_again", host=host)
        if self._lost >= MAX_CONFLICTS:
            raise TokenInUseError(ANOTHER_WEBHOOK.format(host) if host else ANOTHER_FETCHES)
        await self._set()

    async def _info(self) -> WebhookInfo:
        return await self._bot.get_webhook_info(read_timeout=READ_S)

    def _set(self) -> Awaitable[bool]:
        return self._bot.set_webhook(
            self._url,
            secret_token=self._secret,
            allowed_updates=list(ALLOWED),
            max_connections=CONNECTIONS,
        )


def _error_of(info: WebhookInfo) -> object:
    return info.last_error_date, info.last_error_message


class Posted:
    """Updates that a webhook brings, as long as there is a database to store them.

    What is left of a term whose database is away fetches them itself, once it has taken the
    webhook away: what cannot be stored is answered from memory, a STOP above all. It gives way to
    whoever sets the webhook again, and confirms nothing: all of it is posted then.
    """

    def __init__(self, keeper: WebhookKeeper, poller: Poller) -> None:
        self._keeper = keeper
        self._poller = poller

    @property
    def gives_way(self) -> bool:
        """Whether this is what is left of a term."""
        return self._poller.gives_way

    @gives_way.setter
    def gives_way(self, value: bool) -> None:
        self._poller.gives_way = value

    def begin_from(self, since: datetime | None) -> None:
        """Another process led until `since`: whether all came through, Telegram says."""

    async def run(self) -> None:
        """Look after the webhook, or fetch, until cancelled."""
        await (self._poller.run() if self.gives_way else self._keeper.run())
