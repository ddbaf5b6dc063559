"""What a node has in mind: said where the database is out of reach, and only then."""

import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from telegram import Bot

from bot.delivery.from_memory import AWAY_S, FromMemory, Word, beside
from bot.delivery.limiter import Pace
from bot.delivery.ports import Call
from bot.keeping import remember
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Phase
from bot.store.outbox_claims import Claimed
from testkit.virtual import HandClock
from tests.flows.live import Live

MARIA = 1001
SESSION = 7


class Database:
    """What is to be known of the store, which takes nothing."""

    refused = written = waiting = 0


class Memory:
    """A node's memory, with what it says."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.away = False
        self.said: list[str] = []
        self.database = Database()
        self.memory = FromMemory(
            self.database, self.clock, _words, self._send, self._break_off, lambda: self.away
        )

    async def _send(self, call: Call) -> None:
        self.said.append(call[1]["text"])

    async def _break_off(self, *_: Any) -> None:
        raise AssertionError

    async def passes(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.at += timedelta(seconds=seconds)
        await self.memory.step()

    def letter(self, kind: str, **body: Any) -> Claimed:
        """Return a letter of the session."""
        now = self.clock.now()
        return Claimed(1, kind, MARIA, kind, body, 1, now, None, True, None, SESSION, 0)


def _words(chat_id: int, word: Word) -> Call:
    return "send_message", {"chat_id": chat_id, "text": word.value}


@pytest.fixture
def node() -> Memory:
    """Return a node that has handed over a HOLD of ten seconds."""
    made = Memory()
    made.memory.handed(made.letter("Hold", seconds=10), made.clock.ticks())
    return made


async def test_release_is_said_where_the_database_is_out_of_reach(node: Memory) -> None:
    """A moment after its time, and not before."""
    node.away = True
    await node.passes(10)
    assert node.said == []
    await node.passes(AWAY_S)
    assert node.said == ["release"]
    assert node.memory.cut == {SESSION: False}


async def test_nobody_is_told_that_no_hold_comes_while_another_may_lead(node: Memory) -> None:
    """It may come: from who leads now. Also at the end of the program only who holds is told."""
    waiting = Memory()
    waiting.memory.promised(SESSION, MARIA, waiting.clock.ticks() + 3, holding=False)
    waiting.away = node.away = True
    for _ in range(40):
        await waiting.passes(0.2)
    await waiting.memory.release_all()
    await node.memory.release_all()
    assert (waiting.said, node.said) == ([], ["release"])


async def test_what_became_late_while_nobody_led_is_acted_on_by_who_leads(tmp_path: Path) -> None:
    """From the rows, in a moment: the memory waits for that as it does for any other cue."""
    with Live(tmp_path) as live:
        live.reach(Phase.HOLDING)
        live.later(seconds=Dose().hold_s + 2)
        node = Memory()
        node.clock.at = live.now
        sender: Any = SimpleNamespace(pace=Pace(28))
        clock: Any = node.clock
        assert await remember(live.store, sender, node.memory, clock) == 1
    node.database.waiting = 1  # something is being stored, as always at that time
    await node.passes(0)
    await node.passes(0.9)
    assert node.said == []
    await node.passes(0.2)
    assert node.said == ["release"]


async def test_who_merely_leads_no_more_says_nothing(node: Memory) -> None:
    """Another says it."""
    for _ in range(100):
        await node.passes(0.2)
    assert node.said == []


async def test_a_release_that_did_not_leave_is_still_owed(node: Memory) -> None:
    """It was on its way when the database was lost."""
    await node.passes(10)
    release = node.letter("Release")
    node.memory.handed(release, node.clock.ticks())
    node.away = True
    await node.passes(5)
    assert node.said == []
    node.memory.unsent(release)
    await node.passes(0.1)
    assert node.said == ["release"]


async def test_what_another_has_handed_over_is_in_mind_too(node: Memory) -> None:
    """Who takes over has the promises from the rows; what was not stored is handed on."""
    other = Memory()
    other.memory.promised(SESSION, MARIA, other.clock.ticks() + 3, holding=True)
    other.away = True
    await other.passes(3 + AWAY_S)
    assert other.said == ["release"]
    node.memory.inherit(other.memory.cut)
    assert node.memory.cut == {SESSION: False}


async def test_nothing_is_said_beside_while_another_leads() -> None:
    """It waits, and makes no call."""

    class Gate:
        away = False

        def sends(self) -> bool:
            return False

        def speaks(self) -> bool:
            return False

    waits = list[float | None]()

    class Clock(HandClock):
        async def wait(self, _woken: asyncio.Event, seconds: float | None) -> None:
            waits.append(seconds)
            await asyncio.sleep(0)

    send = beside(Bot("1:TEST"), Pace(28), Clock(), Gate())
    task = asyncio.ensure_future(send(("send_message", {})))
    while len(waits) < 5:  # noqa: ASYNC110 - it is the test's clock
        await asyncio.sleep(0)
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
