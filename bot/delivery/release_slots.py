"""Places kept for RELEASE: a HOLD goes out only if its RELEASE will find one."""

from bisect import bisect_left, bisect_right, insort
from typing import Final

SHARE: Final = 0.8
"""The part of a second's budget that may be promised; the rest is for STOP, answers and HOLD."""
SECOND_S: Final = 1.0


class Promises:
    """When RELEASE cues will have to go. Seconds of a clock that only goes forward."""

    def __init__(self) -> None:
        self._at: list[float] = []

    def free_from(self, at: float, rate: float) -> float:
        """Return the earliest time from `at` on at which one more RELEASE fits into `rate`."""
        most = max(1, int(rate * SHARE))
        while (blocked := self._full_around(at, most)) is not None:
            at = blocked
        return at

    def keep(self, at: float) -> None:
        """Promise a place at `at`."""
        insort(self._at, at)

    def forget(self, now: float) -> None:
        """Let go of what is over."""
        del self._at[: bisect_left(self._at, now - SECOND_S)]

    def __len__(self) -> int:
        """Return how many promises there are."""
        return len(self._at)

    def _full_around(self, at: float, most: int) -> float | None:
        """Return when a second that is full and would hold `at` is over; None if there is none.

        `most` promises in a row that lie within one second together with `at` leave no room.
        """
        first, last = bisect_right(self._at, at - SECOND_S), bisect_left(self._at, at + SECOND_S)
        near = self._at[first:last]
        for start in range(len(near) - most, -1, -1):
            run = near[start : start + most]
            # The same sum on both sides: rounding must not make the answer block itself.
            if max(at, run[-1]) < min(at, run[0]) + SECOND_S:
                return run[0] + SECOND_S
        return None
