"""Posts updates to the bot's webhook, in order, each until it is answered with 200."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

if TYPE_CHECKING:
    from telegram_sandbox.sandbox import Sandbox
    from telegram_sandbox.world import Webhook

FIRST_RETRY = 0.05
LONGEST_RETRY = 5.0
_BATCH = 100
_PATIENCE = ClientTimeout(total=60)


async def deliver(sandbox: Sandbox) -> None:
    """Run until cancelled; sleeps while there is no webhook or nothing to post."""
    arrived = asyncio.Event()
    sandbox.updates.on_arrival(arrived.set)
    arrived.set()
    async with ClientSession(timeout=_PATIENCE, trust_env=False) as session:
        while True:
            await arrived.wait()
            arrived.clear()
            while _here(sandbox.webhook) and (batch := sandbox.updates.batch(_BATCH)):
                assert sandbox.webhook is not None
                await _post_all(sandbox, session, sandbox.webhook, batch)


def _here(hook: Webhook | None) -> bool:
    return hook is not None and not hook.elsewhere


async def _post_all(
    sandbox: Sandbox, session: ClientSession, hook: Webhook, batch: list[dict[str, Any]]
) -> None:
    for update in batch:
        pause = FIRST_RETRY
        while problem := await _post(session, hook, update):
            sandbox.webhook_error = (sandbox.now(), problem)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_RETRY)
            if sandbox.webhook != hook:
                return
        sandbox.updates.confirm(update["update_id"] + 1)


async def _post(session: ClientSession, hook: Webhook, update: dict[str, Any]) -> str | None:
    """Post one update; return what went wrong, or None."""
    secret = hook.secret_token
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    try:
        async with session.post(hook.url, json=update, headers=headers) as answer:
            if answer.status == 200:  # noqa: PLR2004  # Telegram takes no other answer
                return None
            return f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (ClientError, TimeoutError) as error:
        return f"Connection failed: {error}"
