"""What days have beside sessions: red flags, changed plans, notes; of many athletes at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import BindParameter, Executable, bindparam, literal, select, union_all
from sqlmodel import Session as Db
from sqlmodel import col

from bot.protocol.calendar.local_time import local
from bot.protocol.report.period import Mark, Marks
from bot.store.tables import NoteRow, PersonRow, PlanRow, RedFlagRow

_ANY_CLOCK: Final = timedelta(days=2)
"""Further from midnight UTC than any zone's midnight is."""


def marks(
    db: Db,
    athletes: Sequence[PersonRow],
    spans: Mapping[int, tuple[date, date]],
    *,
    own: bool = False,
) -> dict[int, Marks]:
    """Return the marks of each athlete's days, on their own clock, within their span.

    Coaches' notes are left out of what is an athlete's `own`: they stand in the export.
    """
    zones = {one.id: one.zone for one in athletes if one.id is not None}
    found: dict[int, dict[date, frozenset[Mark]]] = {key: {} for key in zones}
    if not zones:
        return dict(found)
    first, last = min(spans[key][0] for key in zones), max(spans[key][1] for key in zones)
    days: defaultdict[tuple[int, date], set[Mark]] = defaultdict(set)
    for athlete_id, mark, at in _around(db, zones, first, last):
        if not (own and mark == Mark.NOTE):
            day = local(_instant(at), zones[athlete_id]).date()
            days[athlete_id, day].add(Mark(mark))
    for (key, day), seen in days.items():
        found[key][day] = frozenset(seen)
    return dict(found)


def _around(db: Db, athlete_ids: Collection[int], first: date, last: date) -> Sequence[Any]:
    """Return what happened to these athletes from `first` to `last`, and a day or two around.

    One statement, whatever their number; only their zone tells whose day it was.
    """
    midnight = time(tzinfo=UTC)
    which = {
        "ids": list(athlete_ids),
        "since": datetime.combine(first, midnight) - _ANY_CLOCK,
        "until": datetime.combine(last, midnight) + _ANY_CLOCK,
    }
    return db.connection().execute(_marked(), which).all()


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
