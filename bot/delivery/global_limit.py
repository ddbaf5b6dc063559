"""Messages over all chats: never more than the rate in any rolling second, and evenly spent.

Two rules, both exact. The *window* remembers when every message was handed over; while it is full
nothing goes. The *spacing* (the theoretical arrival time of a leaky bucket run as a meter, GCRA)
spreads what is not felt in the body, so that the window always has a place within 1/rate seconds
for a cue; a cue itself is held up by the window alone.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from bot.delivery.priority_class import Lane

WINDOW_S: Final = 1.0
GUARD_S: Final = 0.005
"""Added to the window: the way to Telegram may be longer for one message than for the next."""
ROUNDING_S: Final = 1e-6
"""Times this close are the same: a wait so short would never end on a clock of doubles."""
LEAD_S: Final = {Lane.CUE: WINDOW_S, Lane.PERSON: 0.1, Lane.BULK: 0.03}
"""How far ahead of even spacing a lane may run: its burst is 1 + LEAD_S × rate messages."""
LOWEST: Final = 1.0
RECOVERY_S: Final = 30.0
"""Seconds without a refusal after which the rate grows by a tenth of the configured one."""


@dataclass(slots=True, eq=False)
class Place:
    """One message's part of the budget; `at` is when it was taken, then when it was used."""

    at: float


class Budget:
    """So many messages a second, at most; fewer for a while after Telegram refused.

    Times are seconds of a clock that only goes forward, `rate` is messages a second, at least 1.
    """

    def __init__(self, rate: float) -> None:
        self.configured = max(LOWEST, rate)
        self.rate = self.configured
        self.held_until = 0.0
        self._places: deque[Place] = deque()
        self._even = 0.0
        self._changed_at = float("-inf")

    def free_at(self, lane: Lane, now: float) -> float:
        """Return when a message of `lane` may go; `now` if it may at once."""
        self._recover(now)
        self._forget(now)
        at = max(now, self.held_until, self._even - LEAD_S[lane])
        if len(self._places) >= self._most:
            at = max(at, self._places[-self._most].at + self._window)
        return at if at - now > ROUNDING_S else now

    def take(self, now: float) -> Place:
        """Use a place for a message that goes now, whether there was one or not."""
        self._even = min(max(self._even, now) + self._window / self._most, now + self._window)
        place = Place(now)
        self._places.append(place)
        return place

    def give_back(self, place: Place) -> None:
        """The message did not go after all."""
        if place in self._places:
            self._places.remove(place)
            self._even -= self._window / self._most

    def used(self, now: float) -> int:
        """Return how many messages went in the last second."""
        self._forget(now)
        return len(self._places)

    def hold(self, now: float, seconds: float) -> None:
        """Nothing goes for `seconds`."""
        self.held_until = max(self.held_until, now + seconds)

    def slow_down(self, handed_at: float, now: float) -> None:
        """Go on half as fast, for a message that was refused and was handed over at `handed_at`.

        One that was on its way when the rate last changed tells nothing about the new rate.
        """
        if handed_at <= self._changed_at:
            return
        self.rate = max(LOWEST, self.rate / 2)
        self._changed_at = max(now, self.held_until)

    @property
    def _most(self) -> int:
        """Messages in any window."""
        return int(self.rate)

    @property
    def _window(self) -> float:
        return WINDOW_S + GUARD_S

    def _recover(self, now: float) -> None:
        while self.rate < self.configured and now - self._changed_at >= RECOVERY_S:
            self.rate = min(self.configured, self.rate + self.configured / 10)
            self._changed_at += RECOVERY_S

    def _forget(self, now: float) -> None:
        while self._places and self._places[0].at <= now - self._window:
            self._places.popleft()
