"""The database's file: where it is, whether it is one, and that one instance uses it."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.expected import Code
from bot.store.faults import DamagedError, StoreError, is_damage

EXAMPLE: Final = "sqlite:///data/holdfast.db"


class InUseError(StoreError):
    """Another instance runs on this database."""

    code = Code.IN_USE


def file_of(url: str) -> Path:
    """Return the file of a database's address; raises `StoreError` when it names none."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"database.url must be an address such as {EXAMPLE}.") from error
    if address.get_backend_name() != "sqlite":
        kind = address.get_backend_name()
        raise StoreError(f"database.url: only sqlite:/// addresses work today, not {kind}.")
    if address.database in {None, "", ":memory:"}:
        raise StoreError(f"database.url needs a file, for example {EXAMPLE}.")
    return Path(str(address.database))


def check_database(path: Path) -> None:
    """Raise `StoreError` unless `path` is an SQLite database, or empty."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            sentence = f"database.url: {path} is damaged, or no database ({error})."
            raise DamagedError(str(error), sentence) from error
        raise StoreError(f"database.url: {path} cannot be used ({error}).") from error


def make_private(path: Path) -> None:
    """Make a file that only its owner may read, unless there is one; raises `StoreError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(f"database.url: {path} cannot be opened ({error.strerror}).") from error


class FileLock:
    """One instance per database file; the second one is told so."""

    def __init__(self, url: str) -> None:
        database = file_of(url)
        path = database.with_name(f"{database.name}.lock")
        make_private(path)
        self._file = path.open("r+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise InUseError(
                f"Another Holdfast is already running on {database}; stop it first."
            ) from error

    def release(self) -> None:
        """Let another instance in."""
        self._file.close()
