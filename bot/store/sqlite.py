"""SQLite: one file, and one writer at a time in the whole machine."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.store.compiled import Compiled
from bot.store.driver import Judge, heard, raw
from bot.store.file import check_database, file_of, make_private
from bot.store.statements import Instant

BUSY_MS: Final = 5_000
WAITS: Final = f"PRAGMA busy_timeout = {BUSY_MS}"
"""What a connection is told to wait for others."""
STATEMENTS: Final = 1_024
"""Statements that a connection keeps prepared: more than there are."""


def open_engine(url: str, *, writes: bool, judge: Judge | None = None) -> Engine:
    """Return an engine for a file, which is made private (0600)."""
    path = file_of(url)
    make_private(path)
    check_database(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"check_same_thread": False, "cached_statements": STATEMENTS},
        poolclass=NullPool,
        execution_options={"judge": judge, "compiled_cache": Compiled()},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver
        for pragma in (
            f"busy_timeout = {BUSY_MS}",  # first: the next ones may have to wait
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "handle_error", heard)  # of the dialect's: it costs a statement nothing

    # Straight to the driver: SQLAlchemy would compile each of these words as a statement; and if
    # anything listened to the engine, each statement would look for its listeners.
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    dialect: Any = engine.dialect
    dialect.colspecs = {**dialect.colspecs, UTCDateTime: Instant}
    dialect.do_begin = lambda connection: connection.execute(begin)
    dialect.do_savepoint = _savepoints("SAVEPOINT")
    dialect.do_release_savepoint = _savepoints("RELEASE SAVEPOINT")
    dialect.do_rollback_to_savepoint = _savepoints("ROLLBACK TO SAVEPOINT")
    return engine


def _savepoints(word: str) -> Callable[[Connection, str], None]:
    """Return the dialect's method for a word about a savepoint; SQLAlchemy makes the names."""

    def run(connection: Connection, name: str) -> None:
        raw(connection).execute(f"{word} {name}")

    return run


def changes(driver: Any) -> int:
    """Return how many rows this connection has changed since it was opened."""
    count: int = driver.total_changes
    return count


def is_whole(driver: Any) -> bool:
    """Whether the transaction is still under way."""
    found: bool = driver.in_transaction
    return found


def send_ahead(driver: Any) -> None:
    """A file is not waited for."""


def take_back(driver: Any) -> None:
    """End a transaction that a commit which failed has left open."""
    if driver.in_transaction:
        with suppress(sqlite3.Error):
            driver.rollback()


def is_lost(driver: Any) -> bool:  # noqa: ARG001 - a file's connection is not lost
    """Never: what is wrong with a file passes, or is damage."""
    return False


def is_cut(driver: Any) -> bool:  # noqa: ARG001 - the same
    """Never."""
    return False


def sever(driver: Any) -> None:
    """The same."""
