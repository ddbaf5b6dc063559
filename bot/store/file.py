"""The database's file: where it is, whether it is one, and that one instance uses it."""

import errno
import fcntl
import os
import re
import sqlite3
import unicodedata
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.expected import Code
from bot.store.faults import DamagedError, StoreError, is_damage, may_pass

EXAMPLE: Final = "sqlite:///data/holdfast.db"
OLDEST: Final = (3, 37)
"""The first SQLite that knows STRICT tables."""
_ROOM: Final = 65_536
"""Bytes that SQLite needs beside the file before it can read one."""
_ESCAPED: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_HELD: Final = frozenset({errno.EAGAIN, errno.EWOULDBLOCK})


class FullError(StoreError):
    """There is no room on the disk; the same works when there is some again."""

    code = Code.CANNOT_GO_ON


class InUseError(StoreError):
    """Another instance runs on this database."""

    code = Code.IN_USE


def check_sqlite() -> None:
    """Raise `StoreError` where SQLite is too old for the tables."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise StoreError(
            f"SQLite {sqlite3.sqlite_version} is too old: Holdfast needs "
            f"{'.'.join(map(str, OLDEST))} or newer. Install a newer SQLite or Python."
        )


# ---- where it is ----------------------------------------------------------------------


def file_of(url: str) -> Path:
    """Return the file of a database's address, absolute; raises `StoreError` when it names none.

    The path is taken as it is written. What an address would mean by "?" or "%20" is refused: it
    would be another file than the one that was meant.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"database.url must be an address such as {EXAMPLE}.") from error
    kind, name = address.drivername, address.database
    if kind not in {"sqlite", "sqlite+pysqlite"}:
        raise StoreError(
            f"database.url: only sqlite:/// and postgresql:// addresses work, not {kind}."
        )
    if address.host:
        raise StoreError(
            f"database.url: the path begins after three slashes, for example {EXAMPLE}; "
            "an absolute one has four."
        )
    if name in {None, "", ":memory:"}:
        raise StoreError(f"database.url needs a file, for example {EXAMPLE}.")
    if "?" in url or _ESCAPED.search(url):
        raise StoreError(
            "database.url: write the path as it is, without “?” and without signs such as “%20”; "
            f"a space may stand in it. For example {EXAMPLE}."
        )
    return path_of("database.url", str(name), Path())


def path_of(setting: str, text: str, folder: Path) -> Path:
    """Return the path that a setting names, absolute, with "~" read; a relative one is in `folder`.

    Raises `StoreError` where it names none.
    """
    path = Path(text)
    if any(unicodedata.category(char) == "Cc" for char in text) or text.startswith("file:"):
        raise StoreError(f"{setting} must be a plain path, for example data/holdfast.db.")
    try:
        path = path.expanduser()
    except RuntimeError:
        raise StoreError(f"{setting}: the home folder of {path.parts[0]} is not known.") from None
    if "~" in path.parts:
        raise StoreError(f"{setting}: “~” stands for the home folder only where a path begins.")
    return (folder / path).absolute()


# ---- whether it is one ----------------------------------------------------------------


def check_database(path: Path) -> None:
    """Raise `StoreError` unless `path` is an SQLite database, or empty; none is made.

    Raises SQLite's own error where it is locked, or its disk fails.
    """
    check_sqlite()
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            sentence = f"database.url: {path} is damaged, or no database ({error})."
            raise DamagedError(str(error), sentence) from error
        if may_pass(error):
            _check_room(path)
            raise
        raise StoreError(f"database.url: {path} cannot be used ({error}).") from error


def _check_room(path: Path) -> None:
    """Raise `FullError` where not even a file of SQLite's has room: it tells of an I/O error."""
    disk = os.statvfs(path.parent)
    if disk.f_bavail * disk.f_frsize < _ROOM:
        raise FullError(f"database.url: the disk of {path} is full; make room on it.")


def check_writable(path: Path) -> None:
    """Raise `StoreError` for a file that may not be written to, which SQLite opens for reading.

    Raises SQLite's own error unless it can be written to now. Nothing is written.
    """
    if not os.access(path, os.W_OK, effective_ids=True):
        raise StoreError(f"database.url: {path} can be read, and cannot be written to.")
    address = f"{path.as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")


def make_private(path: Path, *, like: Path | None = None) -> None:
    """Make a file that only its owner may read, unless there is one; raises `StoreError`.

    Its owner is that of `like`, if there is such a file: see `give`.
    """
    try:
        make_folder(path.parent)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            return
        give(path, like=like)
    except OSError as error:
        raise StoreError(f"database.url: {path} cannot be opened ({error.strerror}).") from error


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder, and those that lead to it; each belongs to the owner of the one above it."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(mode, exist_ok=True)
        give(folder)


def give(path: Path, *, like: Path | None = None) -> None:
    """Give what root has made to the owner of `like`, or else of the folder that it is in.

    Whoever runs a command as root has files that the bot can still open.
    """
    if os.geteuid() == 0:
        owner = (like if like is not None and like.exists() else path.parent).stat()
        os.chown(path, owner.st_uid, owner.st_gid)


# ---- that one instance uses it --------------------------------------------------------


class FileLock:
    """One instance per database file; the second one is told so."""

    def __init__(self, url: str) -> None:
        self._database = file_of(url)
        self._path = lock_of(self._database)
        self._made = not self._path.exists()
        make_private(self._path, like=self._database)
        self._file = self._path.open("r+")
        try:
            taken = _locks(self._file, self._database)
        except StoreError:
            self.release()
            raise
        if not taken:
            self._file.close()
            raise InUseError(
                f"Another Holdfast is already running on {self._database}; stop it first."
            )

    def keep(self, _db: object = None) -> None:
        """There is a database now: from here on the lock's file stays, and shows that there was."""
        self._made = False

    def release(self) -> None:
        """Let another instance in."""
        if self._made:
            self._path.unlink(missing_ok=True)
        self._file.close()


def lock_of(database: Path) -> Path:
    """Return the file that the running instance holds, one for all links to a database."""
    found = database.resolve()
    return found.with_name(f"{found.name}.lock")


def is_locked(database: Path) -> bool:
    """Whether an instance runs on this database; nothing is left behind.

    Raises `StoreError` where the file could not be made, or its file system takes no locks.
    """
    lock, folder = lock_of(database), database.parent
    try:
        while not folder.exists():
            folder = folder.parent
        with TemporaryFile(dir=folder) as tried:
            if not lock.exists():
                return not _locks(tried, database)
        with lock.open("r+") as found:
            return not _locks(found, database)
    except OSError as error:
        raise StoreError(
            f"database.url: {database} cannot be opened ({error.strerror})."
        ) from error


def _locks(file: IO[Any], database: Path) -> bool:
    """Take the lock, or return that another has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise StoreError(
            f"database.url: the file system of {database} takes no locks ({error.strerror}); "
            "keep the database on a local disk."
        ) from error
    return True
