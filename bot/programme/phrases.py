"""Words that several messages about an athlete's programme share."""

from datetime import datetime

from bot.conversation.widgets import say_moment


def say_reminder(next_at: datetime | None, zone: str, now: datetime) -> str:
    """Return when the next reminder is, or that there is none."""
    if next_at is None:
        return "No reminder is planned."
    return f"Next reminder: <b>{say_moment(next_at, zone, now)}</b>."
