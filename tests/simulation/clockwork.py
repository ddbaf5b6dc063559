"""The time of a run: the machine's clock, who waits for when, and jumps over empty hours.

APScheduler asks the machine what time it is, so the machine itself is made to tell virtual time
(time-machine, which stands still by itself and is moved with the loop).
"""

import asyncio
import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine

from testkit.virtual import VirtualClock, VirtualLoop


class Agenda:
    """What is going to happen at which second of the loop: people's acts, faults, the end."""

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._times: list[float] = []

    def at(self, when: float, act: Callable[[], object]) -> None:
        """Do something at a second of the loop."""
        self.expect(when)
        self._loop.call_at(when, act)

    def after(self, seconds: float, act: Callable[[], object]) -> None:
        """Do something so many seconds from now."""
        self.at(self._loop.time() + seconds, act)

    def expect(self, when: float) -> None:
        """Do not sleep beyond this second."""
        heapq.heappush(self._times, when)

    def next(self) -> float | None:
        """Return the first second, later than now, that something is to happen at."""
        while self._times and self._times[0] <= self._loop.time():
            heapq.heappop(self._times)
        return self._times[0] if self._times else None


class SimClock(VirtualClock):
    """The virtual clock. What the bot waits for stands in the agenda, so that no jump skips it."""

    def __init__(self, loop: VirtualLoop, start: datetime) -> None:
        super().__init__(loop, start)
        self.agenda = Agenda(loop)
        self.steps: list[float] = []
        """The seconds of the loop at which the wall clock was set."""

    def step(self, seconds: float) -> None:
        """Set the wall clock forward, or back."""
        super().step(seconds)
        self.steps.append(self.ticks())

    @property
    def stepped(self) -> bool:
        """Whether the wall clock was ever set."""
        return bool(self.steps)

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""
        if seconds is not None and not woken.is_set():
            self.agenda.expect(self.ticks() + max(0.0, seconds))
        await super().wait(woken, seconds)

    def second(self, at: datetime) -> float:
        """Return the loop's second at which this clock, as it goes now, will tell `at`."""
        return self.ticks() + (at - self.now()).total_seconds()


@contextmanager
def travelling(clock: SimClock) -> Iterator[Callable[[], None]]:
    """Make the machine tell the clock's time; call what this yields whenever that has moved."""
    told = clock.now()
    with time_machine.travel(told, tick=False) as traveller:

        def moved() -> None:
            nonlocal told
            before, told = told, clock.now()
            traveller.shift(told - before)  # `move_to` would set the zone as well, each time

        yield moved
