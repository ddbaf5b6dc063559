"""Every kind of message, by the name it is stored under."""

from typing import Any, Final

from bot.accounts.messages import Broadcast
from bot.coaching.messages import Album, File, Relayed, Summary
from bot.conversation.message import Answer, Intent, Menu, Retire, Say, read
from bot.operations.messages import Status
from bot.store.outbox import UnreadableError
from bot.training.messages import (
    Ask,
    Chart,
    CoachAlert,
    CoachAlerts,
    CoachTold,
    Ended,
    GetSet,
    Hold,
    Interrupted,
    Morning,
    Noted,
    RedFlagAdvice,
    Release,
    ReleaseAgain,
    Reminder,
    Rest,
    Screen,
    SetUp,
    StopAgain,
    Stopped,
    TakeBack,
)

_KINDS: Final[tuple[type[Intent], ...]] = (
    SetUp,
    GetSet,
    Hold,
    Release,
    Rest,
    Noted,
    Ask,
    Stopped,
    StopAgain,
    ReleaseAgain,
    TakeBack,
    Ended,
    Chart,
    Album,
    Summary,
    Interrupted,
    Screen,
    RedFlagAdvice,
    CoachAlert,
    CoachAlerts,
    CoachTold,
    Relayed,
    Reminder,
    Morning,
    Broadcast,
    Say,
    Answer,
    Retire,
    File,
    Status,
    Menu,
)
KINDS: Final = {kind.__name__: kind for kind in _KINDS}
"""Every intent by the name it is stored under."""


def load(kind: str, body: dict[str, Any]) -> Intent:
    """Return the intent stored as `kind` and `body`; `UnreadableError` where there is none."""
    if kind not in KINDS:
        raise UnreadableError(kind)
    return read(KINDS[kind], body)
