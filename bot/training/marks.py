"""Which days of athletes have a mark: on their own clocks, for pictures and pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.protocol.report.period import Mark, Marks
from bot.store.marks import marked
from bot.store.tables import PersonRow


def marks(
    db: Db,
    athletes: Sequence[PersonRow],
    spans: Mapping[int, tuple[date, date]],
    *,
    own: bool = False,
) -> dict[int, Marks]:
    """Return the marks of each athlete's days within their span; one statement for all.

    Coaches' notes are left out of what is an athlete's `own`: they stand in the export.
    """
    zones = {one.id: one.zone for one in athletes if one.id is not None}
    found: dict[int, dict[date, frozenset[Mark]]] = {key: {} for key in zones}
    if not zones:
        return dict(found)
    first, last = min(spans[key][0] for key in zones), max(spans[key][1] for key in zones)
    days: defaultdict[tuple[int, date], set[Mark]] = defaultdict(set)
    for one in marked(db, zones, first, last):
        if not (own and one.mark is Mark.NOTE):
            days[one.athlete_id, local(one.at, zones[one.athlete_id]).date()].add(one.mark)
    for (key, day), seen in days.items():
        found[key][day] = frozenset(seen)
    return dict(found)
