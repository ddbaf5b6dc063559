"""The one place that reads the machine's clock and sleeps.

Several nodes go by one clock, that of their database, which each carries on by a clock of its
machine that only goes forward: what a wall clock shows, or does, changes nothing then.
"""

import asyncio
import contextlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

SLEW: Final = 0.05
"""So many seconds in one, at most, the time is made good by: it never jumps, or goes back."""


@dataclass(frozen=True, slots=True)
class _Carried:
    """Another clock's time: it was `instant` at `since`, and `owed` seconds are to be made good."""

    instant: datetime
    since: float
    owed: float

    def at(self, elapsed: float) -> datetime:
        passed = max(0.0, elapsed - self.since)
        made_good = max(-passed * SLEW, min(self.owed, passed * SLEW))
        return self.instant + timedelta(seconds=passed + made_good)


class SystemClock:
    """The machine's own time, or that of another clock which `follow` was told of."""

    _carried: _Carried | None = None

    def now(self) -> datetime:
        """Return the instant, aware UTC."""
        carried = self._carried
        return datetime.now(UTC) if carried is None else carried.at(self.elapsed())

    @property
    def follows(self) -> bool:
        """Whether it goes by another clock."""
        return self._carried is not None

    def follow(self, instant: datetime, at: float, *, anew: bool = False) -> None:
        """Go by another clock: it showed `instant` at `at` of `elapsed`.

        What that differs by is made good little by little; `anew` at once, while nothing runs.
        """
        elapsed = self.elapsed()
        there = instant + timedelta(seconds=elapsed - at)
        if self._carried is None or anew:
            self._carried = _Carried(there, elapsed, 0.0)
        else:
            here = self._carried.at(elapsed)
            self._carried = _Carried(here, elapsed, (there - here).total_seconds())

    def elapsed(self) -> float:
        """Return seconds of a clock that only goes forward, also while the machine sleeps."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def ticks(self) -> float:
        """Return seconds of a clock that only goes forward."""
        return time.monotonic()

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if seconds is None else max(0.0, seconds)):
                await woken.wait()
