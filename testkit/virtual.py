"""Time that passes only when nobody has anything to do: an hour of a scenario takes a moment.

Nothing may wait for a thread or for another process on this loop: what would be handed to a thread
runs at once, in the caller's place.
"""

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

MONDAY: Final = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""When a clock begins: 07:00 in Berlin, half an hour before the usual reminder."""
A_MOMENT_S: Final = 1e-6
"""What a timer takes at least. A real clock goes on between two looks at it; without that, whoever
sets timers for a rest too short to be added to the time (aiolimiter does) would set them for ever.
"""


OWN: Final = 1
"""Files that a loop has of its own: the one by which it is woken."""


class _Skipping(selectors.DefaultSelector):
    """Skips the time until the next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.turned: Callable[[], None] | None = None
        self.idle: Callable[[float], float] | None = None
        self.moved: Callable[[], None] | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready now; if nothing is, let `timeout` pass at once."""
        if self.turned is not None:
            self.turned()
        if timeout == 0:  # something is to be done in this loop first; files can wait for that
            return []
        if len(self.get_map()) > OWN and (ready := super().select(0)):
            return ready
        if timeout is None:
            raise RuntimeError("everything waits, and no timer is set: this would never end")
        until = self.passed + timeout
        self.go_to(until if self.idle is None else max(until, self.idle(until)))
        return []

    def go_to(self, at: float) -> None:
        """Let the time be `at`."""
        self.passed = at
        if self.moved is not None:
            self.moved()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose `time` is virtual. Seconds begin at 0."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)
        self._clock_resolution = A_MOMENT_S / 10

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._skipping.passed

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call at `when`, but at least a moment from now."""
        soonest = self.time() + A_MOMENT_S
        return super().call_at(max(when, soonest), callback, *args, context=context)

    def watch(
        self,
        *,
        turned: Callable[[], None],
        idle: Callable[[float], float],
        moved: Callable[[], None],
    ) -> None:
        """Have callbacks: at every turn, before time passes, and after it has passed.

        `idle` is given when the next timer is due, and may name a later time: the timers until then
        are late by as much, as after a sleep of the machine.
        """
        self._skipping.turned, self._skipping.idle, self._skipping.moved = turned, idle, moved

    def stall(self, seconds: float) -> None:
        """Let time pass while nothing runs, as when something blocks the loop."""
        self._skipping.go_to(self._skipping.passed + seconds)

    def _write_to_self(self) -> None:
        """Nobody has to be woken: this loop never sleeps."""

    def run_in_executor(  # type: ignore[override]  # a future of the loop, as asyncio's own returns
        self, _executor: Any, func: Callable[..., T], *args: Any
    ) -> "asyncio.Future[T]":
        """Run `func` at once, in this thread."""
        future: asyncio.Future[T] = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - whoever awaits it gets it
            future.set_exception(error)
        return future


class HandClock:
    """Time that stands still until a test moves it, by `at`."""

    def __init__(self, start: datetime = MONDAY) -> None:
        self._start = start
        self._passed = 0.0
        self._told = (0.0, start)

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        passed = self.ticks()
        if passed != self._told[0]:
            self._told = (passed, self._start + timedelta(seconds=passed))
        return self._told[1]

    def ticks(self) -> float:
        """Return seconds of a clock that only goes forward."""
        return self._passed

    @property
    def at(self) -> datetime:
        """The instant; set it to let time pass."""
        return self.now()

    @at.setter
    def at(self, instant: datetime) -> None:
        self._passed = (instant - self._start).total_seconds()

    def step(self, seconds: float) -> None:
        """Set the wall clock forward, or back, as an administrator would: no time passes."""
        self._start += timedelta(seconds=seconds)
        self._told = (0.0, self._start)

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Let the time pass at once."""
        assert not woken.is_set()
        self._passed += seconds or 0.0


class VirtualClock(HandClock):
    """The same clock, moved by its loop alone; who waits lets other work go on."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start: datetime = MONDAY) -> None:
        super().__init__(start)
        self._loop = loop

    def ticks(self) -> float:
        """Return the loop's seconds."""
        return self._loop.time()

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds is None else max(0.0, seconds)):
                await woken.wait()


def run(make: Callable[[VirtualClock], Coroutine[Any, Any, T]], start: datetime = MONDAY) -> T:
    """Run what `make` returns on a virtual clock that begins at `start`, to its end."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        return runner.run(make(VirtualClock(loop, start)))
