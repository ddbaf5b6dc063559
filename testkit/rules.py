"""Telegram's limits for what a benchmark sends: the sandbox's book of rules, call by call.

Times are seconds of whatever clock the caller has; they must not go back.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from telegram_sandbox.limits import A_TICK_S, SECOND_S, Limits, RateRules

NO_LIMITS: Final = Limits()
LIMITS: Final = Limits(per_second=30, chat_per_second=1.0, chat_burst=5, group_per_minute=20)
"""What Telegram allows one bot."""


def is_counted(method: str) -> bool:
    """Whether Telegram counts a call: messages and edits; an answer to a press is neither."""
    return method.startswith(("send", "edit"))


class Rules(RateRules):
    """Judges every call by the same limits."""

    def __init__(self, limits: Limits = NO_LIMITS, *, refuses: bool = True) -> None:
        super().__init__(refuses=refuses)
        self.limits = limits

    def judge_call(self, method: str, chat_id: int | None, now: float) -> int | None:
        """Count a call; return the seconds of its 429, or None when it is allowed."""
        if chat_id is None or not is_counted(method):
            return None
        return self.judge(self.limits, chat_id, now)


def busiest(times: Sequence[float], span: float = SECOND_S, slack: float = A_TICK_S) -> int:
    """Return the most of `times`, which ascend, that lie in any rolling span of seconds.

    Times that are a span apart, but for the slack, do not lie in one.
    """
    worst = first = 0
    for index, time in enumerate(times):
        while times[first] <= time - span + slack:
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
