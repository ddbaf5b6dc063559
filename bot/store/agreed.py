"""What athletes have agreed to, by the versions of the texts: what is kept, and who sees it.

The newest texts alone name the diary of load, files of watches and weekly answers. So whoever
agreed to an older one shares everything but these, and nothing of them is kept.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.store import people
from bot.store.tables import AssignmentRow, AthleteRow

USE: Final = "2027-01"
"""The version of the text about what is stored; a new text gets a new one."""
SHARING: Final = "2027-01"
"""The version of the text about what a coach sees; a new text gets a new one."""


def sees_load(db: Db, reader_id: int, athlete_ids: Collection[int]) -> frozenset[int]:
    """Return those athletes whose load this person may see: the one rule for every view.

    That is one's own, and that of athletes who agreed to share it with this coach. What an admin
    may do besides gives no right to it.
    """
    query = (
        select(AssignmentRow.athlete_id)
        .join(AthleteRow, col(AthleteRow.person_id) == col(AssignmentRow.athlete_id))
        .where(
            AssignmentRow.coach_id == reader_id,
            col(AthleteRow.erase_at).is_(None),
            is_shared(),
            with_diary(),
        )
    )
    return frozenset(athlete_ids) & {reader_id, *db.exec(query)}


def is_shared() -> ColumnElement[bool]:
    """Choose the coaches who see an athlete's data."""
    row = AssignmentRow
    return and_(col(row.consented_at).is_not(None), col(row.ended_at).is_(None))


def with_diary() -> ColumnElement[bool]:
    """Choose those to whom the diary was agreed: by the newest text, and not taken back since."""
    row = AssignmentRow
    kept = or_(col(row.diary_refused).is_(None), col(row.diary_refused) != SHARING)
    return and_(col(row.consent_version) == SHARING, kept)


def shares_diary(row: AssignmentRow) -> bool:
    """Whether the diary is shared with this coach, as long as anything is."""
    return row.consent_version == SHARING and row.diary_refused != SHARING


def keeps_diary(db: Db, athlete_id: int) -> bool:
    """Whether the athlete agreed to a text that names the diary: else nothing of it is kept."""
    athlete = people.find_athlete(db, athlete_id)
    return athlete is not None and athlete.consent_version == USE
