"""Words and buttons of days that were missed."""

from datetime import date, datetime
from typing import Final

from bot.conversation.phrases import lines
from bot.conversation.screen import Button, Screen, data
from bot.conversation.widgets import Values, Words
from bot.protocol.calendar.local_time import WEEKDAYS
from bot.training.reasons import REASONS

_WHY: Final = {
    "time": "No time",
    "pain": "Pain",
    "band": "No band",
    "forgot": "Forgot",
    "unsure": "Not sure",
}
_THEN: Final = {
    "time": "Another time of day may fit better: /settings changes it.",
    "pain": (
        "Please do not train through pain. If anything about it is new or worrying, /flag "
        "checks for warning signs."
    ),
    "band": "/pause stops the reminders until you have one again.",
    "forgot": "A reminder at another time may help: /settings changes it.",
    "unsure": "That is fine. /history shows how it went so far.",
}
_ASK_COACH: Final = frozenset({"band", "unsure"})


def _why_missed(values: Values, _now: datetime) -> Screen:
    days = " and ".join(WEEKDAYS[date.fromisoformat(day).weekday()] for day in values["days"])
    rows = [(Button(_WHY[reason], data("y", values["occurrence"], reason)),) for reason in REASONS]
    return Screen(
        text=f"No session on {days}. What got in the way? One tap helps your plan fit you.",
        rows=tuple(rows),
    )


def _why_noted(values: Values, _now: datetime) -> Screen:
    reason = values["reason"]
    coach = "Your coach sees your answer." if values["has_coach"] else ""
    if values["has_coach"] and reason in _ASK_COACH:
        coach = "Your coach sees your answer and can help."
    return Screen(text=lines(f"Noted: {_WHY[reason].lower()}.", _THEN[reason], coach))


SAY_MISSED: Final[dict[str, Words]] = {
    "why_missed": _why_missed,
    "why_noted": _why_noted,
}
"""Topic → words."""
