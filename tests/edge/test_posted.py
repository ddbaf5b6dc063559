"""Updates that a webhook brings: in any order, some of them late, and the webhook itself."""

import asyncio
from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest
from sqlmodel import col
from structlog.testing import capture_logs

from bot.dispatch import updates as dispatch_updates
from bot.dispatch.commands.catalogue import Rules
from bot.protocol.session.state import CUED, Phase
from bot.store.tables import InboxRow
from bot.telegram.inbox import Inbox
from bot.telegram.poller import MAX_CONFLICTS, TokenInUseError
from bot.telegram.update import arrived
from bot.telegram.webhook import Posted, WebhookKeeper, WebhookRefusedError
from telegram_sandbox import Fault, FaultKind
from telegram_sandbox.world import Webhook
from testkit.world import NAME, BotWorld
from tests.edge.away import asked, holds

URL: Final = "http://127.0.0.1:9/hook"
SECRET: Final = "a-secret-of-Telegram"


async def kept(world: BotWorld) -> WebhookKeeper:
    """Have the webhook set, and updates taken from there; the sandbox posts none by itself."""
    keeper = WebhookKeeper(world.bot, world.clock, URL, SECRET)
    world.sandbox.use_webhook(Webhook(URL, SECRET, elsewhere=True))
    await keeper._begin()
    world.sandbox.use_webhook(Webhook(URL, SECRET, elsewhere=True))
    world.inbox = Inbox(world.store, world.clock, Rules(NAME, open_enrolment=False), webhook=keeper)
    return keeper


async def taken(world: BotWorld, *which: dict[str, Any]) -> None:
    """Let an ingress take these, or all that waits, and the bot do all that follows."""
    for one in which or world.sandbox.updates.pending:
        await stored(world, one)
    await handled(world)


async def stored(world: BotWorld, update: dict[str, Any]) -> None:
    """Let an ingress store one update."""
    given = [arrived(update)]
    await world.store.write(dispatch_updates.receive, given, world.now, backlog=False, posted=True)
    world.sandbox.updates.forget(update["update_id"])


async def handled(world: BotWorld) -> None:
    """Let the bot handle what is stored, and all that follows."""
    while await world.inbox.step():
        await world.inbox.settled()
    await world.settle(hears=False)


def failed(world: BotWorld) -> None:
    """Let Telegram note that a post was not taken."""
    world.sandbox.webhook_error = (world.now, "Wrong response from the webhook: 503")


async def test_in_good_order_an_answer_leads_on(world: BotWorld) -> None:
    """What is posted at once is of now."""
    maria = await asked(world)
    await kept(world)
    maria.tap("2")
    await taken(world)
    assert world.newest(maria).value.phase is Phase.RESTING


async def test_what_comes_late_begins_nothing(world: BotWorld) -> None:
    """Posts failed for a minute: an answer of then is kept, and the athlete is asked first."""
    maria = await asked(world)
    keeper = await kept(world)
    maria.tap("2")
    failed(world)
    await keeper.look()
    before = holds(world, maria)
    world.later(seconds=20)
    await taken(world)
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    assert holds(world, maria) == before


async def test_stop_counts_however_late(world: BotWorld) -> None:
    """It ends the set, and the last word is STOP."""
    maria = await asked(world)
    keeper = await kept(world)
    maria.say("stop")
    failed(world)
    await keeper.look()
    world.later(seconds=20)
    await taken(world)
    assert world.newest(maria).value.phase not in CUED
    assert any("STOP" in line for line in world.heard(maria))


async def test_what_was_received_in_trouble_stays_late(world: BotWorld) -> None:
    """Trouble ends between the receipt and the handling: that makes it no younger."""
    maria = await asked(world)
    keeper = await kept(world)
    maria.tap("2")
    failed(world)
    await keeper.look()
    world.later(seconds=20)
    for one in world.sandbox.updates.pending:
        await stored(world, one)
    await keeper.look()
    await handled(world)
    assert world.newest(maria).value.phase is Phase.INTERRUPTED
    world.later(seconds=1)
    maria.tap("Go on")
    await taken(world)
    assert world.newest(maria).value.phase is not Phase.INTERRUPTED


@pytest.mark.parametrize("minutes", [1, 11])
async def test_trouble_before_the_start(world: BotWorld, minutes: int) -> None:
    """An error of long ago says nothing, whatever waits; one of just now does."""
    maria = await asked(world)
    failed(world)
    error = world.sandbox.webhook_error
    world.later(minutes=minutes)
    maria.tap("2")
    keeper = WebhookKeeper(world.bot, world.clock, URL, SECRET)
    world.sandbox.use_webhook(Webhook(URL, SECRET, elsewhere=True))
    world.sandbox.webhook_error = error
    await keeper._begin()
    world.inbox = Inbox(world.store, world.clock, Rules(NAME, open_enrolment=False), webhook=keeper)
    assert (keeper.posting is None) == (minutes == 11)


