"""What coaches ask athletes to leave out: until a day or a stage, never for ever (PROTOCOL 7)."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.load.entries import HINGES, Extra
from bot.store import people
from bot.store.tables import RestrictionRow


def standing(db: Db, athlete_id: int, day: date) -> Sequence[RestrictionRow]:
    """Return what stands on the athlete's local date; the last day of one belongs to it."""
    row, stage = RestrictionRow, people.plan(db, athlete_id).stage
    query = select(row).where(
        row.athlete_id == athlete_id,
        col(row.ended_at).is_(None),
        or_(col(row.until_day).is_(None), col(row.until_day) >= day),
        or_(col(row.until_stage).is_(None), col(row.until_stage) > stage),
    )
    return db.exec(query.order_by(col(row.id))).all()


def covers(extra: Extra, extras: Collection[Extra]) -> bool:
    """Whether leaving out `extra` concerns one of these; fast hinges are hinges."""
    return bool((HINGES if extra is Extra.HINGE else {extra}) & set(extras))
