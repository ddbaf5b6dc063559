"""What SQLite and PostgreSQL spell differently: statements are made of it once, for both."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, ColumnElement, Float, Index, String, literal_column, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.visitors import InternalTraversal
from sqlalchemy.types import TypeEngine
from sqlmodel import Session as Db

__all__ = [
    "Insert",
    "day_count",
    "given_numbers",
    "given_rows",
    "has_file",
    "insert",
    "is_foreign",
    "partial_index",
    "place_of",
    "second_of",
    "size",
]
"""`insert` has ON CONFLICT, which both spell alike."""


def has_file(db: Db) -> bool:
    """Whether the database is a file, and not a server's."""
    return db.get_bind().dialect.name == "sqlite"


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """Return an index of the rows for which `where` holds, in SQL."""
    told = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=told, postgresql_where=told)


class _Spelled(FunctionElement[Any]):
    """A function with the spelling of each; `{0}` is its first argument, `{type}` its type."""

    sqlite: ClassVar[str]
    postgresql: ClassVar[str]
    _traverse_internals: Any = [  # noqa: RUF012 - SQLAlchemy's, which has it so
        *FunctionElement._traverse_internals,  # noqa: SLF001 - how a kind of its own is cached
        ("type", InternalTraversal.dp_type),
    ]

    def __init_subclass__(cls) -> None:
        cls.inherit_cache = True
        super().__init_subclass__()


@compiles(_Spelled)
def _spell(element: _Spelled, compiler: SQLCompiler, **options: Any) -> str:
    spelling: str = getattr(element, compiler.dialect.name)
    given = [compiler.process(one, **options) for one in element.clauses]
    kinds = compiler.dialect.type_compiler_instance
    cast = kinds.process(element.type) if "{type}" in spelling else ""
    return spelling.format(*given, type=cast)


class _Days(_Spelled):
    sqlite = "(julianday({1}) - julianday({0}))"
    postgresql = "(extract(epoch FROM {1} - {0}) / 86400)::float8"


class _Second(_Spelled):
    sqlite = "substr({0}, 1, 19)"
    postgresql = "to_char({0}, 'YYYY-MM-DD HH24:MI:SS')"


class _Size(_Spelled):
    sqlite = "(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())"
    postgresql = "pg_database_size(current_database())"


class _Foreign(_Spelled):
    sqlite = "({0} GLOB '*[^\x01-\x7f]*')"
    postgresql = "({0} ~ '[^\x01-\x7f]')"


class _Members(_Spelled):
    sqlite = "json_each({0})"
    postgresql = "json_array_elements(({0})::json)"


class _Number(_Spelled):
    sqlite = "{0}"
    postgresql = "({0})::text::bigint"


class _Place(_Spelled):
    sqlite = "json_extract({0}, '$[{1}]')"
    postgresql = "({0} ->> {1})::{type}"


def day_count(start: Any, end: Any) -> ColumnElement[float]:
    """Return how many days lie between two instants."""
    return _typed(_Days(start, end), Float())


def second_of(instant: Any) -> ColumnElement[str]:
    """Return an instant's second as text, in UTC."""
    return _typed(_Second(instant), String())


def size() -> ColumnElement[int]:
    """Return how many bytes the database has."""
    return _typed(_Size(), BigInteger())


def is_foreign(column: Any) -> ColumnElement[bool]:
    """Whether a text has letters beyond the plain ones."""
    return _Foreign(column)


def given_rows(parameter: Any) -> ColumnElement[Any]:
    """Return the members of a JSON array, row by row: in a FROM of its own."""
    return _Members(parameter).table_valued("value", name="given").c.value


def given_numbers(parameter: Any) -> ColumnElement[int]:
    """Return the same of an array of whole numbers."""
    return _typed(_Number(given_rows(parameter)), BigInteger())


def place_of(row: ColumnElement[Any], place: int, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """Return what stands in an array at a place, counted from 0."""
    return _typed(_Place(row, literal_column(str(place))), kind)


def _typed(made: _Spelled, kind: TypeEngine[Any]) -> _Spelled:
    made.type = kind
    return made
