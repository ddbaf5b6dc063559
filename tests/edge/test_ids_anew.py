"""F109: Telegram's update ids begin anew, lower or higher; nothing is lost, nothing is twice."""

import json

import pytest
from sqlmodel import col, select

from bot.protocol.session.state import Phase
from bot.store import inbox
from bot.store.tables import InboxRow
from telegram_sandbox import Fault, FaultKind
from testkit.world import BotWorld
from tests.edge.away import SHORT, Patient, asked

ANEW = (0, 99_998, 100_000, 2_000_000_000)
"""Before the first id of the sandbox, just beside it, and far beyond."""


async def confirmed(world: BotWorld) -> None:
    """Let everything be confirmed, as it is before a quiet week."""
    await world.settle()
    await world.poller.step(0)
    assert not world.sandbox.updates.pending


@pytest.mark.parametrize("last_id", ANEW)
async def test_f109_what_comes_under_lower_ids_is_handled(world: BotWorld, last_id: int) -> None:
    """Each message after it is answered once, and each answer is sent."""
    maria = world.athlete()
    await world.say(maria, "/help")
    await confirmed(world)
    await world.passes(hours=24 * 8)
    world.sandbox.updates.begin_anew(last_id)
    for word in ("/help", "/plan", "/help", "/next"):
        before = len(world.heard(maria))
        await world.say(maria, word)
        assert len(world.heard(maria)) == before + 1, word
    rows = world.count(InboxRow)
    await world.restart()
    await world.settle()
    assert world.count(InboxRow) == rows
    assert world.count(InboxRow, col(InboxRow.handled_at).is_(None)) == 0


@pytest.mark.parametrize("last_id", ANEW)
async def test_f109_stop_under_a_lower_id_ends_the_hold(world: BotWorld, last_id: int) -> None:
    """Ids begin anew in the middle of a set: STOP stops it, and the last word is STOP."""
    maria = await asked(world)
    await world.tap(maria, "1")
    await world.passes(seconds=21)
    assert world.newest(maria).value.phase is Phase.HOLDING
    await confirmed(world)
    world.sandbox.updates.begin_anew(last_id)
    await world.say(maria, "stop")
    assert world.newest(maria).value.phase is Phase.ASKED_REASON


@pytest.mark.parametrize("last_id", ANEW)
async def test_f109_they_begin_anew_while_telegram_is_away(world: BotWorld, last_id: int) -> None:
    """No offset of before is sent after a fetch that failed, nor after a start."""
    maria = world.athlete(dose=SHORT)
    await world.say(maria, "/help")
    world.sandbox.updates.confirm(10**9)
    world.poller = Patient(world.poller)  # type: ignore[assignment]
    broken = world.sandbox.faults.add(Fault(FaultKind.RESET, method="getUpdates", times=None))
    await world.settle()
    world.sandbox.updates.begin_anew(last_id)
    maria.say("/plan")
    world.sandbox.faults.remove(broken)
    before = len(world.heard(maria))
    await world.settle()
    assert len(world.heard(maria)) == before + 1
    await confirmed(world)
    world.sandbox.updates.begin_anew(last_id)
    maria.say("/next")
    await world.restart()
    await world.settle()
    assert len(world.heard(maria)) == before + 2


@pytest.mark.parametrize("last_id", ANEW)
async def test_f109_the_last_word_goes_by_when_it_was_received(
    world: BotWorld, last_id: int
) -> None:
    """The newest is what was received last, and its number the highest."""
    maria = world.athlete()
    await world.say(maria, "/help")
    await confirmed(world)
    world.sandbox.updates.begin_anew(last_id)
    for word in ("/plan", "/next"):
        world.later(minutes=3)
        await world.say(maria, word)
        assert world.read(inbox.newest_at) == world.read(inbox.newest_said) == world.now
    in_order = select(InboxRow.payload).order_by(col(InboxRow.update_id))
    payloads = world.read(lambda db: db.exec(in_order).all())
    assert [json.loads(one)["message"]["text"] for one in payloads] == ["/help", "/plan", "/next"]
