"""Letters of a kind that this version does not know: a newer one wrote them, and will send them."""

from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.store.outbox import PENDING
from bot.store.statements import THESE, array
from bot.store.tables import OutboxRow

UNKNOWN: Final = "unknown"
"""The error of such a letter, while it waits."""
_PUT_BY: Final = update(OutboxRow).where(col(OutboxRow.id).in_(THESE), PENDING)
_TAKE_UP: Final = update(OutboxRow).where(PENDING, col(OutboxRow.error) == UNKNOWN)


def put_by(db: Db, ids: list[int], until: datetime) -> None:
    """Let letters wait until then; none was claimed, and each has the deadline that it had."""
    found = _PUT_BY.values(send_at=until, error=UNKNOWN)
    db.connection().execute(found, {"given": array(ids)})


def take_up(db: Db, now: datetime) -> None:
    """Let all that waits so be looked at now: this may be the version that knows it."""
    db.connection().execute(_TAKE_UP.values(send_at=now, error=None))
