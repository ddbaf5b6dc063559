"""What a migration adds while an older version works on the tables, on a server.

Each of these is done at once and by itself: a lock on a table is had for a moment, or not at all.
What was done before is passed over, so a migration that did not come to its end is run again. Only
what an older version need not know can be added so; what is to go, goes a version later
(docs/decisions/8-versions.md). On a file it is part of the migration, and nobody is beside.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

_VALID: Final = sa.text("""
SELECT indisvalid FROM pg_index JOIN pg_class made ON made.oid = indexrelid
WHERE made.relname = :name AND relnamespace = quote_ident(current_schema())::regnamespace
""")
_WAITS: Final = sa.text("SELECT set_config('lock_timeout', :how_long, false)")
_WAITED: Final = sa.text("SELECT current_setting('lock_timeout')")


class NotAddedError(Exception):
    """An older version could not store a row any more."""


def add_column(table: str, column: sa.Column[Any]) -> None:
    """Add a column that may be empty, or that the database fills; else `NotAddedError`."""
    if not column.nullable and column.server_default is None:
        raise NotAddedError(f"{table}.{column.name}: let it be nullable, or have a server_default")
    with _by_itself() as found:
        if column.name not in {one["name"] for one in found.get_columns(table)}:
            op.add_column(table, column)


def create_table(name: str, *parts: Any, **options: Any) -> None:
    """Make a table."""
    with _by_itself() as found:
        if not found.has_table(name):
            op.create_table(name, *parts, sqlite_strict=True, **options)


def create_index(name: str, table: str, columns: Sequence[str], **options: Any) -> None:
    """Make an index while others write; one that did not come to its end is made anew."""
    if not _is_server():
        op.create_index(name, table, columns, **options)
        return
    with _by_itself():
        bind = op.get_bind()
        is_valid = bind.execute(_VALID, {"name": name}).scalar()
        if is_valid:
            return
        waited = bind.execute(_WAITED).scalar_one()
        # It waits for whoever is in the middle of something, and keeps nobody from the table.
        bind.execute(_WAITS, {"how_long": "0"})
        try:
            if is_valid is not None:
                op.drop_index(name, table, postgresql_concurrently=True)
            op.create_index(name, table, columns, postgresql_concurrently=True, **options)
        finally:
            bind.execute(_WAITS, {"how_long": waited})


def _is_server() -> bool:
    return op.get_context().dialect.name == "postgresql"


@contextmanager
def _by_itself() -> Iterator[Any]:
    """Around a statement: on a server it is a transaction of its own. Yields what is there."""
    if not _is_server():
        yield sa.inspect(op.get_bind())
        return
    with op.get_context().autocommit_block():
        yield sa.inspect(op.get_bind())
