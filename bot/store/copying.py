"""From one database to another, of whatever kind: every row, looked at once more on the other side.

Ids stay, and so does what they count on from: an erased row's id is never given again.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, select, text
from sqlmodel import SQLModel, col

from bot.store.drivers import open_engine
from bot.store.faults import StoreError, is_of_the_file, reason
from bot.store.home import Home
from bot.store.lost import BEGUN_ANEW
from bot.store.tables import FactRow

PIECE: Final = 1_000
"""Rows that are read, and written, together."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied: rows, all of them compared, and the tables they are in."""

    rows: int
    tables: int


def copy(source: Home, target: Home) -> Moved:
    """Copy all rows to a database that has none, whole or not at all; no bot runs on either.

    Raises `StoreError` with one sentence where that cannot be; `InUseError`.
    """
    if str(source) == str(target):
        raise StoreError(f"{source} is the old database and the new one; name another as TO.")
    source.require("there is nothing to copy")
    source.require_current()
    with ExitStack() as stack:
        target.check()
        stack.callback(source.lock().release)
        lock = target.lock()
        stack.callback(lock.release)
        target.migrate()
        target.require_current()
        reading, writing = (
            open_engine(home.url, writes=home is target) for home in (source, target)
        )
        stack.callback(reading.dispose)
        stack.callback(writing.dispose)
        with reading.connect() as old, writing.begin() as new:
            moved = _copied(old, new, target)
        lock.keep()
    return moved


def _copied(old: Connection, new: Connection, target: Home) -> Moved:
    tables = SQLModel.metadata.sorted_tables
    new.execute(_ANEW)
    for table in tables:
        if new.execute(select(table).limit(1)).first() is not None:
            raise StoreError(f"{target} has rows already; copy into a database that has none.")
    rows = 0
    for table in tables:
        try:
            for piece in _pieces(old, table):
                new.execute(table.insert(), [row._asdict() for row in piece])
        except Exception as error:
            if is_of_the_file(error):
                raise
            raise StoreError(
                f"Nothing was copied: {target} does not take a row of the table {table.name} "
                f"({reason(error)})."
            ) from error
        rows += _compared(old, new, table)
    _go_on_counting(new, _counted(old))
    return Moved(rows, len(tables))


def _pieces(connection: Connection, table: Table) -> Iterator[Any]:
    """Yield all rows, in the order of their keys, some together."""
    found = connection.execute(
        select(table).order_by(*table.primary_key), execution_options={"yield_per": PIECE}
    )
    yield from found.partitions()


def _compared(old: Connection, new: Connection, table: Table) -> int:
    """Return how many rows are alike in both; raise `StoreError` for one that is not."""
    count = 0
    for mine, theirs in zip_longest(_pieces(old, table), _pieces(new, table), fillvalue=()):
        if list(map(tuple, mine)) != list(map(tuple, theirs)):
            raise StoreError(
                f"Nothing was copied: the rows of the table {table.name} read otherwise in the "
                "new database."
            )
        count += len(mine)
    return count


_ANEW: Final = delete(FactRow).where(col(FactRow.key) == BEGUN_ANEW)
"""What says that an empty database was wanted is no row of anybody's."""


# ---- what ids count on from -----------------------------------------------------------

_COUNTED: Final = {
    "sqlite": "SELECT name, seq FROM sqlite_sequence",
    "postgresql": """
SELECT t.relname, pg_sequence_last_value(s.oid) FROM pg_class s
JOIN pg_depend d ON d.objid = s.oid AND d.deptype = 'a' JOIN pg_class t ON t.oid = d.refobjid
WHERE s.relkind = 'S' AND t.relnamespace = quote_ident(current_schema())::regnamespace
""",
}


def _counted(connection: Connection) -> dict[str, int]:
    """Return the highest id that each table ever gave; of those that gave one."""
    found = connection.execute(text(_COUNTED[connection.dialect.name]))
    return {name: int(last) for name, last in found if last}


def _go_on_counting(connection: Connection, counted: dict[str, int]) -> None:
    for name, last in counted.items():
        told = {"name": name, "last": last}
        if connection.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), told)
            connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), told)
        else:
            begin = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            connection.execute(begin, told)
