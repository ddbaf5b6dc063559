"""One clock for several machines: the database's, carried on by one that only goes forward."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from bot.clock.clock import SLEW, SystemClock

pytestmark = pytest.mark.one_database("of none")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Machine(SystemClock):
    """A machine whose time is the test's."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def elapsed(self) -> float:
        """Return its time."""
        return self.seconds


def ahead(clock: Machine, since: float) -> float:
    """Return by how much the clock is before the other one, which showed noon at `since`."""
    return (clock.now() - NOON).total_seconds() - (clock.seconds - since)


def test_alone_it_is_the_machines_own_time() -> None:
    """Within a second of it."""
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(seconds=1)


def test_the_first_time_it_is_set() -> None:
    """Whatever the wall clock shows; half of the way there and back was before."""
    clock = Machine()
    clock.follow(NOON, 999.0)
    assert clock.follows
    assert ahead(clock, 999.0) == 0
    clock.seconds += 60
    assert ahead(clock, 999.0) == 0


@pytest.mark.parametrize("off", [0.5, -0.5])
def test_a_difference_is_made_good_little_by_little(off: float) -> None:
    """It never jumps, and never goes back."""
    clock = Machine()
    clock.follow(NOON - timedelta(seconds=off), clock.seconds)
    since, shown = clock.seconds, [clock.now()]
    for _ in range(200):
        clock.follow(NOON + timedelta(seconds=clock.seconds - since), clock.seconds)
        clock.seconds += 0.1
        shown.append(clock.now())
    assert abs(ahead(clock, since)) < 0.001
    for before, after in pairwise(shown):
        assert abs((after - before).total_seconds() - 0.1) <= 0.1 * SLEW + 1e-5


def test_where_it_is_told_no_more_it_goes_on() -> None:
    """What it owed is made good, and no more than that."""
    clock = Machine()
    clock.follow(NOON - timedelta(seconds=0.1), clock.seconds)
    clock.follow(NOON, clock.seconds)
    since = clock.seconds
    clock.seconds += 3600
    assert abs(ahead(clock, since)) < 1e-5


def test_anew_it_jumps() -> None:
    """As long as nothing runs by it."""
    clock = Machine()
    clock.follow(NOON + timedelta(hours=1), clock.seconds)
    clock.follow(NOON, clock.seconds, anew=True)
    assert clock.now() == NOON
