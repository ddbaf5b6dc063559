"""What athletes and coaches have set about load, and the lines of advice that were given."""

from datetime import date

from sqlalchemy import func
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.load.advice import Advice, Tip, TipsGiven
from bot.store.tables import AthleteRow, GivenTipRow, LoadSettingsRow


def of_athlete(db: Db, athlete_id: int) -> LoadSettingsRow:
    """Return what is set, made now with the usual values if nothing is stored yet."""
    row = db.get(LoadSettingsRow, athlete_id)
    if row is None:
        row = LoadSettingsRow(athlete_id=athlete_id)
        db.add(row)
        db.flush()
    return row


def without(db: Db) -> list[int]:
    """Return the athletes for whom nothing is stored yet."""
    query = (
        select(AthleteRow.person_id)
        .outerjoin(LoadSettingsRow, col(LoadSettingsRow.athlete_id) == col(AthleteRow.person_id))
        .where(col(LoadSettingsRow.athlete_id).is_(None))
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
