"""Who stands by: when it lets others go first."""

from datetime import UTC, datetime
from typing import Any, cast

from bot.clock.clock import SystemClock
from bot.nodes.node import OTHERS_FIRST_S, Node
from bot.nodes.reach import CUT_OFF_S, Reach
from bot.store.lease import LookedAt

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Ticks(SystemClock):
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 100.0

    def ticks(self) -> float:
        """Return the seconds that were set."""
        return self.at

    def elapsed(self) -> float:
        """Return the same."""
        return self.at


class Looks:
    """What a node sees on the server: others that stand by, and a leader with a fresh beat."""

    def __init__(self, clock: Ticks, *, others: int) -> None:
        self._clock = clock
        self._others = others

    async def ask(self, _act: Any, _within: float, **_told: Any) -> Any:
        """Return it, as asked and told at this moment."""
        seen = LookedAt(NOON, 1, "berg:1", 0.1, cut_off=False, others=self._others)
        return seen, self._clock.at, self._clock.at


class Waiting:
    """A node that led, did not reach Telegram any more, and stands by now."""

    def __init__(self, others: int = 1) -> None:
        self.clock = Ticks()
        self.reach = Reach(self.clock)
        self.node = Node(cast("Any", None), "7", self.clock, self.reach, cast("Any", None))
        self._line = cast("Any", Looks(self.clock, others=others))
        self.clock.at += CUT_OFF_S + 1
        for _ in range(2):
            self.reach.told(heard=False)
        assert self.reach.cut_off
        self.node._others_first_until = self.clock.at + OTHERS_FIRST_S

    async def lets_others_first(self) -> bool:
        """Let it look; return whether it still does not try to lead."""
        await self.node._look(self._line)
        return self.clock.at < self.node._others_first_until


def test_no_two_have_the_same_name() -> None:
    """Each container of a machine may have its name, and a process 1: who ends looks for others."""
    clock = Ticks()
    nothing = cast("Any", None)
    made = [Node(nothing, "7", clock, Reach(clock), nothing) for _ in range(2)]
    assert made[0].name != made[1].name


async def test_it_lets_others_go_first_for_a_while() -> None:
    """Not for ever: maybe nobody reaches Telegram. Meanwhile it is asked whether it does."""
    waiting = Waiting()
    assert await waiting.lets_others_first()
    assert waiting.reach.wanted
    waiting.clock.at += OTHERS_FIRST_S
    assert not await waiting.lets_others_first()
    assert not waiting.reach.wanted


async def test_it_does_not_wait_once_it_hears_telegram_again() -> None:
    """Two that were both cut off would wait for each other; silence later holds it back no more."""
    waiting = Waiting()
    waiting.clock.at += 1
    waiting.reach.told(heard=True)
    assert not await waiting.lets_others_first()
    waiting.clock.at += CUT_OFF_S
    assert not await waiting.lets_others_first()


async def test_it_does_not_wait_for_nobody() -> None:
    """Where it stands by alone there is nobody to go first."""
    assert not await Waiting(others=0).lets_others_first()
