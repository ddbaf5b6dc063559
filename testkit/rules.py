"""Telegram's limits as a rule-book: what one bot may send, judged call by call.

Times are seconds of whatever clock the caller has; they must not go back. The words of a refusal,
what counts and how long a refused chat waits are as in the sandbox's `limits.py`.
"""

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

WINDOW_S: Final = 1.0
MINUTE_S: Final = 60.0
A_TICK_S: Final = 1e-6
"""Less than any clock here tells apart: two sends a second apart are not in one rolling second."""


def is_counted(method: str) -> bool:
    """Whether Telegram counts a call: messages and edits; an answer to a press is neither."""
    return method.startswith(("send", "edit"))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages and edits are allowed; None allows any number."""

    per_second: int | None = 30
    """In any rolling second, over all chats."""
    chat_per_second: float | None = 1.0
    """In one chat, in the long run."""
    chat_burst: int = 5
    """In one chat at once, before `chat_per_second` counts."""
    group_per_minute: int | None = 20
    """In any rolling minute in one group, which has a negative id."""


NO_LIMITS: Final = Limits(None, None, 1, None)


class _Window:
    """Counts what happened in the last `span` seconds."""

    def __init__(self, span: float) -> None:
        self._span = span
        self._times: deque[float] = deque()

    def count(self, now: float) -> int:
        """Return how many there are in the span that ends now."""
        oldest = now - self._span + A_TICK_S
        while self._times and self._times[0] <= oldest:
            self._times.popleft()
        return len(self._times)

    def add(self, now: float) -> None:
        """Count one."""
        self._times.append(now)

    def frees_in(self, now: float) -> float:
        """Return the seconds until the oldest leaves the span."""
        return self._times[0] + self._span - now


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Rules:
    """Judges calls in the order of their times.

    With `refuses` off a call over a limit is only counted, as by a Telegram that lets things pass.
    """

    def __init__(self, limits: Limits = NO_LIMITS, *, refuses: bool = True) -> None:
        self.limits = limits
        self.over_all = 0
        """Calls over the limit of all chats."""
        self.over_chat = 0
        """Calls over a chat's pace or a group's minute."""
        self._refuses = refuses
        self._all = _Window(WINDOW_S)
        self._groups: dict[int, _Window] = {}
        self._buckets: dict[int, _Bucket] = {}
        self._told: dict[int | None, float] = {}

    @property
    def violations(self) -> int:
        """Calls over a limit."""
        return self.over_all + self.over_chat

    def judge(self, method: str, chat_id: int | None, now: float) -> int | None:
        """Count a call; return the seconds of its 429, or None when it is allowed."""
        if chat_id is None or not is_counted(method):
            return None
        for key, seconds in self._broken(chat_id, now):
            self._note(key)
            if self._refuses:
                self._told[key] = now + seconds
                return max(math.ceil(seconds - A_TICK_S), 1)
        self._count(chat_id, now)
        return None

    def _note(self, key: int | None) -> None:
        if key is None:
            self.over_all += 1
        else:
            self.over_chat += 1

    def _broken(self, chat_id: int, now: float) -> Iterator[tuple[int | None, float]]:
        """Give the limits that a call breaks: of a chat or of all, and the seconds to wait."""
        for key in (None, chat_id):
            left = self._told.get(key, now) - now
            if left > A_TICK_S:
                yield key, left
        most = self.limits.per_second
        if most is not None and self._all.count(now) >= most:
            yield None, self._all.frees_in(now)
        wait = max(self._group_wait(chat_id, now), self._chat_wait(chat_id, now))
        if wait > A_TICK_S:
            yield chat_id, wait

    def _group_wait(self, chat_id: int, now: float) -> float:
        most, window = self.limits.group_per_minute, self._groups.get(chat_id)
        if most is None or window is None or window.count(now) < most:
            return 0.0
        return window.frees_in(now)

    def _chat_wait(self, chat_id: int, now: float) -> float:
        rate = self.limits.chat_per_second
        return 0.0 if rate is None else (1 - self._tokens(chat_id, rate, now)) / rate

    def _tokens(self, chat_id: int, rate: float, now: float) -> float:
        """Return how many messages the chat takes now, at most its burst."""
        burst = float(self.limits.chat_burst)
        bucket = self._buckets.get(chat_id)
        return burst if bucket is None else min(burst, bucket.tokens + (now - bucket.at) * rate)

    def _count(self, chat_id: int, now: float) -> None:
        self._all.add(now)
        if chat_id < 0:
            self._groups.setdefault(chat_id, _Window(MINUTE_S)).add(now)
        rate = self.limits.chat_per_second
        if rate is not None:
            left = max(0.0, self._tokens(chat_id, rate, now) - 1)
            self._buckets[chat_id] = _Bucket(left, now)


def busiest_second(times: Sequence[float]) -> int:
    """Return the most of `times`, which ascend, that lie in any rolling second."""
    worst = first = 0
    for index, time in enumerate(times):
        while times[first] <= time - WINDOW_S + A_TICK_S:
            first += 1
        worst = max(worst, index - first + 1)
    return worst


def idlest(times: Sequence[float], span: float, start: float, end: float) -> int:
    """Return the fewest of `times`, which ascend, in any `span` seconds between start and end.

    A span holds its last instant and not its first; one whole span must fit in.
    """
    if end - start < span:
        raise ValueError(f"{end - start:.1f} s are less than a span of {span} s")
    within = [time for time in times if start < time <= end]
    fewest, last = len(within), 0
    for index, (begin, _next) in enumerate(pairwise([start, *within, end])):
        if begin + span > end + A_TICK_S:
            break
        while last < len(within) and within[last] <= begin + span + A_TICK_S:
            last += 1
        fewest = min(fewest, last - index)
    return fewest
