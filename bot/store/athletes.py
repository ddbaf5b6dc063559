"""What is known about many athletes at once, one statement for each kind."""

from collections import defaultdict
from collections.abc import Collection

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.store.tables import AthleteRow, RedFlagRow


def athletes(db: Db, ids: Collection[int]) -> dict[int, AthleteRow]:
    """Return the rows of these athletes."""
    query = select(AthleteRow).where(col(AthleteRow.person_id).in_(ids))
    return {row.person_id: row for row in db.exec(query)}


def open_flags(db: Db, ids: Collection[int]) -> dict[int, list[RedFlagRow]]:
    """Return the red flags of these athletes that nobody has cleared, oldest first."""
    query = select(RedFlagRow).where(
        col(RedFlagRow.athlete_id).in_(ids), col(RedFlagRow.cleared_at).is_(None)
    )
    found: dict[int, list[RedFlagRow]] = defaultdict(list)
    for row in db.exec(query.order_by(col(RedFlagRow.id))):
        found[row.athlete_id].append(row)
    return found
