"""What statements are made with, where SQLAlchemy's own would take more steps.

The session that flows get; statements that are sent ahead; instants as text, in UTC, without an
offset; and many values by one statement. They go in as one JSON array, which is read row by row:
SQLAlchemy would write a parameter for each id, and work through every value of every row.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    Executable,
    Select,
    Table,
    bindparam,
    inspect,
    select,
    true,
)
from sqlalchemy.dialects.sqlite import DATETIME
from sqlalchemy.orm import Mapper
from sqlalchemy.types import TypeEngine
from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import utc
from bot.store.dialect import Insert, given_numbers, given_rows, insert, place_of
from bot.store.driver import AHEAD, settle


class FlowDb(Db):
    """A session for one flow.

    It keeps to its end what it has read by key. SQLAlchemy's own forgets a row that nobody holds,
    and reads it again.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: list[Any] = []

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Return the row with this key, or None. Its statement is made once for all sessions."""
        mapper, query, names = _by_key(entity)
        key = ident if isinstance(ident, tuple) else (ident,)
        if options or mapper.identity_key_from_primary_key(key) in self.identity_map:
            return super().get(entity, ident, **options)
        found = self.scalars(query, dict(zip(names, key, strict=True))).one_or_none()
        self._kept.append(found)
        return found


@cache
def _by_key(entity: Any) -> tuple[Mapper[Any], Select[Any], tuple[str, ...]]:
    """Return how a kind of row is read, the query for the row with a key, and the key's names."""
    mapper: Mapper[Any] = inspect(entity)
    keys = mapper.primary_key
    query = select(mapper).where(*(column == bindparam(column.name) for column in keys))
    return mapper, query, tuple(column.name for column in keys)


class SentAhead:
    """A statement that was sent ahead: what it did is asked later, or never."""

    def __init__(self, connection: Connection, result: CursorResult[Any]) -> None:
        self._connection = connection
        self._cursor: Any = result.context.cursor
        self._found = result.all() if result.returns_rows else None  # it was not sent ahead

    @property
    def rowcount(self) -> int:
        """How many rows it changed; waits until that is known."""
        settle(self._connection)
        return int(self._cursor.rowcount)

    def rows(self) -> Sequence[Sequence[Any]]:
        """Return what it found, once; waits until that is there."""
        if self._found is not None:
            return self._found
        settle(self._connection)
        found: list[Sequence[Any]] = self._cursor.fetchall()
        return found


def send(db: Db, statement: Executable, values: dict[str, Any]) -> SentAhead:
    """Run a statement whose result is not asked for at once.

    A server goes on with it while the flow does with what comes next. What is wrong with it is
    raised by a later statement, or before the transaction is committed.
    """
    connection = db.connection()
    return SentAhead(connection, connection.execute(statement, values, execution_options=AHEAD))


@contextmanager
def apart(db: Db) -> Iterator[None]:
    """Make what is done within a part of the flow that may fail alone: it is taken back then.

    What was sent ahead before fails before, and what is sent within fails within: also where the
    part fails anyway, or the server would skip the very statement that takes it back.
    """
    settle(db.connection())
    with db.begin_nested():
        try:
            yield
        finally:
            settle(db.connection())


# ---- instants -------------------------------------------------------------------------

_LENGTH: Final = len("2026-11-23 06:00:00.000000")


def written_instant(moment: datetime) -> str:
    """Return an instant as the tables have it; raise NaiveTimeError for a naive datetime."""
    return utc(moment).isoformat(" ", "microseconds")[:_LENGTH]


def read_instant(text: str) -> datetime:
    """Return an instant from its text in a table."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Instant(DATETIME):
    """What SQLModel's and SQLAlchemy's types do to an instant, in one step instead of three.

    Nearly every statement has several.
    """

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """Return what writes a value."""
        return lambda moment: None if moment is None else written_instant(moment)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """Return what reads a value."""
        return lambda text: None if text is None else read_instant(text)


# ---- many values by one statement -----------------------------------------------------

_ROW: Final = given_rows(bindparam("given"))
THESE: Final[Select[Any]] = select(given_numbers(bindparam("given")))
"""The members of the parameter `given`, which `array` makes: for `column.in_(THESE)`."""


def array(members: Collection[int]) -> str:
    """Return numbers as the parameter `given` of a statement with `THESE`."""
    return json.dumps(list(members))


def adding(table: Table, columns: Sequence[str]) -> Insert:
    """Return the statement that adds the rows of the parameter `given`, which `rows` makes."""
    values = (place_of(_ROW, place, table.c[name].type) for place, name in enumerate(columns))
    # "WHERE true": else SQLite would read the ON of ON CONFLICT as that of a join.
    return insert(table).from_select(columns, select(*values).where(true()))


def given(place: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Return what stands at a place of each row of the parameter `given`, which `rows` makes."""
    return place_of(_ROW, place, kind)


def rows(values: Iterable[Sequence[Any]]) -> str:
    """Return rows, each with its values in the order of the columns, for `adding`.

    Raises NaiveTimeError for a naive datetime.
    """
    return json.dumps(list(values), ensure_ascii=False, default=_stored)


def _stored(value: date) -> str:
    """Return a day or an instant as the tables have it."""
    if isinstance(value, datetime):
        return written_instant(value)
    return value.isoformat()
