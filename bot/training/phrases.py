"""Words that several messages about training share: what became of a session, and of a day."""

from collections.abc import Mapping
from typing import Final

from bot.conversation.screen import sentence
from bot.protocol.calendar.local_time import WEEKDAYS
from bot.protocol.report.athlete_week import PainTrend
from bot.protocol.report.headline import Headline
from bot.protocol.report.period import Became
from bot.protocol.session.outcome import stayed_low
from bot.protocol.session.state import Outcome

_LOW: Final = "low"
"""Pain was low from the first hold on: there is nothing to ease."""
OUTCOMES: Final[Mapping[str, str]] = {
    _LOW: "finished, pain low",
    Outcome.LESSENING: "finished, pain eased",
    Outcome.LEVEL: "finished, pain unchanged",
    Outcome.RISING: "ended, pain was rising",
    Outcome.STOPPED_PAIN: "stopped, pain over the limit",
    Outcome.STOPPED_HARD: "stopped, high pain",
    Outcome.RED_FLAG: "stopped, warning sign",
    Outcome.PARTIAL: "incomplete",
    Outcome.STOPPED_EARLY: "stopped early",
    Outcome.RESTED_ON_PAIN: "rested because of pain, as planned",
}
"""How a session ended, to the athlete."""
OUTCOMES_TO_COACH: Final = {
    **OUTCOMES,
    Outcome.RISING: "ended, pain rising",
    Outcome.STOPPED_PAIN: "stopped by pain",
    Outcome.STOPPED_HARD: "stopped, very high pain",
    Outcome.RED_FLAG: "red flag",
    Outcome.RESTED_ON_PAIN: "rested on pain",
}
OUTCOMES_IN_A_COLUMN: Final = {
    **OUTCOMES,
    _LOW: "pain low",
    Outcome.LESSENING: "pain eased",
    Outcome.LEVEL: "pain unchanged",
    Outcome.RISING: "pain was rising",
    Outcome.RESTED_ON_PAIN: "rested on pain",
}
BECAME: Final = {
    Became.DONE: "done",
    Became.RISING: "ended, pain rising",
    Became.UNFINISHED: "unfinished",
    Became.STOPPED: "stopped by pain",
    Became.FLAGGED: "ended by a warning sign",
    Became.RESTED: "rested on pain",
    Became.SKIPPED: "skipped",
    Became.MISSED: "missed",
    Became.NOT_DELIVERED: "not delivered (our fault)",
    Became.OPEN: "still open",
}
"""What became of a day's session."""


_MOVED: Final = {
    PainTrend.LESS: "less than before",
    PainTrend.SAME: "the same",
    PainTrend.MORE: "more than before",
}


def say_headline(found: Headline) -> str:
    """Return what some days come to: the worst first, then how pain moved, then what was done."""
    ends = []
    if found.flagged:
        ends.append("ended by a warning sign")
    if found.stopped:
        ends.append(f"stopped by pain{f' {found.stopped} times' if found.stopped > 1 else ''}")
    if found.last_stop is not None:
        ends.append(f"last {WEEKDAYS[found.last_stop.weekday()]} {found.last_stop.day}")
    parts = [", ".join(ends)] if ends else []
    if found.rose:
        parts.append("pain rose in the last session")
    if found.trend is not None:
        parts.append(f"{'morning pain' if found.of_mornings else 'pain'} is {_MOVED[found.trend]}")
    if found.asked:
        parts.append(f"{found.followed} of {found.asked} as planned")
    return sentence("; ".join(parts)) if parts else "No session to judge"


def say_outcome(
    outcome: str, first: int | None, last: int | None, words: Mapping[str, str] = OUTCOMES
) -> str:
    """Return how a session ended in one of the lists above; `first` and `last` are its pains."""
    return words[_LOW if stayed_low(outcome, first, last) else outcome]


def say_pains(first: int | None, last: int, arrow: str = " → ") -> str:
    """Return "3 → 1" of the first and the last hold; one answer alone is "1"."""
    return f"{last}" if first is None else f"{first}{arrow}{last}"
