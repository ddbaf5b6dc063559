"""Photos and videos of coaches, each for one athlete and exercise; and which drawings are new."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import bindparam, func, or_, select
from sqlmodel import Session as Db
from sqlmodel import col

from bot.kept import OwnPicture
from bot.protocol.dose.dose import Dose
from bot.protocol.dose.exercises import CATALOGUE
from bot.store import people
from bot.store.tables import OwnPictureRow, PlanRow, Role, SessionRow

Kind = Literal["photo", "video"]


def shown(db: Db, athlete_id: int, exercise: str) -> OwnPicture | None:
    """Return what an athlete is shown in the place of a drawing, if that is so.

    It is of a coach whom the athlete still shares with, or of an admin.
    """
    row = db.get(OwnPictureRow, (athlete_id, exercise))
    if row is None or not _counts(db, row.by_id, athlete_id):
        return None
    return OwnPicture(row.kind, row.file, people.person(db, row.by_id).name)


def _counts(db: Db, by_id: int, athlete_id: int) -> bool:
    return people.coaches(db, by_id, athlete_id) or Role.ADMIN in people.roles_of(db, by_id)


def keep(
    db: Db, athlete_id: int, exercise: str, kind: Kind, file: str, now: datetime, *, by: int
) -> None:
    """Show an athlete this from now on, in the place of the drawing or what was there before."""
    row = OwnPictureRow(
        athlete_id=athlete_id, exercise=exercise, by_id=by, kind=kind, file=file, at=now
    )
    db.merge(row)
    db.flush()


def forget(db: Db, athlete_id: int, exercise: str) -> int | None:
    """Show the drawing again; return whose picture it was, None where there was none."""
    row = db.get(OwnPictureRow, (athlete_id, exercise))
    if row is None:
        return None
    db.delete(row)
    db.flush()
    return row.by_id


_HELD_SO: Final = (
    select(col(SessionRow.id))
    .join(PlanRow, col(PlanRow.id) == col(SessionRow.plan_id))
    .where(
        col(SessionRow.athlete_id) == bindparam("athlete"),
        col(SessionRow.id) != bindparam("but"),
        func.coalesce(col(SessionRow.exercise), col(PlanRow.exercise)) == bindparam("exercise"),
        col(PlanRow.side) == bindparam("side"),
        or_(bindparam("anywhere"), col(PlanRow.band_anchor) == bindparam("anchor")),
    )
    .limit(1)
)


def is_new(db: Db, athlete_id: int, session_id: int, dose: Dose) -> bool:
    """Whether no other session of the athlete's had this exercise, side and anchor."""
    values = {
        "athlete": athlete_id,
        "but": session_id,
        "exercise": dose.exercise,
        "side": dose.side,
        "anchor": dose.band_anchor,
        "anywhere": not CATALOGUE[dose.exercise].at_hip,
    }
    return db.connection().execute(_HELD_SO, values).first() is None