async def test_telegram_does_not_say(world: BotWorld) -> None:
    """While nobody knows whether all came through, what comes may be old; then it is known."""
    keeper = await kept(world)
    await keeper.look()
    assert keeper.posting is None
    good = world.now
    world.later(seconds=3)
    fault = Fault(FaultKind.SERVER_ERROR, method="getWebhookInfo", times=2)
    world.sandbox.faults.add(fault)
    running = asyncio.create_task(keeper.run())
    for _ in range(1_000):
        await asyncio.sleep(0.005)
        if keeper.posting is not None and keeper.posting.until is not None:
            break
    running.cancel()
    posting = keeper.posting
    assert posting is not None
    assert posting.since == good
    assert posting.until is not None
    assert posting.is_late(posting.until)
    assert not posting.is_late(good)
    assert not posting.is_late(posting.until + timedelta(seconds=1))


async def test_another_program_takes_the_webhook_away(world: BotWorld) -> None:
    """It is set again; again and again ends this program with its name."""
    keeper = await kept(world)
    with capture_logs() as lines:
        for _ in range(MAX_CONFLICTS - 1):
            world.sandbox.webhook_elsewhere("https://other.example/secret")
            await keeper.look()
            hook = world.sandbox.webhook
            assert hook is not None
            assert (hook.url, hook.secret_token) == (URL, SECRET)
        world.sandbox.webhook_elsewhere("https://other.example/secret")
        with pytest.raises(TokenInUseError, match=r"at other\.example,"):
            await keeper.look()
    assert {line["host"] for line in lines} == {"other.example"}


async def test_what_is_left_of_a_term_gives_way(world: BotWorld) -> None:
    """It takes the webhook away once, and fetches; whoever sets it again leads, and is let be."""
    await kept(world)
    poller = world.poller
    rest = Posted(WebhookKeeper(world.bot, world.clock, URL, SECRET), poller)
    rest.gives_way = True
    running = asyncio.create_task(rest.run())
    await world.sandbox.updates.until_polled(timeout=10)
    assert world.sandbox.webhook is None
    hook = Webhook(URL, SECRET, elsewhere=True)
    world.sandbox.use_webhook(hook)
    with pytest.raises(TokenInUseError):
        await asyncio.wait_for(running, 10)
    assert world.sandbox.webhook == hook


async def test_an_address_that_telegram_refuses(world: BotWorld) -> None:
    """One sentence, in Telegram's words; one that is set already stays."""
    keeper = WebhookKeeper(world.bot, world.clock, "https://bot.example/hook", SECRET)
    with pytest.raises(WebhookRefusedError, match=r"does not take webhook\.url: Bad webhook"):
        await keeper.run()
    world.sandbox.webhook_elsewhere("https://bot.example/hook")
    with capture_logs() as lines:
        await keeper._begin()
    assert "webhook_not_set" in [line["event"] for line in lines]


@pytest.mark.parametrize("seed", range(12))
async def test_any_order_of_arrival(world: BotWorld, seed: int) -> None:
    """Two take them in any order, some of them twice: each is handled once, and STOP is heard."""
    chance = Random(seed)
    maria = await asked(world)
    runa = world.athlete("Runa")
    await world.settle()
    await kept(world)
    for who, word in ((maria, "2"), (runa, "/help"), (maria, "stop"), (maria, "hello"),
                      (runa, "/plan"), (maria, "/help")):  # fmt: skip
        who.say(word)
    came = world.sandbox.updates.pending
    order = [*came, *chance.sample(came, 3)]
    chance.shuffle(order)
    before = world.count(InboxRow)
    for one in order:
        await stored(world, one)
        if chance.random() < 0.4:
            await handled(world)
    await handled(world)
    assert world.count(InboxRow) == before + len(came)
    assert world.count(InboxRow, col(InboxRow.handled_at).is_(None)) == 0
    assert sum("this list" in one.text for one in runa.chat) == 1
    assert world.newest(maria).value.phase not in CUED
    heard = [line for line in world.heard(maria) if line.startswith(("STOP", "HOLD"))]
    assert heard[-1].startswith("STOP")
    before = holds(world, maria)
    world.sandbox.call("deleteWebhook", {})
    await world.passes(minutes=5)
    assert holds(world, maria) == before
