"""Updates posted to a webhook."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from telegram_sandbox import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram_sandbox import Person, Sandbox

    from .conftest import Api, Clock


@dataclass
class Receiver:
    """A bot's webhook: what came, and how it answers next."""

    url: str = ""
    texts: list[str] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    wait_told: int = 0
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        """Take an update and answer with the next status, 200 by default."""
        update: dict[str, Any] = await request.json()
        self.texts.append(update["message"]["text"])
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.came.set()
        if update["message"]["text"] in self.held:
            await self.held[update["message"]["text"]].wait()
        headers = {"Retry-After": str(self.wait_told)} if self.wait_told else {}
        return web.Response(status=self.answers.pop(0) if self.answers else 200, headers=headers)

    async def wait(self, count: int) -> None:
        """Wait until so many updates came."""
        async with asyncio.timeout(5):
            while len(self.texts) < count:
                self.came.clear()
                await self.came.wait()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Serve a webhook."""
    made, app = Receiver(), web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_updates_are_posted_in_order(maria: Person, api: Api, receiver: Receiver) -> None:
    """What waited and what comes is posted with the secret."""
    maria.say("before")
    assert (await api("setWebhook", url=receiver.url, secret_token="s3cret"))["ok"]
    maria.say("after")
    await receiver.wait(2)
    assert receiver.texts == ["before", "after"]
    assert set(receiver.secrets) == {"s3cret"}


async def test_a_failed_post_is_repeated(
    sandbox: Sandbox, maria: Person, api: Api, receiver: Receiver
) -> None:
    """Until a 200 the same update comes again, and the error is told."""
    receiver.answers = [500, 401]
    await api("setWebhook", url=receiver.url)
    maria.say("3")
    maria.say("4")
    await receiver.wait(4)
    assert receiver.texts == ["3", "3", "3", "4"]
    info = (await api("getWebhookInfo"))["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 401 Unauthorized"


async def test_a_chat_that_is_not_taken_keeps_no_other_waiting(
    sandbox: Sandbox, maria: Person, api: Api, receiver: Receiver
) -> None:
    """Of one chat in order, of several at once, as far as connections were allowed."""
    receiver.held = {"slow": asyncio.Event(), "too": asyncio.Event()}
    runa, ole = (sandbox.person(name, started=True) for name in ("Runa", "Ole"))
    await api("setWebhook", url=receiver.url, max_connections=2)
    maria.say("slow")
    maria.say("behind it")
    runa.say("quick")
    await receiver.wait(2)
    runa.say("too")
    ole.say("has no connection")
    await receiver.wait(3)
    assert receiver.texts == ["slow", "quick", "too"]
    for one in receiver.held.values():
        one.set()
    await receiver.wait(5)
    assert sorted(receiver.texts[3:]) == ["behind it", "has no connection"]


async def test_any_2xx_is_a_success(
    sandbox: Sandbox, maria: Person, api: Api, receiver: Receiver
) -> None:
    """Nothing of it comes again."""
    receiver.answers = [204]
    await api("setWebhook", url=receiver.url)
    maria.say("3")
    await receiver.wait(1)
    maria.say("4")
    await receiver.wait(2)
    assert receiver.texts == ["3", "4"]


async def test_the_wait_that_is_told_is_kept(
    sandbox: Sandbox, maria: Person, api: Api, receiver: Receiver
) -> None:
    """Retry-After is heeded instead of the growing waits."""
    receiver.answers, receiver.wait_told = [503], 1
    loop = asyncio.get_running_loop()
    await api("setWebhook", url=receiver.url)
    begun = loop.time()
    maria.say("3")
    await receiver.wait(2)
    assert loop.time() - begun >= 1.0


async def test_what_nobody_takes_for_a_day_is_dropped(
    sandbox: Sandbox, maria: Person, api: Api, receiver: Receiver, clock: Clock
) -> None:
    """As Telegram keeps it no longer; what comes later is posted."""
    receiver.answers = [500]
    await api("setWebhook", url=receiver.url)
    maria.say("3")
    await receiver.wait(1)
    clock.forward(hours=24)
    maria.say("4")
    await receiver.wait(2)
    assert receiver.texts[-1] == "4"
    assert (await api("getWebhookInfo"))["result"]["pending_update_count"] <= 1


async def test_a_repeated_update_is_posted_twice(
    sandbox: Sandbox, maria: Person, api: Api, receiver: Receiver
) -> None:
    """The fault of updates strikes a webhook as well."""
    sandbox.faults.add(Fault(FaultKind.DUPLICATE_UPDATE, times=1))
    await api("setWebhook", url=receiver.url)
    maria.say("3")
    await receiver.wait(2)
    assert receiver.texts == ["3", "3"]


async def test_polling_and_webhook_exclude_each_other(api: Api, receiver: Receiver) -> None:
    """While a webhook is set, getUpdates is a conflict; without, it works again."""
    await api("setWebhook", url=receiver.url)
    told = await api("getUpdates")
    assert (told["error_code"], told["description"]) == (
        409,
        (
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        ),
    )
    await api("deleteWebhook", drop_pending_updates=True)
    assert (await api("getUpdates"))["ok"]
    assert (await api("getWebhookInfo"))["result"]["url"] == ""


@pytest.mark.parametrize("url", ["https://example.org/hook", "ftp://127.0.0.1/", "nonsense"])
async def test_only_this_machine_is_posted_to(api: Api, url: str) -> None:
    """Nothing leaves the machine by a webhook."""
    told = await api("setWebhook", url=url)
    assert told["description"].startswith("Bad Request: bad webhook")
