"""The webhook's edge: what Telegram posts is stored, and only then answered with 200.

Telegram posts the updates of a chat in order, those of several chats at once. What is not answered
with 2xx comes again, with waits that double, or after as long as `Retry-After` says; after a day it
is dropped. So:

- 401: the secret is not shown. It is nobody who is to be told more.
- 413, 400: it is greater than any update, or none: cut on its way, perhaps. It cannot be stored, so
  it is not confirmed, and the whole one may come. No real update is refused for good: of a kind or
  a form that is not known, it is stored all the same.
- 503: it was not stored. It comes again a second later.
"""

import asyncio
import hmac
import json
from collections.abc import Callable
from typing import Final, Protocol

import structlog
from aiohttp import web

from bot.dispatch import updates as dispatch_updates
from bot.dispatch.updates import Arrived
from bot.telegram.gathering import CrowdedError, Gathering, PostDesk
from bot.telegram.update import IDS, arrived

log = structlog.get_logger()

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LARGEST: Final = 256 * 1024
"""Bytes of a post. The longest message with all its marks has a fifth of it."""
PATIENCE_S: Final = 10.0
"""What is not read, or not stored, within so long is given up; it comes again."""
AGAIN_S: Final = 1
"""Told to Telegram where the database took nothing: else its waits grow to minutes."""


class ReadyDesk(PostDesk, Protocol):
    """The database, which knows whether it is there."""

    @property
    def ready(self) -> bool:
        """Whether updates can be stored now."""


def application(desk: ReadyDesk, secret: str, stored: Callable[[], None]) -> web.Application:
    """Return what answers: posts on any path, /healthz and /readyz.

    `stored` is called when something was; it must not wait.
    """
    posts = _Posts(desk, secret, stored)

    async def is_ready(_request: web.Request) -> web.Response:
        if desk.ready:
            return web.Response(text="ready\n")
        return web.Response(status=503, text="the database cannot be written just now\n")

    async def is_alive(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    made = web.Application(client_max_size=LARGEST)
    made.router.add_get("/healthz", is_alive)
    made.router.add_get("/readyz", is_ready)
    made.router.add_post("/{path:.*}", posts.take)
    return made


class _Posts:
    def __init__(self, desk: ReadyDesk, secret: str, stored: Callable[[], None]) -> None:
        self._gathering = Gathering(desk)
        self._secret = secret.encode()
        self._stored = stored

    async def take(self, request: web.Request) -> web.Response:
        """Store what is posted; the answer says whether it is."""
        shown = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(shown, self._secret):
            return _refused(401, "the secret is not shown")
        try:
            async with asyncio.timeout(PATIENCE_S):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refused(413, "it is too large")
        except TimeoutError:
            return _refused(408, "it did not come whole in time")
        update = _read(body)
        if update is None:
            return _refused(400, "it is no update")
        return await self._store(update)

    async def _store(self, update: Arrived) -> web.Response:
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._gathering.store(update)
        except Exception as error:
            is_late = isinstance(error, TimeoutError | CrowdedError)
            if is_late or dispatch_updates.is_of_the_file(error):
                log.warning("post_not_stored", error=type(error).__name__)
            else:
                log.exception("post_failed")
            return web.Response(status=503, headers={"Retry-After": str(AGAIN_S)})
        self._stored()
        return web.Response()


def _refused(status: int, why: str) -> web.Response:
    log.warning("post_refused", status=status, why=why)
    return web.Response(status=status)


def _read(body: bytes) -> Arrived | None:
    """Return what was posted, or None where it is no update."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < IDS:
        return None
    return arrived(update)
