"""Whether this node reaches Telegram: told by every request, and asked where nobody requests."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol

CUT_OFF_S: Final = 5.0
"""So long nothing but failures: this node does not reach Telegram."""
QUIET_S: Final = 2.0
"""Where nothing was heard for so long, it is asked."""
FAILURES: Final = 2
"""So many are no chance."""


class ReachClock(Protocol):
    """The clock, as it is needed here."""

    def ticks(self) -> float:
        """Return seconds of a clock that only goes forward."""

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""


class Reach:
    """Keeps when Telegram was last heard. `wanted` is set where somebody has to know by now."""

    def __init__(self, clock: ReachClock) -> None:
        self._clock = clock
        self._heard_at = clock.ticks()
        self._failures = 0
        self.wanted = False

    def told(self, heard: bool) -> None:  # noqa: FBT001 - for the transport to call
        """Telegram answered a request, whatever it said; or there was no connection, no answer."""
        if heard:
            self._heard_at, self._failures = self._clock.ticks(), 0
        else:
            self._failures += 1

    @property
    def quiet_s(self) -> float:
        """Seconds since Telegram was last heard."""
        return self._clock.ticks() - self._heard_at

    @property
    def cut_off(self) -> bool:
        """Whether there were only failures for a while."""
        return self._failures >= FAILURES and self.quiet_s > CUT_OFF_S

    @property
    def heard_lately(self) -> bool:
        """Whether Telegram answered just now."""
        return self.quiet_s <= QUIET_S

    async def run(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Ask where that is wanted and nobody else did, until cancelled; `ask` tells by `told`."""
        while True:
            await self._clock.wait(asyncio.Event(), QUIET_S / 2)
            if self.wanted and not self.heard_lately:
                with suppress(Exception):  # that it failed is told
                    await ask()
