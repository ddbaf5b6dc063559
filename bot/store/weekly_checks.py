"""The weekly checks, and the load tests."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.calendar.weeks import IsoWeek
from bot.protocol.load.weekly_check import Check
from bot.store.statements import THESE, array
from bot.store.tables import LoadTestRow, WeeklyCheckRow

_ROW: Final = WeeklyCheckRow
_WHAT: Final[tuple[Any, ...]] = (_ROW.athlete_id, _ROW.week, _ROW.worst, _ROW.sit, _ROW.better)
_CHECKS: Final = (
    columns(*_WHAT)
    .where(col(_ROW.athlete_id).in_(THESE), col(_ROW.week) >= bindparam("since"))
    .order_by(col(_ROW.week))
)


def of_many(
    db: Db, athlete_ids: Collection[int], since: IsoWeek
) -> defaultdict[int, dict[IsoWeek, Check]]:
    """Return each athlete's checks from a week on, in their order; what is unknown is None."""
    found: defaultdict[int, dict[IsoWeek, Check]] = defaultdict(dict)
    values = {"given": array(athlete_ids), "since": str(since)}
    for athlete_id, week, *answers in db.connection().execute(_CHECKS, values):
        year, number = week.split("-W")
        found[athlete_id][IsoWeek(int(year), int(number))] = Check(*answers)
    return found


def of_week(db: Db, athlete_id: int, week: IsoWeek) -> WeeklyCheckRow | None:
    """Return the check of a week."""
    query = select(WeeklyCheckRow).where(
        WeeklyCheckRow.athlete_id == athlete_id, WeeklyCheckRow.week == str(week)
    )
    return db.exec(query).one_or_none()


def tests(db: Db, athlete_id: int, since: date) -> dict[date, int]:
    """Return the worst pain of each load test from a day on."""
    query = columns(col(LoadTestRow.local_date), col(LoadTestRow.value)).where(
        col(LoadTestRow.athlete_id) == athlete_id, col(LoadTestRow.local_date) >= since
    )
    return {row.local_date: row.value for row in db.connection().execute(query)}
