"""What athletes and coaches have set about load, and the lines of advice that were given."""

from datetime import date

from sqlalchemy import and_, func, or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.load.advice import Advice, Tip, TipsGiven
from bot.store.tables import AthleteRow, GivenTipRow, LoadSettingsRow


def of_athlete(db: Db, athlete_id: int) -> LoadSettingsRow:
    """Return what is set; before that the usual values, in a row that is not stored yet."""
    row = db.get(LoadSettingsRow, athlete_id)
    return LoadSettingsRow(athlete_id=athlete_id) if row is None else row


def without(db: Db) -> list[int]:
    """Return the athletes whose next check is not planned, though they want it."""
    row = LoadSettingsRow
    query = (
        select(AthleteRow.person_id)
        .outerjoin(row, col(row.athlete_id) == col(AthleteRow.person_id))
        .where(
            or_(
                col(row.athlete_id).is_(None),
                and_(col(row.weekly).is_(True), col(row.check_due_at).is_(None)),
            )
        )
        .order_by(col(AthleteRow.person_id))
    )
    return list(db.exec(query))


def tips(db: Db, athlete_id: int) -> TipsGiven:
    """Return which lines were given and when last, and which may be."""
    row = db.get(LoadSettingsRow, athlete_id)
    query = (
        select(GivenTipRow.tip, func.max(col(GivenTipRow.local_date)))
        .where(GivenTipRow.athlete_id == athlete_id)
        .group_by(col(GivenTipRow.tip))
    )
    given = {Tip(tip): day for tip, day in db.exec(query)}
    if row is None:
        return TipsGiven(given)
    return TipsGiven(given, wanted=row.tips, stride=row.stride)


def give(db: Db, athlete_id: int, advice: Advice, day: date) -> None:
    """Keep that a line is given on a day."""
    row = GivenTipRow(athlete_id=athlete_id, local_date=day, tip=advice.tip, why=advice.why)
    db.add(row)
    db.flush()
