"""Updates on their way to the bot: queued, filtered, confirmed, polled for."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from telegram_sandbox.errors import SandboxError, bad_request, conflict
from telegram_sandbox.faults import FaultKind, Faults

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

KEPT_FOR = timedelta(hours=24)
LIMIT = 100
_BY_DEFAULT_NOT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_OTHER_POLLER = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_SET = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Updates:
    """The queue; Telegram keeps an unconfirmed update for 24 hours."""

    def __init__(self, now: Callable[[], datetime], faults: Faults) -> None:
        self.allowed: list[str] = []
        self.webhook_active = False
        self._now = now
        self._faults = faults
        self._queue: list[tuple[datetime, Json]] = []
        self._again: list[Json] = []
        self._last_id = 100_000
        self._poll: asyncio.Future[None] | None = None
        self._polling = asyncio.Event()
        self._taken = asyncio.Event()
        self._arrived: list[Callable[[], object]] = []

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def pending(self) -> list[Json]:
        """The updates that the bot has not confirmed."""
        return [update for _, update in self._queue]

    @property
    def polled(self) -> bool:
        """Whether a getUpdates request waits right now."""
        return self._poll is not None

    async def until_polled(self, *, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Return once a getUpdates request waits: the bot is up and listening."""
        async with asyncio.timeout(timeout):
            await self._polling.wait()

    def on_arrival(self, callback: Callable[[], object]) -> None:
        """Call back whenever an update is queued."""
        self._arrived.append(callback)

    def push(self, kind: str, payload: Json) -> int | None:
        """Queue an update and return its identifier; None if the bot asked not to get its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in _BY_DEFAULT_NOT
        if not wanted:
            return None
        self._last_id += 1
        self._queue.append((self._now(), {"update_id": self._last_id, kind: payload}))
        self.wake()
        return self._last_id

    def begin_anew(self, last_id: int) -> None:
        """Give the next update the id after `last_id`, as Telegram does after a quiet week.

        Telegram does that only when nothing waits to be confirmed.
        """
        if self._queue:
            raise SandboxError("ids begin anew only when every update is confirmed")
        self._last_id = last_id

    def wake(self) -> None:
        """Tell whoever delivers updates to look again."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        for callback in self._arrived:
            callback()

    def drop(self) -> None:
        """Forget everything that is queued."""
        self._queue.clear()
        self._again.clear()

    def end_poll(self, reason: str) -> None:
        """End the waiting getUpdates request with a 409."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(conflict(reason))

    async def poll(self, args: Json) -> list[Json]:
        """Answer getUpdates: confirm by offset, then wait up to `timeout` seconds for updates.

        A newer request ends an older one that still waits with a 409, as Telegram does.
        """
        if self.webhook_active:
            raise conflict(_WEBHOOK_SET)
        self.end_poll(_OTHER_POLLER)
        if "allowed_updates" in args:
            self.allowed = args["allowed_updates"]
        self.confirm(args.get("offset", 0))
        limit = args.get("limit", LIMIT)
        if not 1 <= limit <= LIMIT:
            raise bad_request("limit must be between 1 and 100")
        if not self._queue and not self._again and args.get("timeout", 0) > 0:
            await self._wait(min(args["timeout"], 50))
        return self.batch(limit)

    async def _wait(self, seconds: float) -> None:
        poll: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = poll
        self._polling.set()
        try:
            await asyncio.wait_for(poll, seconds)
        except TimeoutError:
            return
        finally:
            if self._poll is poll:
                self._poll = None
                self._polling.clear()

    def confirm(self, offset: int) -> None:
        """Forget the updates before an offset; a negative one keeps only that many newest."""
        oldest = self._now() - KEPT_FOR
        if offset < 0:
            self._queue = self._queue[offset:]
        self._queue = [
            (at, update)
            for at, update in self._queue
            if at > oldest and not 0 < update["update_id"] < offset
        ]

    def waiting(self) -> list[tuple[datetime, Json]]:
        """Return what is not confirmed, with the instants at which it was queued, in order."""
        return list(self._queue)

    def forget(self, update_id: int) -> None:
        """Forget one update, which the bot has taken."""
        self._queue = [(at, one) for at, one in self._queue if one["update_id"] != update_id]
        self._taken.set()

    async def until_taken(self, *, timeout: float = 5.0) -> None:  # noqa: ASYNC109
        """Return once a webhook has taken all there is."""
        async with asyncio.timeout(timeout):
            while self._queue:
                self._taken.clear()
                await self._taken.wait()

    def batch(self, limit: int) -> list[Json]:
        """Return the next updates, struck by the faults of updates."""
        repeated, self._again = self._again, []
        fresh = [update for _, update in self._queue[:limit]]
        if fresh and self._faults.strike_updates(FaultKind.DUPLICATE_UPDATE):
            self._again = fresh
        if len(fresh) > 1 and self._faults.strike_updates(FaultKind.REORDERED_UPDATES):
            fresh.reverse()
        return (repeated + [u for u in fresh if u not in repeated])[:limit]
