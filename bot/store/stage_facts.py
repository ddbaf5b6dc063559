"""The longest hold of late within a pain limit."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.session.state import HoldStatus
from bot.store.tables import HoldRow, RatingRow, SessionRow


def longest_hold_s(db: Db, athlete_id: int, since: datetime, pain_limit: int) -> float:
    """Return the seconds of the longest hold that was done with all its answers within the limit.

    A hold without an answer does not count: nobody knows how it was.
    """
    rating = RatingRow
    worst = (
        select(func.max(col(rating.value)))
        .where(
            col(rating.session_id) == col(HoldRow.session_id),
            col(rating.hold_idx) == col(HoldRow.idx),
            col(rating.undone).is_(False),
        )
        .scalar_subquery()
    )
    query = (
        select(func.max(col(HoldRow.actual_s)))
        .join(SessionRow, col(SessionRow.id) == col(HoldRow.session_id))
        .where(
            SessionRow.athlete_id == athlete_id,
            col(SessionRow.opened_at) >= since,
            HoldRow.status == HoldStatus.DONE,
            worst <= pain_limit,
        )
    )
    return db.exec(query).one() or 0.0
