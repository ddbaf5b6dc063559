"""Telegram's limits: so many messages a second over all chats, and a pace for each chat."""

from collections import deque
from collections.abc import Iterator
from typing import Final

WINDOW_S: Final = 1.0
CHAT_BURST: Final = 5
"""Messages that may follow each other at once in one chat before its pace counts."""
CHAT_PER_S: Final = 1.0
LOWEST: Final = 1.0
RECOVERY_S: Final = 30.0
"""Seconds without a refusal after which the rate grows by a tenth of the configured one."""


class Pace:
    """A rolling-second budget over all chats, and a bucket for each chat.

    Times are seconds of a clock that only goes forward. `rate` is messages a second.
    """

    def __init__(self, rate: float) -> None:
        self.configured = rate
        self.rate = rate
        self._sent: deque[float] = deque()
        self._chats: dict[int, tuple[float, float]] = {}
        self._held_until = 0.0
        self._changed_at = 0.0

    def room(self, now: float) -> int:
        """Return how many messages may go out at `now`."""
        self._recover(now)
        if now < self._held_until:
            return 0
        while self._sent and self._sent[0] <= now - WINDOW_S:
            self._sent.popleft()
        return max(0, int(self.rate) - len(self._sent))

    def frees_at(self, now: float) -> float:
        """Return when there is room again; `now` if there is some already."""
        if self.room(now):
            return now
        if now < self._held_until:
            return self._held_until
        return self._sent[len(self._sent) - max(1, int(self.rate))] + WINDOW_S

    def chat_free_at(self, chat_id: int, now: float) -> float:
        """Return when the chat's pace allows its next message."""
        tokens, at = self._chats.get(chat_id, (CHAT_BURST, now))
        tokens = min(CHAT_BURST, tokens + (now - at) * CHAT_PER_S)
        return now if tokens >= 1 else now + (1 - tokens) / CHAT_PER_S

    def took(self, chat_id: int | None, now: float) -> None:
        """Count one message to `chat_id`; None is a call that no chat sees."""
        self._sent.append(now)
        if chat_id is None:
            return
        tokens, at = self._chats.get(chat_id, (CHAT_BURST, now))
        tokens = min(CHAT_BURST, tokens + (now - at) * CHAT_PER_S)
        self._chats[chat_id] = (tokens - 1, now)
        if len(self._chats) > 10 * self.configured + 1000:
            self._forget(now)

    def refused(self, now: float, seconds: float) -> None:
        """All chats are refused for `seconds`: wait exactly so long, then send half as fast."""
        self._held_until = max(self._held_until, now + seconds)
        self.rate = max(LOWEST, self.rate / 2)
        self._changed_at = self._held_until

    def _recover(self, now: float) -> None:
        if self.rate < self.configured and now - self._changed_at >= RECOVERY_S:
            self.rate = min(self.configured, self.rate + self.configured / 10)
            self._changed_at = now

    def _forget(self, now: float) -> None:
        for chat_id in list(self._full(now)):
            del self._chats[chat_id]

    def _full(self, now: float) -> Iterator[int]:
        for chat_id, (tokens, at) in self._chats.items():
            if tokens + (now - at) * CHAT_PER_S >= CHAT_BURST:
                yield chat_id
