"""F129, F131, F133: whatever is said in whatever trouble, nothing old begins anything.

A person is asked something, or nothing is open; then fetches fail, the disk takes nothing, the
program is stopped, or it is started anew; meanwhile the person says and presses anything. Once all
is well nobody touches the phone: no HOLD comes, no session opens. Then Telegram delivers all of it
once more, and nothing changes.
"""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.store.tables import SessionRow
from telegram_sandbox import Person
from testkit.virtual import MONDAY
from testkit.world import BotWorld, world_at
from tests.edge import away
from tests.edge.away import SHORT, again, asked, holds, kept, trouble, updates

WORDS: Final = (
    "0", "2", "3", "4", "2,5", "go on", "yes", "start", "/session", "/resume", "/undo", "/pain 1",
    "/pause", "/next", "/start", "stop", "tired", "hello", "/flag", "/history",
)  # fmt: skip
SECONDS: Final = (6, 20, 90, 400, 4_000)
"""How long a trouble lasts: always longer than what is of now."""


async def _reminded(world: BotWorld) -> Person:
    maria = world.athlete(dose=SHORT)
    await world.until(MONDAY + timedelta(minutes=30))
    return maria


async def _before(world: BotWorld) -> Person:
    maria = await _reminded(world)
    await world.tap(maria, "Start")
    return maria


async def _in_a_break(world: BotWorld) -> Person:
    maria = await asked(world)
    await world.tap(maria, "1")
    await world.say(maria, "/pause")
    return maria


async def _stopped(world: BotWorld) -> Person:
    maria = await asked(world)
    await world.say(maria, "stop")
    return maria


async def _done(world: BotWorld) -> Person:
    maria = await asked(world)
    await world.tap(maria, "1")
    for _ in range(2):
        await world.passes(seconds=30)
        await world.tap(maria, "1")
    return maria


SCENES: Final[tuple[Callable[[BotWorld], Awaitable[Person]], ...]] = (
    _reminded, _before, asked, _in_a_break, _stopped, _done,
)  # fmt: skip


def _says(world: BotWorld, maria: Person, rng: random.Random) -> None:
    """Let Maria do one thing."""
    what = rng.random()
    mine = [one for one in maria.chat if not one.from_bot]
    came = updates(world)
    buttons = [(one, row) for one in maria.chat if one.from_bot for row in _labels(one)]
    if what < 0.45 and buttons:
        message, label = rng.choice(buttons[-14:])
        maria.tap(label, on=message)
    elif what < 0.6 and mine:
        maria.edit(rng.choice(mine), rng.choice(WORDS))
    elif what < 0.65:
        maria.send_sticker()
    elif what < 0.75 and came:
        update = rng.choice(came)
        kind = next(kind for kind in update if kind != "update_id")
        world.sandbox.updates.push(kind, update[kind])
    else:
        maria.say(rng.choice(WORDS))


def _labels(message: Any) -> list[str]:
    return [button.label for row in message.buttons for button in row if button.data]


async def _away(world: BotWorld, maria: Person, rng: random.Random) -> None:
    """Let something be away for a while, in which Maria does this and that."""
    kind = rng.choice((*away.KINDS, "restart", "stopped"))
    seconds = rng.choice(SECONDS)

    async def meanwhile(pass_by: Callable[[float], Awaitable[None]]) -> None:
        for _ in range(rng.randint(1, 4)):
            _says(world, maria, rng)
            if rng.random() < 0.5:
                await pass_by(rng.choice((0.5, 2)))
        await pass_by(seconds)

    async def standing(passed: float) -> None:
        world.clock.at += timedelta(seconds=passed)

    if kind in {"restart", "stopped"}:
        await meanwhile(standing)
        if kind == "restart":
            await world.restart()
        return
    poller = world.poller
    with trouble(world, kind):
        await meanwhile(lambda passed: world.passes(seconds=passed))
    world.poller = poller


async def _story(seed: int) -> None:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        async with world_at(Path(folder)) as world:
            maria = await rng.choice(SCENES)(world)
            for _ in range(rng.randint(1, 2)):
                heard, opened = holds(world, maria), _sessions(world)
                await _away(world, maria, rng)
                await world.passes(minutes=4)
                assert holds(world, maria) == heard, world.sandbox.transcript()
                assert _sessions(world) == opened, world.sandbox.transcript()
            await world.passes(minutes=20)
            before = kept(world)
            for update in updates(world):
                await again(world, update)
                assert kept(world) == before, update


def _sessions(world: BotWorld) -> int:
    return len(world.store.read_now(lambda db: db.exec(select(SessionRow.id)).all()))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(seed=st.integers(0, 2**32))
def test_f129_f131_f133_nothing_old_begins_anything(seed: int) -> None:
    """Any sequence of troubles and of what is said in them."""
    asyncio.run(_story(seed))
