"""The pause that stands when another one is asked for: a plan has one at a time."""

from datetime import date, timedelta
from typing import Final

from bot.programme.pauses.messages import PausedDays
from bot.protocol.calendar.input_error import WhichError
from bot.protocol.calendar.parse_dates import say_full
from bot.protocol.calendar.two_days import Span
from bot.training.pauses import PauseState

_DAY: Final = timedelta(days=1)


def days_of(found: PauseState) -> PausedDays | None:
    """Return the days of a pause, now or ahead, as messages tell them."""
    return PausedDays(found.first_day, found.back_on) if found.paused or found.ahead else None


def check(found: PauseState, span: Span, today: date) -> None:
    """Raise WhichError for days that begin later, while the plan is paused now."""
    if not found.paused or span.first <= today:
        return
    last = None if span.back_on is None else say_full(span.back_on - _DAY)
    raise WhichError(
        "The plan is paused now, and a plan has one pause at a time. Resume it first, or let the "
        "pause go on without a gap.",
        (f"until {last or 'resumed'}",),
    )
