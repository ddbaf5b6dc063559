"""Bringing a database to this version's schema, with a copy kept of what was there."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store.engine import StoreError, check_database, file_of, open_engine
from bot.store.faults import DamagedError

SCRIPTS: Final = Path(__file__).parent / "migrations"


def migrate(url: str) -> tuple[str | None, str]:
    """Upgrade the database at `url`; return the revisions before and after.

    A database that already has data is copied beside itself first. Raises `StoreError` when it
    was made by a newer version: there is no way down. Raises `DamagedError` where there are tables
    and nothing says of which version.
    """
    engine = open_engine(url, begin="BEGIN IMMEDIATE")
    try:
        with engine.begin() as connection:
            before, head = current(connection), _scripts().get_current_head()
            assert head is not None
            if before == head:
                return before, head
            _refuse_newer(before)
            if before is None and _has_data(connection):
                raise DamagedError("its tables are there, and their schema's version is gone")
        if before is not None:
            _copy(url, before)
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
        return before, head
    finally:
        engine.dispose()


def current(connection: Connection) -> str | None:
    """Return the revision the database is at, or None where there is none."""
    return MigrationContext.configure(connection).get_current_revision()


def _has_data(connection: Connection) -> bool:
    """Whether the bot's own tables are there."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'session'"
    return connection.exec_driver_sql(query).first() is not None


def known_revisions() -> frozenset[str]:
    """Return the revisions of this version, the newest included."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _refuse_newer(before: str | None) -> None:
    if before is not None and before not in known_revisions():
        raise StoreError(
            f"The database has schema {before}, which this version does not know: "
            "it was made by a newer Holdfast. Update the program, or restore a backup."
        )


def require_database(url: str) -> None:
    """Raise `StoreError` unless there is a database at `url`, of whatever version; none is made."""
    path = file_of(url)
    if not path.exists():
        raise StoreError(f"database.url: there is no database {path} yet; start the bot first.")
    check_database(path)


def require_schema(url: str) -> None:
    """Raise `StoreError` unless there is a database of this version at `url`; none is made."""
    require_database(url)
    path = file_of(url)
    engine = open_engine(url, begin="BEGIN")
    try:
        with engine.begin() as connection:
            found = current(connection)
    finally:
        engine.dispose()
    if found != _scripts().get_current_head():
        _refuse_newer(found)
        raise StoreError(
            f"database.url: {path} does not have this version's schema; "
            "run `holdfast migrate` first."
        )


def _copy(url: str, revision: str) -> None:
    path = file_of(url)
    target = path.with_name(f"{path.name}.before-{revision}")
    target.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())
