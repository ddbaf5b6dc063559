"""Telegram's rate rules, applied on request."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from telegram_sandbox.errors import too_many_requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

SECOND_S: Final = 1.0
MINUTE_S: Final = 60.0
A_TICK_S: Final = 1e-6
"""Less than any clock here tells apart: two sends a second apart are not in one rolling second."""


@dataclass(frozen=True)
class Limits:
    """What the rate rules allow; None allows everything."""

    per_second: int | None = None
    """Sends and edits in any second, over all chats."""
    chat_per_second: float | None = None
    """Sends and edits a second in one chat, in the long run."""
    chat_burst: int = 1
    """How many a chat takes at once before `chat_per_second` counts."""
    group_per_minute: int | None = None
    """Sends and edits in any minute in one group."""


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


@dataclass
class _Bucket:
    tokens: float
    at: float


class RateRules:
    """Judges sends and edits in the order of their times, which must not go back.

    With `refuses` off what is over a limit is only counted, as by a Telegram that lets it pass.
    """

    def __init__(self, *, refuses: bool = True) -> None:
        self.over_all = 0
        """Calls over the limit of all chats."""
        self.over_chat = 0
        """Calls over a chat's pace or a group's minute."""
        self._refuses = refuses
        self._all = _Window(SECOND_S)
        self._groups: dict[int, _Window] = {}
        self._buckets: dict[int, _Bucket] = {}
        self._told: dict[int | None, float] = {}

    @property
    def violations(self) -> int:
        """Calls over a limit."""
        return self.over_all + self.over_chat

    def check(self, limits: Limits, chat_id: int, now: datetime) -> None:
        """Count one send or edit; raise the 429 that the limits ask for."""
        wait = self.judge(limits, chat_id, now.timestamp())
        if wait is not None:
            raise too_many_requests(wait)

    def judge(self, limits: Limits, chat_id: int, now: float) -> int | None:
        """Count one send or edit; return the seconds of its 429, or None when it is allowed.

        A group has a negative id.
        """
        for key, seconds in self._broken(limits, chat_id, now):
            if key is None:
                self.over_all += 1
            else:
                self.over_chat += 1
            if self._refuses:
                self._told[key] = now + seconds
                return max(math.ceil(seconds - A_TICK_S), 1)
        self._count(limits, chat_id, now)
        return None

    def _broken(
        self, limits: Limits, chat_id: int, now: float
    ) -> Iterator[tuple[int | None, float]]:
        """Give the limits that a call breaks: of a chat or of all, and the seconds to wait."""
        for key in (None, chat_id):
            left = self._told.get(key, now) - now
            if left > A_TICK_S:
                yield key, left
        most = limits.per_second
        if most is not None and self._all.count(now) >= most:
            yield None, self._all.frees_in(now)
        wait = max(self._group_wait(limits, chat_id, now), self._chat_wait(limits, chat_id, now))
        if wait > A_TICK_S:
            yield chat_id, wait

    def _group_wait(self, limits: Limits, chat_id: int, now: float) -> float:
        most, window = limits.group_per_minute, self._groups.get(chat_id)
        if most is None or window is None or window.count(now) < most:
            return 0.0
        return window.frees_in(now)

    def _chat_wait(self, limits: Limits, chat_id: int, now: float) -> float:
        rate = limits.chat_per_second
        return 0.0 if rate is None else (1 - self._tokens(limits, chat_id, rate, now)) / rate

    def _tokens(self, limits: Limits, chat_id: int, rate: float, now: float) -> float:
        """Return how many messages the chat takes now, at most its burst."""
        burst = float(limits.chat_burst)
        bucket = self._buckets.get(chat_id)
        return burst if bucket is None else min(burst, bucket.tokens + (now - bucket.at) * rate)

    def _count(self, limits: Limits, chat_id: int, now: float) -> None:
        self._all.add(now)
        if chat_id < 0:
            self._groups.setdefault(chat_id, _Window(MINUTE_S)).add(now)
        rate = limits.chat_per_second
        if rate is not None:
            left = max(0.0, self._tokens(limits, chat_id, rate, now) - 1)
            self._buckets[chat_id] = _Bucket(left, now)
