"""A HOLD that hangs between the bot and Telegram, over real connections."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from telegram import Bot

from bot.delivery.transport import AiohttpRequest
from bot.dispatch import due_work
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from telegram_sandbox import Fault, Person
from testkit.world import TOKEN, BotWorld
from tests.edge.test_delivery import begun, state
from tests.edge.tunnel import Tunnel, tunnel_to

pytestmark = pytest.mark.one_database("of what Telegram says")

SHORT = Dose(hold_s=10, holds=3, rest_s=20)


@asynccontextmanager
async def by_tunnel(
    world: BotWorld, *, answers: bool = False, read_s: float = 5.0
) -> AsyncIterator[Tunnel]:
    """Let the world's sender talk through a tunnel."""
    request = AiohttpRequest(read_timeout=read_s)
    async with tunnel_to(world.server.port, answers=answers) as tunnel:
        bot = Bot(TOKEN, base_url=f"{tunnel.url}/bot", request=request)
        await request.initialize()
        world.sender = world.sender_by(bot)
        try:
            yield tunnel
        finally:
            await world.sender.drain(1)
            await request.shutdown()


async def hangs(world: BotWorld, tunnel: Tunnel) -> None:
    """Come to the first HOLD, and to the moment in which it hangs."""
    maria_due = world.store.read_now(due_work.earliest)
    assert maria_due is not None
    world.clock.at = maria_due
    await world.store.write(due_work.act_due, world.clock.now())
    await world.sender.step()
    await asyncio.wait_for(tunnel.seen.wait(), 5)


async def handled(world: BotWorld) -> None:
    """Fetch and handle what people did; send what is due, and wait for nobody."""
    await world.poller.step(0)
    await world.inbox.step()
    await world.inbox.settled()
    await world.sender.step()


async def comes(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - it comes true on the other side
            await asyncio.sleep(0.01)


def cues(maria: Person) -> list[str]:
    """Return the first words of all cues that ever came, in the chat's order."""
    texts = (one.text.split()[0].rstrip(".") for one in maria.history if one.from_bot)
    return [word for word in texts if word in {"HOLD", "RELEASE", "STOP"}]


@pytest.mark.parametrize("answers", [False, True])
async def test_f122_stop_is_the_last_cue_whatever_hangs(world: BotWorld, *, answers: bool) -> None:
    """The HOLD reaches Telegram after STOP, or its answer reaches the bot then: STOP is last."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    async with by_tunnel(world, answers=answers) as tunnel:
        await hangs(world, tunnel)
        maria.say("stop")
        await handled(world)
        await comes(lambda: "STOP" in cues(maria))
        tunnel.go.set()
        await comes(lambda: "HOLD" in cues(maria))
        await world.sender.settled()
        await world.settle()
        wanted = ["HOLD", "STOP", "STOP"] if answers else ["STOP", "HOLD", "STOP"]
        assert cues(maria) == wanted
        assert not any(one.text.startswith("HOLD") for one in maria.chat)
        assert maria.last.labels[0] == "Pain"
        assert world.newest(maria).value.phase is Phase.ASKED_REASON


async def test_f122_a_hold_that_comes_after_it_was_given_up_is_taken_back(world: BotWorld) -> None:
    """No answer in time: the set is broken off. Then it comes: taken back, and RELEASE again."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    async with by_tunnel(world, read_s=0.2) as tunnel:
        await hangs(world, tunnel)
        await world.sender.settled()
        await world.settle()
        assert (cues(maria), world.store.read_now(state, "Hold")) == (["RELEASE"], ["unsure"])
        tunnel.go.set()
        await comes(lambda: world.store.read_now(state, "Hold") == ["sent"])
        await world.settle()
        assert cues(maria) == ["RELEASE", "HOLD", "RELEASE"]
        assert not any(one.text.startswith("HOLD") for one in maria.chat)
        assert world.newest(maria).value.phase is Phase.INTERRUPTED
        assert "Go on" in maria.last.labels


@pytest.mark.parametrize("kind", ["hang_before", "hang_after", "reset_after"])
async def test_f122_an_answer_that_never_comes(world: BotWorld, kind: str) -> None:
    """Telegram took it, or not, and nobody will know: STOP, and STOP again once that is clear."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    async with by_tunnel(world, read_s=0.4) as tunnel:
        tunnel.go.set()
        hold = lambda call: "HOLD 1" in call.params["text"]  # noqa: E731 - a rule
        world.sandbox.faults.add(Fault(kind=kind, method="sendMessage", when=hold))
        await hangs(world, tunnel)
        maria.say("stop")
        await handled(world)
        await world.sender.settled()
        await world.settle()
        assert cues(maria)[-1] == "STOP"
        assert world.store.read_now(state, "Hold") == ["unsure"]
        assert world.newest(maria).value.phase is Phase.ASKED_REASON


async def test_f122_a_restart_says_stop_again(world: BotWorld) -> None:
    """Killed while a HOLD hung whose session was stopped: nobody knows, so STOP is said again."""
    maria = world.athlete(dose=SHORT)
    await begun(world, maria)
    async with by_tunnel(world) as tunnel:
        await hangs(world, tunnel)
        maria.say("stop")
        await handled(world)
        await comes(lambda: "STOP" in cues(maria))
        tunnel.go.set()
        await comes(lambda: "HOLD" in cues(maria))
        for task in list(world.sender._tasks):
            task.cancel()
        await asyncio.gather(*world.sender._tasks, return_exceptions=True)
    await world.restart()
    await world.settle()
    assert cues(maria) == ["STOP", "HOLD", "STOP"]
