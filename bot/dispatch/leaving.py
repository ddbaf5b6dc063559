"""What of a message may be told in its chat at the moment it leaves.

An athlete's consent may have ended while the message waited, for its pace or for a picture: that
wins. Whatever names somebody passes here (`store/audience.py`).
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session as Db

from bot.coaching.messages import Relayed
from bot.coaching.relay import flow as relay
from bot.conversation.message import Message, dump
from bot.operations.messages import Status
from bot.store import audience
from bot.training.alerts import flow as alerts
from bot.training.messages import CoachAlert, CoachAlerts

__all__ = ["note_left_out", "passes", "still"]


def passes(intent: Message, body: dict[str, Any]) -> bool:
    """Whether a message, stored as `body`, tells of nobody who has a say in who reads it."""
    return not isinstance(intent, Status) and not audience.named(body)


def still(db: Db, chat_id: int, intent: Message) -> Message | None:
    """Return what of a message this chat may read now, or None."""
    if isinstance(intent, Status):
        return intent if audience.is_admin(db, chat_id) else None
    if isinstance(intent, Relayed) and not relay.still_allowed(db, intent):
        return None
    if isinstance(intent, CoachAlert | CoachAlerts):
        return alerts.still_theirs(db, chat_id, intent)
    named = audience.named(dump(intent))
    gone = named - audience.may_be_told(db, chat_id, named)
    kept = intent.without(gone) if gone else intent
    return None if kept is None or audience.named(dump(kept)) & gone else kept


def note_left_out(db: Db, key: str, kept: Message | None, now: datetime) -> None:
    """Store what an alert's letter will not tell: nobody is told that it was."""
    assert kept is None or isinstance(kept, CoachAlert | CoachAlerts)
    alerts.leave_out(db, key, kept, now)
