"""How a database goes about what it is asked: whether it would walk through a table."""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, event
from sqlmodel import Session as Db

_ONLY_INDEXES: Final = ("enable_seqscan", "enable_sort")
"""What PostgreSQL is told to leave alone, and does not where there is no other way."""
_EXPLAINED: Final = ("SELECT", "UPDATE", "DELETE")
"""How the statements begin whose plans are told."""
_WALK: Final = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?|Seq Scan on (\w+)")
_LOOK: Final = re.compile(
    r"SEARCH (\w+) USING (?:COVERING )?(?:INTEGER PRIMARY KEY|INDEX (\w+))"
    r"|Index(?: Only)? Scan(?: Backward)? using (\w+)|Bitmap Index Scan on (\w+)"
)
_SORT: Final = re.compile(r"USE TEMP B-TREE FOR ORDER BY|^\s*(?:->\s*)?Sort\b")


class Step(NamedTuple):
    """One line of a plan, and the statement that it is about."""

    statement: str
    line: str

    @property
    def walks(self) -> str:
        """The table that is walked through without an index; empty if none is.

        What was given with the statement is none.
        """
        found = _WALK.search(self.line)
        table = "" if found is None or found[2] else (found[1] or found[3])
        return "" if table == "given" else table

    @property
    def by(self) -> str:
        """The index that is used, if any."""
        walk, look = _WALK.search(self.line), _LOOK.search(self.line)
        return (walk and walk[2]) or (look and (look[2] or look[3] or look[4])) or ""

    @property
    def sorts(self) -> bool:
        """Whether rows are put in order that no index has."""
        return _SORT.search(self.line) is not None


def plans(db: Db, act: Callable[[Db], object], *, as_is: bool = False) -> list[Step]:
    """Return the steps of each query and change that `act` asks; a server's choice with `as_is`."""
    connection = db.connection()
    asked: list[tuple[str, Any]] = []

    def note(*args: Any) -> None:
        asked.append(args[2:4])

    event.listen(connection.engine, "before_cursor_execute", note)
    act(db)
    event.remove(connection.engine, "before_cursor_execute", note)
    queries = [(sql, values) for sql, values in asked if sql.lstrip().startswith(_EXPLAINED)]
    if connection.dialect.name != "sqlite" and not as_is:
        for name in _ONLY_INDEXES:
            connection.exec_driver_sql(f"SET LOCAL {name} = off")
    explained = [(sql, _explained(connection, sql, values)) for sql, values in queries]
    return [Step(sql, line) for sql, lines in explained for line in lines]


def _explained(connection: Connection, sql: str, values: Any) -> list[str]:
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        return [row[3] for row in found]
    return [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}", values)]
