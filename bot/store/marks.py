"""What days have beside sessions: red flags, changed plans, notes; of many athletes at once."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import BindParameter, Executable, bindparam, literal, select, union_all
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.report.period import Mark
from bot.store.tables import NoteRow, PlanRow, RedFlagRow

_ANY_CLOCK: Final = timedelta(days=2)
"""Further from midnight UTC than any zone's midnight is."""


class Marked(NamedTuple):
    """Something that happened to an athlete."""

    athlete_id: int
    mark: Mark
    at: datetime


def marked(db: Db, athlete_ids: Collection[int], first: date, last: date) -> list[Marked]:
    """Return what happened to these athletes from `first` to `last`, and a day or two around.

    One statement, whatever their number; only their zone tells whose day it was.
    """
    midnight = time(tzinfo=UTC)
    which = {
        "ids": list(athlete_ids),
        "since": datetime.combine(first, midnight) - _ANY_CLOCK,
        "until": datetime.combine(last, midnight) + _ANY_CLOCK,
    }
    found = db.connection().execute(_marked(), which)
    return [Marked(one, Mark(mark), _instant(at)) for one, mark, at in found]


def _instant(found: Any) -> datetime:
    at = found if isinstance(found, datetime) else datetime.fromisoformat(found)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


@cache
def _marked() -> Executable:
    """Of plans the first one is no change."""
    ids: BindParameter[Any] = bindparam("ids", expanding=True)
    since: BindParameter[Any] = bindparam("since")
    until: BindParameter[Any] = bindparam("until")

    def theirs(row: Any, mark: Mark, at: Any) -> Any:
        return select(col(row.athlete_id), literal(mark.value), col(at)).where(
            col(row.athlete_id).in_(ids), col(at) >= since, col(at) < until
        )

    return union_all(
        theirs(RedFlagRow, Mark.FLAG, RedFlagRow.at),
        theirs(PlanRow, Mark.PLAN, PlanRow.created_at).where(col(PlanRow.version) > 1),
        theirs(NoteRow, Mark.NOTE, NoteRow.at),
    )
