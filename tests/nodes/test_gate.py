"""Whether a node may speak."""

import asyncio
from itertools import pairwise

import pytest

from bot.nodes.gate import FRESH_S, Gate
from bot.nodes.reach import CUT_OFF_S, QUIET_S, Reach


class Machine:
    """A node's time, and its writing connection."""

    def __init__(self) -> None:
        self.at = 100.0
        self.cut = False
        self.gate = Gate(lambda: self.at, lambda: self.cut)

    def ticks(self) -> float:
        """Return its time."""
        return self.at

    async def wait(self, _woken: asyncio.Event, seconds: float | None) -> None:
        """Let the time pass at once."""
        self.at += seconds or 0.0
        await asyncio.sleep(0)


@pytest.fixture
def machine() -> Machine:
    """Return a node whose first beat is as old as it may be."""
    made = Machine()
    made.gate.beaten(made.at)
    made.at += FRESH_S
    return made


def test_it_shuts_by_itself(machine: Machine) -> None:
    """Nothing leaves when the last good beat is too old, and again with the next one."""
    assert machine.gate.sends()
    machine.at += 0.01
    assert (machine.gate.sends(), machine.gate.speaks()) == (False, False)
    machine.gate.beaten(machine.at)
    assert (machine.gate.sends(), machine.gate.speaks()) == (True, True)


def test_it_shuts_with_the_connection_that_writes(machine: Machine) -> None:
    """Another may have the lock at once."""
    machine.cut = True
    assert not machine.gate.sends()


def test_after_the_term_it_stays_shut(machine: Machine) -> None:
    """A beat that comes late opens nothing."""
    machine.gate.shut()
    machine.gate.beaten(machine.at)
    assert (machine.gate.sends(), machine.gate.speaks()) == (False, False)


def test_from_memory_where_the_database_is_out_of_reach(machine: Machine) -> None:
    """And not because this node merely does not lead."""
    machine.gate.shut()
    assert not machine.gate.speaks()
    machine.gate.away = True
    assert (machine.gate.sends(), machine.gate.speaks()) == (False, True)


def test_telegram_is_out_of_reach_after_nothing_but_failures(machine: Machine) -> None:
    """A long silence without a failure is none; neither is one failure."""
    reach = Reach(machine)
    machine.at += CUT_OFF_S + 1
    assert not reach.cut_off
    reach.told(heard=False)
    assert not reach.cut_off
    reach.told(heard=False)
    assert reach.cut_off
    reach.told(heard=True)
    assert not reach.cut_off


async def test_telegram_is_asked_where_somebody_has_to_know(machine: Machine) -> None:
    """And only where nothing was heard meanwhile."""
    reach, asked = Reach(machine), list[float]()

    async def ask() -> None:
        asked.append(machine.at)
        reach.told(heard=True)

    task = asyncio.create_task(reach.run(ask))
    for _ in range(20):
        await asyncio.sleep(0)
    assert asked == []
    reach.wanted = True
    for _ in range(200):
        await asyncio.sleep(0)
    task.cancel()
    assert len(asked) > 2
    assert all(after - before > QUIET_S for before, after in pairwise(asked))
