"""Live sessions that a newer version has begun, in a phase or with an exercise not known here.

They are left alone: time does nothing with them, no hold comes, and their rows stay as they are
until their athletes stop or finish them, or a node leads that knows them.
"""

from typing import Any, Final

from sqlalchemy import func, literal_column, or_, select
from sqlmodel import col

from bot.protocol.dose.exercises import CATALOGUE
from bot.protocol.session.state import LIVE, MOVING
from bot.store.tables import PlanRow, SessionRow

_EXERCISE: Final = (
    select(func.coalesce(SessionRow.exercise, PlanRow.exercise))
    .where(col(PlanRow.id) == col(SessionRow.plan_id))
    .correlate(SessionRow)
    .scalar_subquery()
)


def _written(values: Any) -> list[Any]:
    """Return words of the program's own, written out: a statement is made once."""
    return [literal_column(f"'{value}'") for value in sorted(values)]


IS_KNOWN: Final = (
    col(SessionRow.phase).in_(_written(LIVE)),
    or_(col(SessionRow.phase).in_(_written(LIVE - MOVING)), _EXERCISE.in_(_written(CATALOGUE))),
)
"""What is true of the rows of all other live sessions: not `is_newer`, asked of many at once."""
