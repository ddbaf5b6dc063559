"""Virtual time: it passes when nobody has anything to do, and only then."""

import asyncio
from datetime import timedelta

import pytest

from testkit import virtual
from testkit.virtual import MONDAY, VirtualClock


def test_timers_come_in_the_order_of_their_times() -> None:
    """Sleepers wake by their times, each exactly at its own."""

    async def scenario(clock: VirtualClock) -> list[float]:
        woken: list[float] = []

        async def sleeper(seconds: float) -> None:
            await asyncio.sleep(seconds)
            assert clock.ticks() == pytest.approx(seconds, abs=1e-6)
            woken.append(seconds)

        await asyncio.gather(*(sleeper(s) for s in (3600.0, 0.5, 86_400.0, 2.0)))
        return woken

    assert virtual.run(scenario) == [0.5, 2.0, 3600.0, 86_400.0]


def test_no_time_passes_without_waiting() -> None:
    """Work, callbacks and what would be a thread's take no time."""

    async def scenario(clock: VirtualClock) -> tuple[float, int]:
        loop = asyncio.get_running_loop()
        for _ in range(100):
            await asyncio.sleep(0)
        return clock.ticks(), await loop.run_in_executor(None, sum, [1, 2])

    assert virtual.run(scenario) == (0.0, 3)


def test_who_waits_for_ever_is_told() -> None:
    """A wait that nothing can end is an error, and does not hang."""

    async def scenario(_clock: VirtualClock) -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="everything waits"):
        virtual.run(scenario)


def test_a_timer_set_for_no_time_again_and_again_lets_time_pass() -> None:
    """Who sets a timer for "now" until a time has come is not caught for ever."""

    async def scenario(clock: VirtualClock) -> float:
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def look() -> None:
            if clock.ticks() >= 0.001:
                done.set()
            else:
                loop.call_at(clock.ticks(), look)

        look()
        await done.wait()
        return clock.ticks()

    assert virtual.run(scenario) == pytest.approx(0.001, abs=1e-5)


def test_a_step_moves_the_wall_clock_alone() -> None:
    """The clock that only goes forward does not notice."""

    async def scenario(clock: VirtualClock) -> list[tuple[timedelta, float]]:
        seen = []
        for step in (0.0, 3600.0, -7200.0):
            clock.step(step)
            await asyncio.sleep(1)
            seen.append((clock.now() - MONDAY, round(clock.ticks(), 3)))
        return [(timedelta(seconds=round(d.total_seconds())), t) for d, t in seen]

    hour = timedelta(hours=1)
    second = timedelta(seconds=1)
    assert virtual.run(scenario) == [(second, 1), (hour + 2 * second, 2), (3 * second - hour, 3)]


@pytest.mark.parametrize(("seconds", "passed"), [(None, 5.0), (2.0, 2.0), (60.0, 5.0), (-1.0, 0)])
def test_the_clock_waits_until_woken_or_for_its_seconds(
    seconds: float | None, passed: float
) -> None:
    """Whichever comes first; no seconds at all means until woken."""

    async def scenario(clock: VirtualClock) -> float:
        woken = asyncio.Event()
        asyncio.get_running_loop().call_later(5.0, woken.set)
        await clock.wait(woken, seconds)
        return clock.ticks()

    assert virtual.run(scenario) == pytest.approx(passed, abs=1e-5)


def test_what_fails_in_place_of_a_thread_fails_where_it_is_awaited() -> None:
    """The error goes to whoever waits."""

    async def scenario(_clock: VirtualClock) -> None:
        await asyncio.to_thread(int, "no number")

    with pytest.raises(ValueError, match="no number"):
        virtual.run(scenario)
