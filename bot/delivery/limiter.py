"""When a letter may go: the budget of all chats, the pace of its own, and a place for its RELEASE.

Seconds are of a clock that only goes forward.
"""

from collections import deque
from typing import Final

from bot.delivery.chat_limit import Chats
from bot.delivery.global_limit import ROUNDING_S, Budget, Place
from bot.delivery.priority_class import Lane, lane_of
from bot.delivery.release_slots import Promises
from bot.store.outbox_claims import Claimed

ANSWER: Final = "Answer"
"""The kind that answers a pressed button: no message to the chat, so its pace does not count."""
HOLD: Final = "Hold"
"""The kind that is followed by a RELEASE after the `seconds` of its body."""
GLOBAL_WITHIN_S: Final = 3.0
"""Refusals of two chats within this time are taken as one of all chats."""
TITHE: Final = 10
"""While people's own letters fill the budget, one message in so many is of the bulk's."""


class Pace:
    """Gives out places. With `paid_rate` the bulk has a budget of its own, which Telegram bills."""

    def __init__(self, rate: float, paid_rate: float = 0.0) -> None:
        self.free = Budget(rate)
        self.paid = Budget(paid_rate) if paid_rate else None
        self.chats = Chats()
        self.promises = Promises()
        self._refusals: deque[tuple[float, int]] = deque(maxlen=8)
        self._without_bulk = 0

    def budget_of(self, lane: Lane) -> Budget:
        """Return the budget that a lane's messages are counted in."""
        return self.paid if self.paid is not None and lane is Lane.BULK else self.free

    def opens_at(self, lane: Lane, now: float) -> float:
        """Return when the budget has room for a lane; `now` if it has."""
        return self.budget_of(lane).free_at(lane, now)

    @property
    def owes_bulk(self) -> bool:
        """Whether it is the turn of a letter that has waited too long behind people's own."""
        return self._without_bulk >= TITHE - 1

    def take(self, letter: Claimed, now: float, *, owed: bool = False) -> Place | float:
        """Return a place for `letter`, or when to ask again.

        One that is `owed` goes among people's own letters.
        """
        lane = lane_of(letter.priority)
        budget = self.budget_of(lane)
        at = budget.free_at(Lane.PERSON if owed else lane, now)
        if letter.kind != ANSWER:
            at = max(at, self.chats.held_until(letter.chat_id))
            if lane is not Lane.CUE:
                at = max(at, self.chats.free_at(letter.chat_id, now))
        if letter.kind == HOLD:
            at = max(at, self._release_fits(letter, now))
        if at - now > ROUNDING_S:
            return at
        self._count(letter, lane, now)
        return budget.take(now)

    def refused(self, letter: Claimed, handed_at: float, now: float, seconds: float) -> None:
        """Telegram wants nothing for `seconds`: for the letter's chat, or for all.

        It does not say which. Two chats within a moment are taken as all.
        """
        self.chats.hold(letter.chat_id, now + seconds)
        self._refusals.append((now, letter.chat_id))
        recent = {chat for at, chat in self._refusals if now - at <= GLOBAL_WITHIN_S}
        if len(recent) > 1:
            for budget in filter(None, (self.free, self.paid)):
                budget.hold(now, seconds)
            self.budget_of(lane_of(letter.priority)).slow_down(handed_at, now)

    def _release_fits(self, letter: Claimed, now: float) -> float:
        """Return from when on the letter's hold could end in time."""
        self.promises.forget(now)
        seconds = _seconds_of(letter)
        return self.promises.free_from(now + seconds, self.free.rate) - seconds

    def _count(self, letter: Claimed, lane: Lane, now: float) -> None:
        if letter.kind != ANSWER:
            self.chats.took(letter.chat_id, now)
        if letter.kind == HOLD:
            self.promises.keep(now + _seconds_of(letter))
        if lane is Lane.BULK:
            self._without_bulk = 0
        elif lane is Lane.PERSON:
            self._without_bulk += 1


def _seconds_of(letter: Claimed) -> float:
    """Return how long a hold is; nothing where that cannot be read: it is not sent then."""
    seconds = letter.body.get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else 0.0
