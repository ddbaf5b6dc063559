"""The pace of each chat: one message a second after a short burst, 20 a minute in a group."""

from collections import deque
from typing import Final

BURST: Final = 5
"""Messages that may follow each other at once in one chat before its pace counts."""
PER_S: Final = 1.0
GROUP: Final = 20
"""Messages to one group in any minute. Groups have ids below zero."""
MINUTE_S: Final = 60.0
KEPT: Final = 1000
"""Chats known before those that are at rest are forgotten."""


class Chats:
    """When each chat takes its next message. Seconds of a clock that only goes forward."""

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
