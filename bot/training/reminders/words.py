"""How the day's reminder looks, and its one nudge."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.conversation.message import Intent
from bot.conversation.phrases import lines, paragraphs, say_dose
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.protocol.calendar.local_time import say_day_time
from bot.training.messages import Reminder

Rows = tuple[tuple[Button, ...], ...]


def reminder(intent: Reminder, now: datetime) -> Screen:
    """Say that it is time, with the dose; late or again is said without blame."""
    dose = say_dose(intent.holds, intent.hold_s, intent.sets, intent.side)
    text = paragraphs(lines(f"<b>{_opening(intent)}</b>", dose), _excuse(intent, now))
    return Screen(text=text, rows=_rows(intent), rings=True)


def _opening(intent: Reminder) -> str:
    name = esc(intent.name)
    return (
        f"{name}, your holds are still open today."
        if intent.again
        else f"{name}, time for your holds."
    )


def _excuse(intent: Reminder, now: datetime) -> str:
    if intent.late:
        due = say_day_time(intent.planned_at, intent.zone, now)
        return f"This comes late, and that is our fault: it was due {due}."
    if intent.again:
        return "This is the only nudge. Skipping is fine too."
    return ""


def _rows(intent: Reminder) -> Rows:
    """Return Start, the ways to put it off while there are any left, and Skip."""

    def button(label: str, what: object, style: Style | None = None) -> Button:
        return Button(label, data("o", intent.occurrence, what), style)

    start = (button("Start", "start", Style.PRIMARY),)
    snooze = (button("In 15 min", 15), button("In 1 hour", 60))
    skip = (button("Skip today", "skip"),)
    return (start, snooze, skip) if intent.snoozes_left > 0 else (start, skip)


REMINDER_SCREENS: Final[dict[type[Intent], Callable[[Any, datetime], Screen]]] = {
    Reminder: reminder,
}
