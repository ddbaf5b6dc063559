"""How much one person may ask within a minute, so that nobody else waits because of it (F68).

What belongs to the body is never limited: that is decided where it is told apart, in bot/chat.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.flows.turn import Turn
from bot.store import inbox
from bot.store.tables import Role

WINDOW: Final = timedelta(minutes=1)
EACH: Final = 30
"""Commands and presses of one person that are answered within `WINDOW`."""
STAFF: Final = 60
"""The same for coaches and admins."""


class Room(StrEnum):
    """Whether there is room for one more."""

    FREE = "free"
    FULL = "full"  # for the first time: it is said
    SILENT = "silent"  # it was said already


def room(turn: Turn) -> Room:
    """Return whether this update is within what its sender may ask within a minute.

    Counted from the inbox: handled again or after a restart, the same update has the same room.
    """
    most = STAFF if turn.who.roles & {Role.COACH, Role.ADMIN} else EACH
    since = turn.now - WINDOW
    count = inbox.count_since(turn.db, turn.chat_id, since, up_to=turn.update_id)
    if count <= most:
        return Room.FREE
    return Room.FULL if count == most + 1 else Room.SILENT


def refuse(turn: Turn, found: Room) -> None:
    """Say once that it is too much; then nothing, until there is room again."""
    if found is Room.FULL:
        turn.answer("too_fast")
        if turn.query_id is None:
            turn.say("too_fast")
