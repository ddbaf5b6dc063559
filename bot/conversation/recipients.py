"""To whom an athlete can write: the coaches they share with who can be reached."""

from typing import Final

from sqlmodel import Session as Db

from bot.conversation.offer_messages import Reader
from bot.conversation.told_apart import told_apart
from bot.protocol.calendar.input_error import joined
from bot.store import people

MOST: Final = 3
"""People to whom words can be sent by a button."""


def coaches(db: Db, athlete_id: int) -> tuple[Reader, ...]:
    """Return an athlete's coaches who can be reached, at most `MOST`."""
    found = [one for one in people.coaches_of(db, athlete_id) if one.unreachable_since is None]
    apart = told_apart(db, found, by_coach=False)
    return tuple(
        Reader(one.id, joined(one.name, apart.get(one.id, "")))
        for one in found[:MOST]
        if one.id is not None
    )
