"""What of the letters that were looked at may go now, and what is left to another version."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlmodel import Session as Db

from bot.delivery.limiter import URGENT, Lane, Slot, lane_of
from bot.delivery.ports import Knows
from bot.store import outbox_unknown
from bot.store.outbox_claims import Claimed, Look

log = structlog.get_logger()

UNKNOWN: Final = timedelta(minutes=1)
"""So long a letter that is not known here is left alone, until it is looked at again."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Letters that may go now, each with its place; and when the next of the rest may.

    `unknown` are those that wait for a version which knows them.
    """

    chosen: list[tuple[Claimed, Slot]]
    held: dict[int, float]
    again_at: float | None
    unknown: list[Claimed]


def in_order(look: Look) -> list[Claimed]:
    """Return the letters with the owed one, if any, right behind the cues."""
    if look.owed is None:
        return look.letters
    cues = [one for one in look.letters if lane_of(one.priority) is Lane.CUE]
    others = [one for one in look.letters[len(cues) :] if one.id != look.owed.id]
    return [*cues, look.owed, *others]


def all_known(_kind: str, _body: dict[str, Any]) -> bool:
    """Whether there is no other version."""
    return True


class Unknown:
    """Leaves letters to a version that knows them; `knows` says of a kind and values whether this.

    Not cues: what is to be done where one cannot be read is done at once.
    """

    def __init__(self, knows: Knows) -> None:
        self._knows = knows
        self._told = set[int]()

    def sorted(self, letters: list[Claimed]) -> tuple[list[Claimed], list[Claimed]]:
        """Return those that are for this version, and those that are not."""
        left = [one for one in letters if one.priority > URGENT]
        unknown = [one for one in left if not self._knows(one.kind, one.body)]
        others = {one.id for one in unknown}
        return [one for one in letters if one.id not in others] if others else letters, unknown

    def put_by(self, db: Db, letters: list[Claimed], now: datetime) -> None:
        """Let them wait, unclaimed; each is logged once."""
        outbox_unknown.put_by(db, [one.id for one in letters], now + UNKNOWN)
        for one in letters:
            if one.id not in self._told:
                self._told.add(one.id)
                log.warning("letter_left_to_another_version", kind=one.kind, letter=one.id)
