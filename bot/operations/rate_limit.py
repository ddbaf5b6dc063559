"""How much one person may ask within a minute, so that nobody else waits because of it (F68).

What belongs to the body is never limited: that is decided where it is told apart, in bot/telegram.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.conversation.common.messages import TooFast
from bot.conversation.interaction import Interaction
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
    FULL = "full"  # it is said
    SILENT = "silent"  # it was said within `WINDOW`


def room(turn: Interaction) -> Room:
    """Return whether this update is within what its sender may ask within a minute.

    Counted from the inbox: handled again or after a restart, the same update has the same room.
    The first that has none is told so, whatever came and was done between; this notes that it is.
    """
    most = STAFF if turn.who.roles & {Role.COACH, Role.ADMIN} else EACH
    since = turn.now - WINDOW
    count = inbox.count_since(turn.db, turn.chat_id, since, up_to=turn.update_id)
    if count <= most:
        return Room.FREE
    first = inbox.first_since(turn.db, f"full{turn.chat_id}", turn.update_id, turn.now, since)
    return Room.FULL if first else Room.SILENT


def refuse(turn: Interaction, found: Room) -> None:
    """Say once that it is too much; then nothing for a while."""
    if found is Room.FULL:
        turn.answer(TooFast())
        if turn.query_id is None:
            turn.say(TooFast())
