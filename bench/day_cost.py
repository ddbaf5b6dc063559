"""What a training day costs: days played by the whole bot on PostgreSQL, and counted.

Rows are multiplied until their tables are so large that a page more or less does not matter.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    func,
    select,
)
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bench.days import DOSE, play_day
from testkit import database
from testkit.postgresql import databases
from testkit.virtual import MONDAY
from testkit.world import BotWorld, world_at

DAYS: Final = 7
"""A week, with its check on Sunday."""
COPIES: Final = 400
FAR: Final = 5_000_000
"""Between the numbers of one copy's rows and the next one's."""
_SAID: Final = ("send", "edit", "answer", "delete")
_ONES_OWN: Final = frozenset({"telegram_id", "chat_id", "update_id"})
_ANOTHER: Final = """
CASE length("{0}") WHEN 64 THEN overlay("{0}" placing lpad(n::text, 4, '0') from 1)
ELSE "{0}" || '~' || n END
"""
"""Another text that is as long, if it is a hash, or nearly so."""
_SIZES: Final = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Day:
    """An average training day: calls of the Bot API, transactions, replies, rows; bytes by table.

    `stored` are the bytes of all rows with their indexes; `athlete` those of who has not trained.
    """

    calls: float
    pictures: float
    writes: float
    replies: float
    rows: float
    stored: dict[str, float]
    athlete: float


def measure_day(folder: Path) -> Day:
    """Play the days and count them, on a server in memory."""
    with database.kind(database.POSTGRESQL), database.given_back():
        return asyncio.run(_day(folder))


async def _day(folder: Path) -> Day:
    async with world_at(folder, MONDAY) as world:
        who = world.athlete(dose=DOSE)
        before = _rows(world)
        begun, writes = len(world.sandbox.log), _counted(world)
        for day in range(DAYS):
            await play_day(world, who, day)
        calls = Counter(
            one.method
            for one in list(world.sandbox.log)[begun:]
            if one.kind == "call" and one.method.startswith(_SAID)
        )
        rows = _rows(world)
        sizes = _sizes(world)
        copied = _rows(world)
    if short := [name for name, count in rows.items() if copied[name] != COPIES * count]:
        raise RuntimeError(f"not all rows were copied: {', '.join(short)}")
    added = {table: count - before.get(table, 0) for table, count in rows.items()}
    stored = {
        table: size / COPIES * added[table] / rows[table] / DAYS
        for table, size in sizes.items()
        if added.get(table)
    }
    athlete = sum(
        size / COPIES * (rows[table] - added[table]) / rows[table]
        for table, size in sizes.items()
        if rows.get(table)
    )
    return Day(
        calls=calls.total() / DAYS,
        pictures=(calls["sendPhoto"] + calls["sendMediaGroup"]) / DAYS,
        writes=len(writes) / DAYS,
        replies=added["inbox"] / DAYS,
        rows=sum(added.values()) / DAYS,
        stored=stored,
        athlete=athlete,
    )


def _counted(world: BotWorld) -> list[int]:
    """Return what gets longer with each transaction that changes something."""
    found: list[int] = []
    write = world.store.write

    async def counted(*given: Any, **named: Any) -> Any:
        before = world.store.changes
        value = await write(*given, **named)
        if world.store.changes != before:
            found.append(1)
        return value

    world.store.write = counted  # type: ignore[method-assign]
    return found


def _rows(world: BotWorld) -> dict[str, int]:
    def count(db: Db) -> dict[str, int]:
        tables = SQLModel.metadata.tables
        asked = {
            name: select(func.count()).select_from(table)
            for name, table in tables.items()
            if name != "alembic_version"
        }
        return {name: db.connection().execute(one).scalar_one() for name, one in asked.items()}

    return world.read(count)


def _sizes(world: BotWorld) -> dict[str, int]:
    """Multiply all rows, and return how large their tables are with their indexes."""
    with databases().server.connect(databases().used[world.path]) as line:
        line.execute("SET session_replication_role = replica")
        for name, table in SQLModel.metadata.tables.items():
            if name != "alembic_version":
                line.execute(_multiplying(table))
        line.execute("VACUUM ANALYZE")
        return dict(line.execute(_SIZES).fetchall())


def _multiplying(table: Table) -> str:
    """Return the statement that copies all rows of a table, with keys of their own."""
    unique = {
        column.name
        for one in (*table.constraints, *table.indexes)
        if isinstance(one, UniqueConstraint | PrimaryKeyConstraint)
        or (isinstance(one, Index) and one.unique)
        for column in one.columns
    }
    values = []
    for column in table.columns:
        number = isinstance(column.type, BigInteger | Integer)
        if number and (column.foreign_keys or column.name in {"id", *_ONES_OWN}):
            values.append(f'"{column.name}" + n * {FAR}')
        elif column.name in unique and column.name in {"key", "digest", "token_hash", "name"}:
            values.append(_ANOTHER.format(column.name))
        else:
            values.append(f'"{column.name}"')
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return (
        f'INSERT INTO "{table.name}" ({names}) SELECT {", ".join(values)} '  # noqa: S608 - our own
        f'FROM "{table.name}", generate_series(1, {COPIES - 1}) n ON CONFLICT DO NOTHING'
    )
