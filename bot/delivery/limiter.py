"""When a letter may go: the budget of all chats, the pace of its own, and a place for its RELEASE.

Seconds are of a clock that only goes forward.
"""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from bot.letters import Priority
from bot.store.outbox_claims import Claimed

# ---- which letters go before which -----------------------------------------------------

URGENT: Final = Priority.HOLD
"""Priorities up to this one (stop, release, hold) are felt in the body."""
HEARD: Final = Priority.QUESTION
"""Priorities up to this one (questions and alerts too) have to be heard, in whatever form."""
OWN: Final = Priority.REPLY
"""Priorities up to this one (question, reply) answer somebody who is in the chat just now."""


class Lane(IntEnum):
    """How a letter stands to the budget."""

    CUE = 0
    """Waits neither for its chat's pace nor for even spacing."""
    PERSON = 1
    """A person's own answer: at once in small numbers, never behind the bulk."""
    BULK = 2
    """Reminders, summaries, broadcasts: evenly, whenever there is room."""


def lane_of(priority: int) -> Lane:
    """Return the lane of a letter with this priority."""
    if priority <= URGENT:
        return Lane.CUE
    return Lane.PERSON if priority <= OWN else Lane.BULK


# ---- all chats -------------------------------------------------------------------------

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
class Slot:
    """One message's part of the budget; `at` is when it was taken, then when it was used."""

    at: float


class Budget:
    """So many messages a second over all chats, at most; fewer for a while after Telegram refused.

    Two rules, both exact. The *window* remembers when every message was handed over: while it is
    full nothing goes. The *spacing* (the theoretical arrival time of a leaky bucket run as a meter,
    GCRA) spreads what is not felt in the body, so that the window always has a place within 1/rate
    seconds for a cue; a cue itself is held up by the window alone.

    `rate` is messages a second, at least 1.
    """

    def __init__(self, rate: float) -> None:
        self.configured = max(LOWEST, rate)
        self.rate = self.configured
        self.held_until = 0.0
        self._places: deque[Slot] = deque()
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

    def take(self, now: float) -> Slot:
        """Use a place for a message that goes now, whether there was one or not."""
        self._even = min(max(self._even, now) + self._window / self._most, now + self._window)
        place = Slot(now)
        self._places.append(place)
        return place

    def give_back(self, place: Slot) -> None:
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


# ---- each chat -------------------------------------------------------------------------

BURST: Final = 5
"""Messages that may follow each other at once in one chat before its pace counts."""
PER_S: Final = 1.0
GROUP: Final = 20
"""Messages to one group in any minute. Groups have ids below zero."""
MINUTE_S: Final = 60.0
KEPT: Final = 1000
"""Chats known before those that are at rest are forgotten."""


class Chats:
    """When each chat takes its next message: one a second after a burst; a group 20 a minute."""

    def __init__(self) -> None:
        self._full_at: dict[int, float] = {}
        self._groups: dict[int, deque[float]] = {}
        self._held_until: dict[int, float] = {}
        self._tidy_at = KEPT

    def free_at(self, chat_id: int, now: float) -> float:
        """Return when the chat's pace allows its next message; `now` if it does already."""
        burst_at = self._full_at.get(chat_id, now) - (BURST - 1) / PER_S
        sent = self._groups.get(chat_id, deque[float]())
        minute_at = sent[0] + MINUTE_S if len(sent) == GROUP else now
        return max(now, burst_at, minute_at)

    def held_until(self, chat_id: int) -> float:
        """Return until when Telegram wants nothing for the chat, or did."""
        return self._held_until.get(chat_id, 0.0)

    def took(self, chat_id: int, now: float) -> None:
        """Count one message to the chat."""
        self._full_at[chat_id] = max(self._full_at.get(chat_id, now), now) + 1 / PER_S
        if chat_id < 0:
            self._groups.setdefault(chat_id, deque(maxlen=GROUP)).append(now)
        if len(self._full_at) > self._tidy_at:
            self._forget(now)

    def hold(self, chat_id: int, until: float) -> None:
        """Telegram refused a message to the chat until then."""
        self._held_until[chat_id] = max(until, self.held_until(chat_id))

    def _forget(self, now: float) -> None:
        """Let go of chats at rest: their next message may come at once anyway."""
        self._full_at = {chat: at for chat, at in self._full_at.items() if at > now}
        self._held_until = {chat: at for chat, at in self._held_until.items() if at > now}
        self._groups = {
            chat: sent for chat, sent in self._groups.items() if sent[-1] + MINUTE_S > now
        }
        self._tidy_at = 2 * len(self._full_at) + KEPT


# ---- RELEASE ---------------------------------------------------------------------------

SHARE: Final = 0.8
"""The part of a second's budget that may be promised; the rest is for STOP, answers and HOLD."""
SECOND_S: Final = 1.0


class Promises:
    """Places kept for RELEASE: a HOLD goes only if its RELEASE will find one."""

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


# ---- all of it -------------------------------------------------------------------------

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

    def take(self, letter: Claimed, now: float, *, owed: bool = False) -> Slot | float:
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

    def used(self, chat_id: int, kind: str, priority: int, at: float) -> None:
        """Count a letter that another process handed over at `at`."""
        lane = lane_of(priority)
        self.budget_of(lane).take(at)
        if kind != ANSWER:
            self.chats.took(chat_id, at)

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
