"""Posts updates to the bot's webhook: of one chat in order, of several chats at once.

As Telegram does it: what is answered with 2xx is done. Anything else, and no answer, is an error:
the update comes again, at once the first time, then after waits that double, or after as long as
`Retry-After` says. What is not taken within 24 hours is dropped.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from telegram_sandbox.faults import FaultKind
from telegram_sandbox.updates import KEPT_FOR

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import ClientResponse

    from telegram_sandbox.sandbox import Sandbox
    from telegram_sandbox.world import Webhook

FIRST_RETRY = 0.05
"""Telegram's own is a second."""
LONGEST_RETRY = 5.0
"""Telegram's own is a minute or two."""
LONGEST_TOLD = 3600
_PATIENCE = ClientTimeout(total=60)
_OK = range(200, 300)


async def deliver(sandbox: Sandbox) -> None:
    """Run until cancelled; sleeps while there is no webhook or nothing to post."""
    changed = asyncio.Event()
    sandbox.updates.on_arrival(changed.set)
    changed.set()
    posts: dict[int, asyncio.Task[None]] = {}
    before = sandbox.webhook
    async with ClientSession(timeout=_PATIENCE, trust_env=False) as session:
        try:
            while True:
                await changed.wait()
                changed.clear()
                hook = sandbox.webhook
                if hook != before:
                    await _end(posts)
                    before = hook
                if hook is not None and not hook.elsewhere:
                    _begin(sandbox, session, hook, posts, changed)
        finally:
            await _end(posts)


async def _end(posts: dict[int, asyncio.Task[None]]) -> None:
    """Give up what is under way; what was not taken stays in the queue."""
    under_way = list(posts.values())
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


def _begin(
    sandbox: Sandbox,
    session: ClientSession,
    hook: Webhook,
    posts: dict[int, asyncio.Task[None]],
    changed: asyncio.Event,
) -> None:
    """Begin to post for each chat that has something, as far as connections are left."""
    for at, update in sandbox.updates.waiting():
        if len(posts) >= hook.max_connections:
            return
        chat = chat_of(update)
        if chat in posts:
            continue

        def ended(_task: asyncio.Task[None], chat: int = chat) -> None:
            del posts[chat]
            changed.set()

        posts[chat] = asyncio.create_task(_until_taken(sandbox, session, hook, at, update))
        posts[chat].add_done_callback(ended)


def chat_of(update: dict[str, Any]) -> int:
    """Return the chat, or the person, whose updates are posted in order."""
    (value,) = (value for key, value in update.items() if key != "update_id")
    told = value.get("chat") or (value.get("message") or {}).get("chat") or value.get("from") or {}
    return int(told.get("id", -update["update_id"]))


async def _until_taken(
    sandbox: Sandbox, session: ClientSession, hook: Webhook, at: datetime, update: dict[str, Any]
) -> None:
    """Post one update until it is taken; give up where there is another webhook, or none."""
    pause = 0.0
    while sandbox.webhook == hook:
        told = await _post(session, hook, update)
        if told is None:
            break
        problem, wait = told
        sandbox.webhook_error = (sandbox.now(), problem)
        await asyncio.sleep(pause if wait is None else wait)
        pause = min(pause * 2 or FIRST_RETRY, LONGEST_RETRY)
        if sandbox.now() - at + timedelta(seconds=wait or pause) > KEPT_FOR:
            break
    else:
        return
    if sandbox.faults.strike_updates(FaultKind.DUPLICATE_UPDATE):
        await _post(session, hook, update)
    sandbox.updates.forget(update["update_id"])


async def _post(
    session: ClientSession, hook: Webhook, update: dict[str, Any]
) -> tuple[str, float | None] | None:
    """Post one update; return what went wrong and the wait that was told, or None."""
    secret = hook.secret_token
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    try:
        async with session.post(hook.url, json=update, headers=headers) as answer:
            if answer.status in _OK:
                return None
            problem = f"Wrong response from the webhook: {answer.status} {answer.reason}"
            return problem, _told_wait(answer)
    except (ClientError, TimeoutError) as error:
        return f"Connection failed: {error}", None


def _told_wait(answer: ClientResponse) -> float | None:
    told = answer.headers.get("Retry-After", "")
    return min(int(told), LONGEST_TOLD) if told.isdecimal() and int(told) > 0 else None
