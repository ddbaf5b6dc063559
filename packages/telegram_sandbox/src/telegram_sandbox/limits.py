"""Telegram's rate rules, applied on request."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram_sandbox.errors import too_many_requests

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


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


class Window:
    """Counts events in a sliding span of time."""

    def __init__(self, span: timedelta) -> None:
        self._span = span
        self._times: deque[datetime] = deque()

    def count(self, now: datetime) -> int:
        """Return how many events the span that ends now holds."""
        while self._times and self._times[0] <= now - self._span:
            self._times.popleft()
        return len(self._times)

    def add(self, now: datetime) -> None:
        """Count one event."""
        self._times.append(now)

    def frees_in(self, now: datetime) -> float:
        """Return the seconds until the oldest event leaves the span."""
        return (self._times[0] + self._span - now).total_seconds() if self._times else 0.0


@dataclass
class _Bucket:
    tokens: float
    at: datetime


class RateRules:
    """Keeps the counts that the limits speak of, and how often they were broken."""

    def __init__(self) -> None:
        self.violations = 0
        self._all = Window(_SECOND)
        self._groups: dict[int, Window] = defaultdict(lambda: Window(_MINUTE))
        self._buckets: dict[int, _Bucket] = {}
        self._told: dict[int | None, datetime] = {}

    def check(self, limits: Limits, chat_id: int, now: datetime, *, private: bool) -> None:
        """Count one send or edit; raise the 429 that the limits ask for."""
        for key in (None, chat_id):
            until = self._told.get(key)
            if until is not None and now < until:
                self._refuse(key, (until - now).total_seconds(), now)
        if limits.per_second is not None and self._all.count(now) >= limits.per_second:
            self._refuse(None, self._all.frees_in(now), now)
        window = self._groups[chat_id]
        if not private and limits.group_per_minute is not None:
            if window.count(now) >= limits.group_per_minute:
                self._refuse(chat_id, window.frees_in(now), now)
            window.add(now)
        if limits.chat_per_second is not None:
            self._take(limits, limits.chat_per_second, chat_id, now)
        self._all.add(now)

    def _take(self, limits: Limits, rate: float, chat_id: int, now: datetime) -> None:
        bucket = self._buckets.setdefault(chat_id, _Bucket(float(limits.chat_burst), now))
        gained = (now - bucket.at).total_seconds() * rate
        bucket.tokens, bucket.at = min(bucket.tokens + gained, float(limits.chat_burst)), now
        if bucket.tokens < 1:
            self._refuse(chat_id, (1 - bucket.tokens) / rate, now)
        bucket.tokens -= 1

    def _refuse(self, key: int | None, seconds: float, now: datetime) -> None:
        self.violations += 1
        wait = max(math.ceil(seconds), 1)
        self._told[key] = now + timedelta(seconds=seconds)
        raise too_many_requests(wait)
