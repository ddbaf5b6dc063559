"""Who stands by: when it lets others go first."""

from typing import Any, cast

from bot.clock.clock import SystemClock
from bot.nodes.node import OTHERS_FIRST_S, Node
from bot.nodes.reach import CUT_OFF_S, Reach


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


def cut_off() -> tuple[Ticks, Reach, Node]:
    """Return a node that led, did not reach Telegram any more, and stands by now."""
    clock = Ticks()
    reach = Reach(clock)
    node = Node(cast("Any", None), clock, reach, cast("Any", None))
    clock.at += CUT_OFF_S + 1
    for _ in range(2):
        reach.told(heard=False)
    assert reach.cut_off
    node._others_first_until = clock.at + OTHERS_FIRST_S
    return clock, reach, node


def test_it_lets_others_go_first_for_a_while() -> None:
    """Not for ever: maybe nobody reaches Telegram."""
    clock, _reach, node = cut_off()
    assert node._lets_others_first()
    clock.at += OTHERS_FIRST_S
    assert not node._lets_others_first()


def test_it_does_not_wait_once_it_hears_telegram_again() -> None:
    """Two that were both cut off would wait for each other."""
    clock, reach, node = cut_off()
    clock.at += 1
    reach.told(heard=True)
    assert not node._lets_others_first()
    clock.at += CUT_OFF_S
    assert not node._lets_others_first()
