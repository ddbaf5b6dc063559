"""Updates in: fetched, committed, and only then confirmed to Telegram."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import structlog
from telegram import Bot
from telegram.error import (
    Conflict,
    EndPointNotFound,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.conversation.interaction import FRESH
from bot.dispatch import updates as dispatch_updates
from bot.dispatch.updates import Arrived
from bot.expected import ExpectedError
from bot.telegram.ports import EdgeClock, EdgeFlows
from bot.telegram.unsaved import Saving
from bot.telegram.update import ALLOWED, arrived

log = structlog.get_logger()

LONG_POLL_S: Final = 25
LIMIT: Final = 100
BACKOFF_S: Final = (1, 2, 5, 10, 30)
STORE_AGAIN_S: Final = 1.0
"""Until another try where the database took nothing: it was locked or full, perhaps."""
SHUT_S: Final = 0.1
"""Until it is asked again whether anything may be fetched."""
MAX_CONFLICTS: Final = 6
"""So often another program is waited for, or its webhook taken away, before this one gives up."""
CALM: Final = timedelta(minutes=10)
"""A webhook that comes back within this time is the same program's doing."""
ANOTHER_FETCHES: Final = "Another program is fetching updates with this bot's token; stop it first."
ANOTHER_WEBHOOK: Final = (
    "Another program sets a webhook, at {}, with this bot's token again and again; stop it first."
)


class TokenInUseError(ExpectedError):
    """Another program uses the bot's token; the text is one sentence for a person."""


def named(error: TelegramError) -> str:
    """Return an error's type: what the log says where nobody knows more."""
    return type(error).__name__


