"""A million athletes on PostgreSQL, beside a hundred thousand: what follows what is due.

Alone: `python -m bench million`.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, text
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bench.both import durable, made
from bench.population import DAYS, MORNING, NOON, fill, tomorrow
from bench.sweep import Acted, act, measure_looks
from bench.table import Part, ms, seconds
from bot.store.dialect import size
from bot.store.engine import Store
from testkit.postgresql import Server

ATHLETES: Final = (100_000, 1_000_000)
DUE: Final = (1_000, 10_000)
LOOK_MOST: Final = "≤ 5 ms"
DUE_MOST: Final = "≤ 5 s"
_OF_ONE: Final = {
    "person": ("id", "telegram_id"),
    "role": ("person_id",),
    "athlete": ("person_id",),
    "plan": ("id", "athlete_id"),
    "occurrence": ("id", "athlete_id"),
}
"""The rows of an athlete, and the columns that say whose they are; the first is the key."""
_MULTIPLY: Final = """
INSERT INTO {table} ({columns}) SELECT {values} FROM {table} one, generate_series(2, {count}) n
WHERE one.{key} = 1
"""
_COUNTED: Final = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
_DUE_AT: Final = NOON - timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """Of a database: bytes, seconds of a look with nothing due, and what so many due took."""

    athletes: int
    size: int
    look_s: float
    acted: tuple[Acted, ...]


def _columns(table: str) -> list[str]:
    return [column.name for column in SQLModel.metadata.tables[table].columns]


def _fill(server: Server, name: str, count: int) -> str:
    """Make a database with so many athletes: one by the product's tables, the others like it."""
    url = made(server, name)
    with Store(url) as store:
        store.write_now(fill, 1, tomorrow(MORNING))
    statements = ["SET session_replication_role = replica"]
    for table, mine in _OF_ONE.items():
        names = _columns(table)
        values = ", ".join("n" if one in mine else f"one.{one}" for one in names)
        told = {"table": table, "columns": ", ".join(names), "values": values, "key": mine[0]}
        statements.append(_MULTIPLY.format(**told, count=count))
        if mine[0] == "id":
            statements.append(_COUNTED.format(table=table))
    server.run(*statements, "VACUUM ANALYZE", database=name)
    return url


def _bring_forward(db: Db, first: int, last: int) -> None:
    """Make the reminders of these athletes due, who have trained on the days before."""
    whose: dict[str, Any] = {"first": first, "last": last, "at": _DUE_AT, "days": DAYS}
    for statement in (_DUE_NOW, _DAYS, _SESSIONS, _HOLDS):
        db.connection().execute(text(statement), whose)


_DUE_NOW: Final = """
UPDATE occurrence SET planned_at = :at, due_at = :at, local_date = CAST(:at AS timestamptz)::date
WHERE athlete_id BETWEEN :first AND :last
"""
_DAYS: Final = """
INSERT INTO occurrence (athlete_id, local_date, slot, planned_at, state, snoozes)
SELECT n, at::date, 0, at, 'started', 0
FROM (
    SELECT n, CAST(:at AS timestamptz) - d * interval '1 day' AS at
    FROM generate_series(CAST(:first AS bigint), :last) n, generate_series(1, :days) d
) day
"""
_SESSIONS: Final = """
INSERT INTO session (athlete_id, plan_id, phase, position, nudged, eased, breaks, sound, outcome,
    opened_at, closed_at)
SELECT n, n, 'closed', 0, false, false, 0, false, 'level', at, at
FROM (
    SELECT n, CAST(:at AS timestamptz) - d * interval '1 day' AS at
    FROM generate_series(CAST(:first AS bigint), :last) n, generate_series(1, :days) d
) day
"""
_HOLDS: Final = """
INSERT INTO hold (session_id, idx, side, set_no, number, planned_s, actual_s, timed_by, status,
    started_at)
SELECT id, 0, 'left', 1, 1, 10, 10, 'cue', 'done', opened_at
FROM session WHERE athlete_id BETWEEN :first AND :last
"""


def _size(db: Db) -> int:
    return int(db.connection().execute(select(size())).scalar_one())


def _found(server: Server, athletes: int) -> Found:
    url = _fill(server, f"athletes{athletes}", athletes)
    with Store(url) as store:
        held, look = store.read_now(_size), measure_looks(store, NOON)
        acted, first = [], 1
        for due in DUE:
            store.write_now(_bring_forward, first, first + due - 1)
            server.run("ANALYZE", database=f"athletes{athletes}")
            acted.append(act(store, NOON, due))
            first += due
    return Found(athletes, held, look, tuple(acted))


def measure(folder: Path) -> list[Part]:
    """Fill two databases, look into them, and let reminders of each be due."""
    with durable(folder) as server:
        found = [_found(server, athletes) for athletes in ATHLETES]
    rows = [
        ("size", "", *(f"{one.size / 1e6:,.0f} MB" for one in found)),
        ("a look with nothing due", LOOK_MOST, *(ms(one.look_s) for one in found)),
    ]
    for place, due in enumerate(DUE):
        times = [one.acted[place].seconds for one in found]
        to_reach = DUE_MOST if due == DUE[-1] else ""
        rows.append((f"{due:,} reminders due at once", to_reach, *map(seconds, times)))
        rows.append(("each", "", *(ms(one / due) for one in times)))
        waits = [one.acted[place].wait for one in found]
        rows.append(("another write waits meanwhile, at worst", "", *map(ms, waits)))
    return [
        Part(
            "A million athletes on PostgreSQL",
            ("athletes", "to reach", *(f"{one.athletes:,}" for one in found)),
            tuple(rows),
            "Each has a plan, a schedule and the next day's reminder. Those whose reminder is due "
            f"have trained on {DAYS} days before. The database keeps what it commits through a "
            "loss of power. What it costs follows what is due, not how many athletes there are.",
        )
    ]
