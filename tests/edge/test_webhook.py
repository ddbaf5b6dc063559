"""F106: another program sets a webhook while the bot polls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from structlog.testing import capture_logs

from bot.telegram.poller import MAX_CONFLICTS, TokenInUseError, take_webhook_away
from telegram_sandbox import Fault, FaultKind
from testkit.world import BotWorld

pytestmark = pytest.mark.one_database("of what Telegram says")

SECRET = "a-secret-path"
ELSEWHERE = f"https://me:pw@other.example:8443/{SECRET}?key={SECRET}"


@asynccontextmanager
async def polling(world: BotWorld) -> AsyncIterator["asyncio.Task[None]"]:
    """Let the bot poll for the block; what it waits passes at once."""
    running = asyncio.create_task(world.poller.run())
    try:
        yield running
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError, TokenInUseError):
            await running


async def polled(world: BotWorld) -> None:
    """Wait until the bot fetches, and nobody refuses it."""
    await world.sandbox.updates.until_polled(timeout=10)


async def test_f106_a_webhook_is_taken_away_and_fetching_goes_on(world: BotWorld) -> None:
    """What was said meanwhile is answered; the log names the host and no more of the address."""
    maria = world.athlete()
    await world.settle()
    with capture_logs() as lines:
        async with polling(world):
            await polled(world)
            world.sandbox.webhook_elsewhere(ELSEWHERE)
            maria.say("/help")
            await world.sandbox.log.wait_for(lambda entry: entry.method == "deleteWebhook")
            await polled(world)
    await world.settle()
    assert "this list" in maria.last.text
    assert world.sandbox.webhook is None
    told = [line for line in lines if line["event"] == "webhook_taken_away"]
    assert [line["host"] for line in told] == ["other.example"]
    assert SECRET not in str(lines)


async def test_f106_one_that_comes_back_again_and_again_is_named(world: BotWorld) -> None:
    """Fetching goes on between; the last word of the program names the webhook's host."""
    async with polling(world) as running:
        for _ in range(MAX_CONFLICTS - 1):
            await polled(world)
            world.sandbox.webhook_elsewhere(ELSEWHERE)
            await world.sandbox.log.wait_for(
                lambda entry: entry.method == "deleteWebhook", after=world.sandbox.log.seq
            )
        await polled(world)
        world.sandbox.webhook_elsewhere(ELSEWHERE)
        with pytest.raises(TokenInUseError) as error:
            await asyncio.wait_for(running, 10)
    assert "at other.example," in str(error.value)
    assert SECRET not in str(error.value)


async def test_f106_one_that_comes_back_now_and_then_ends_nothing(world: BotWorld) -> None:
    """Every hour another one: each is taken away, at once."""
    async with polling(world):
        for _ in range(2 * MAX_CONFLICTS):
            await polled(world)
            world.later(hours=1)
            world.sandbox.webhook_elsewhere(ELSEWHERE)
            await world.sandbox.log.wait_for(
                lambda entry: entry.method == "deleteWebhook", after=world.sandbox.log.seq
            )
        await polled(world)


async def test_f106_one_that_cannot_be_taken_away_is_named(world: BotWorld) -> None:
    """Telegram refuses to delete it: the program ends with the webhook's host."""
    refused = Fault(FaultKind.SERVER_ERROR, method="deleteWebhook", times=None)
    world.sandbox.faults.add(refused)
    world.sandbox.webhook_elsewhere(ELSEWHERE)
    with capture_logs() as lines, pytest.raises(TokenInUseError, match=r"at other\.example"):
        await asyncio.wait_for(world.poller.run(), 10)
    assert {line["host"] for line in lines if line["event"] == "webhook_not_deleted"} == {
        "other.example"
    }


async def test_f106_at_the_start_it_is_named_as_well(world: BotWorld) -> None:
    """One that was set before the start is taken away; without one there is nothing to tell."""
    with capture_logs() as lines:
        assert await take_webhook_away(world.bot) is None
        world.sandbox.webhook_elsewhere(ELSEWHERE)
        assert await take_webhook_away(world.bot) == "other.example"
    assert [line["event"] for line in lines] == ["webhook_taken_away"]
    assert world.sandbox.webhook is None