class Poller:
    """Fetches updates by long polling. `arrived` is handed what came, once it is committed.

    `why` says for the log what an error means. A webhook that another program sets is taken away.
    While `may` says no, nothing is fetched: another process may do that by now.

    Nothing that comes is from before `_good_at`, the last fetch that was in good order and stored.
    Where that is a while ago or unknown, what comes may be old: fetching or storing failed, or the
    program did not run.
    """

    def __init__(
        self,
        bot: Bot,
        desk: EdgeFlows,
        clock: EdgeClock,
        arrived: Callable[[list[Arrived]], None],
        saving: Saving = nullcontext,
        why: Callable[[TelegramError], str] = named,
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        self._may = may
        self._saving = saving
        self._why = why
        self._bot = bot
        self._desk = desk
        self._clock = clock
        self._arrived = arrived
        self._offset: int | None = None
        self._troubles = 0
        self._conflicts = 0
        self._webhooks = 0
        self._webhook_at: datetime | None = None
        self._good_at: datetime | None = None
        self._unstored = False
        self.gives_way = False
        """Whether another program that fetches is let do so at once."""

    def begin_from(self, since: datetime | None) -> None:
        """Another process fetched until `since`, in good order."""
        self._good_at = since

    async def run(self) -> None:
        """Fetch until cancelled. Raises `TokenInUseError` or `InvalidToken` when it is no use."""
        while True:
            while not self._may():
                await self._clock.wait(asyncio.Event(), SHUT_S)
            try:
                await self.step()
                self._troubles = self._conflicts = 0
            except TelegramError as error:
                await self._rest(error)
            except Exception:  # not stored, so not confirmed: Telegram hands them out again
                log.exception("updates_not_stored")
                await self._clock.wait(asyncio.Event(), STORE_AGAIN_S)

    async def step(self, wait_s: int = LONG_POLL_S) -> int:
        """Fetch once, waiting at most `wait_s`, and store what came; return how many came.

        What may be old is fetched without waiting, so that nothing of now is among it. Only a
        committed update is ever confirmed: by the offset of the one call after it was stored. A
        call without an offset returns whatever is not confirmed. An offset that is kept for longer
        would confirm unseen what comes under lower ids, when Telegram begins them anew.
        """
        behind = self._behind()
        offset, self._offset = self._offset, None
        updates = await self._fetch(offset, 0 if behind else wait_s)
        fetched_at = self._clock.now()
        if updates:
            await self._store(updates, fetched_at, backlog=behind)
        if len(updates) < LIMIT:  # there were no more
            self._good_at = fetched_at
        return len(updates)

    def _behind(self) -> bool:
        """Whether Telegram may hold what was said a while ago; a clock set back tells nothing."""
        return self._good_at is None or abs(self._clock.now() - self._good_at) > FRESH

    async def _store(self, updates: list[Arrived], fetched_at: datetime, *, backlog: bool) -> None:
        try:
            with self._saving(updates):
                new: list[Arrived] = await self._desk.write(
                    dispatch_updates.receive,
                    updates,
                    fetched_at,
                    backlog=backlog,
                    since=self._good_at,
                )
        except Exception:
            if not (backlog or self._unstored):  # it was of now when it was fetched first
                self._good_at, self._unstored = fetched_at, True
            raise
        self._unstored = False
        self._offset = updates[-1].update_id + 1
        if new:
            self._arrived(new)

    async def _fetch(self, offset: int | None, seconds: int) -> list[Arrived]:
        found: list[dict[str, Any]] = await self._bot.do_api_request(
            "getUpdates",
            api_kwargs={
                "offset": offset,
                "limit": LIMIT,
                "timeout": seconds,
                "allowed_updates": list(ALLOWED),
            },
            read_timeout=seconds + 10,
        )
        return [arrived(one) for one in found]

    async def _rest(self, error: TelegramError) -> None:
        """Wait before the next try, longer each time; give up where trying has no use."""
        if isinstance(error, EndPointNotFound):  # how a raw call tells of a token refused
            raise InvalidToken from error
        if isinstance(error, InvalidToken):
            raise error
        if isinstance(error, Conflict) and "webhook" in error.message.lower():
            await self._take_webhook_away(error)
            return
        if isinstance(error, Conflict):
            self._conflicts += 1
            if self.gives_way or self._conflicts >= MAX_CONFLICTS:
                raise TokenInUseError(ANOTHER_FETCHES) from error
        wait: float = BACKOFF_S[min(self._troubles, len(BACKOFF_S) - 1)]
        if isinstance(error, RetryAfter):
            wait = wait_of(error)
        self._troubles += 1
        log.warning(
            "fetch_failed",
            error=type(error).__name__,
            why=self._why(error),
            tries=self._troubles,
            wait_s=wait,
        )
        await self._clock.wait(asyncio.Event(), wait)

    async def _take_webhook_away(self, error: Conflict) -> None:
        """Another program has set a webhook: fetching goes on at once, and later each time."""
        now = self._clock.now()
        back = self._webhook_at is not None and abs(now - self._webhook_at) <= CALM
        self._webhooks = self._webhooks + 1 if back else 1
        self._webhook_at = now
        if back and self.gives_way:
            raise TokenInUseError(ANOTHER_FETCHES) from error
        host = await take_webhook_away(self._bot, self._why)
        if self._webhooks >= MAX_CONFLICTS:
            raise TokenInUseError(ANOTHER_WEBHOOK.format(host or "a server")) from error
        if back:
            await self._clock.wait(asyncio.Event(), BACKOFF_S[self._webhooks - 2])


def wait_of(error: RetryAfter) -> float:
    """Return the told wait in seconds; its type depends on a setting of python-telegram-bot."""
    told = error.retry_after
    return told if isinstance(told, int | float) else told.total_seconds()


async def take_webhook_away(bot: Bot, why: Callable[[TelegramError], str] = named) -> str | None:
    """Let updates be fetched; return the host of the webhook that was set, if that is known.

    Its address may hold a secret, so no more of it is told. A webhook that cannot be taken away
    shows itself when fetching.
    """
    host: str | None = None
    with suppress(TelegramError):
        host = host_of((await bot.get_webhook_info()).url)
    try:
        await bot.delete_webhook()
    except TelegramError as error:
        log.warning("webhook_not_deleted", host=host, error=named(error), why=why(error))
    else:
        if host is not None:
            log.warning("webhook_taken_away", host=host)
    return host


def host_of(url: str) -> str | None:
    """Return the host of a webhook, and no more of its address."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
