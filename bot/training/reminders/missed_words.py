"""Words and buttons of days that were missed."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Button, Screen, Words, data, lines
from bot.protocol.calendar.local_time import WEEKDAYS
from bot.training.reminders.messages import MissedReason, WhyMissed, WhyNoted

WORDS: Final = Words()
_WHY: Final = {
    MissedReason.TIME: "No time",
    MissedReason.PAIN: "Pain",
    MissedReason.BAND: "No band",
    MissedReason.FORGOT: "Forgot",
    MissedReason.UNSURE: "Not sure",
}
_THEN: Final = {
    MissedReason.TIME: "Another time of day may fit better: /settings changes it.",
    MissedReason.PAIN: (
        "Please do not train through pain. If anything about it is new or worrying, /flag "
        "checks for warning signs."
    ),
    MissedReason.BAND: (
        "If your hold needs one: “No band today” under the reminder offers a hold that needs none."
    ),
    MissedReason.FORGOT: "A reminder at another time may help: /settings changes it.",
    MissedReason.UNSURE: "That is fine. /history shows how it has gone so far.",
}
_ASK_COACH: Final = frozenset({MissedReason.BAND, MissedReason.UNSURE})


@WORDS.of(WhyMissed)
def _why_missed(said: WhyMissed, _now: datetime) -> Screen:
    days = " and ".join(WEEKDAYS[day.weekday()] for day in said.days)
    rows = [(Button(label, data("y", said.occurrence, reason)),) for reason, label in _WHY.items()]
    return Screen(
        text=f"No session on {days}. What got in the way? One tap helps your plan fit you.",
        rows=tuple(rows),
    )


@WORDS.of(WhyNoted)
def _why_noted(said: WhyNoted, _now: datetime) -> Screen:
    coach = "Your coach sees your answer." if said.has_coach else ""
    if said.has_coach and said.reason in _ASK_COACH:
        coach = "Your coach sees your answer and can help."
    return Screen(text=lines(f"Noted: {_WHY[said.reason].lower()}.", _THEN[said.reason], coach))
