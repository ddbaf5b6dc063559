"""A process that takes over knows from the rows what the last one had in mind."""

from datetime import datetime, timedelta

from bot import keeping
from bot.delivery.from_memory import AWAY_S, FromMemory
from bot.delivery.ports import Call
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from bot.telegram import unsaved
from testkit.world import BotWorld

SHORT = Dose(hold_s=10, holds=3, rest_s=20, lead_in_first_s=10)


async def test_budget_and_promises_are_those_of_the_last_one(world: BotWorld) -> None:
    """The second's messages count, RELEASE has its place, and comes where the database is gone."""
    maria = world.athlete(dose=SHORT)
    await world.say(maria, "/session")
    await world.tap(maria, "1")
    await world.passes(seconds=10)
    assert world.newest(maria).value.phase is Phase.HOLDING
    said, clock = list[str](), world.clock

    async def send(call: Call) -> None:
        said.append(call[1]["text"])

    async def break_off(cut: dict[int, bool], now: datetime) -> None:
        raise AssertionError((cut, now))

    fresh = world.sender_by(world.bot)
    memory = FromMemory(world.store, clock, unsaved.call, send, break_off, lambda: True)
    assert await keeping.remember(world.store, fresh, memory, clock) == 1
    assert fresh.pace.free.used(clock.ticks()) == world.sender.pace.free.used(clock.ticks()) > 0
    assert len(fresh.pace.promises) == len(world.sender.pace.promises) == 1
    clock.at += timedelta(seconds=10)
    await memory.step()
    assert said == []
    clock.at += timedelta(seconds=AWAY_S)
    await memory.step()
    assert [text.partition(".")[0] for text in said] == ["<b>RELEASE"]
