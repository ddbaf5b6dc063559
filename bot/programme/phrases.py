"""Words that several messages about an athlete's programme share."""

from datetime import datetime

from bot.conversation.widgets import say_moment
from bot.protocol.calendar.local_time import say_day_time


def say_reminder(next_at: datetime | None, zone: str, now: datetime) -> str:
    """Return when the next reminder is, or that there is none."""
    if next_at is None:
        return "No reminder is planned."
    return f"Next reminder: <b>{say_moment(next_at, zone, now)}</b>."


def say_open(moved_to: datetime | None, *, closed: bool, zone: str, now: datetime) -> str:
    """Return what a changed schedule did to the reminder that was open; nothing where none was."""
    if moved_to is not None:
        return f"The reminder that was open moves to {say_day_time(moved_to, zone, now)}."
    return "The reminder that was open is closed." if closed else ""
