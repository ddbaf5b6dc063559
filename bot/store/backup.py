"""Copies of the database, made while it is in use: consistent, checked, private, and not many."""

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.store import faults, pages, schema
from bot.store.engine import StoreError, file_of
from bot.store.faults import DamagedError, is_damage
from bot.store.file import make_folder, make_private, path_of

PAGES: Final = 2_048
"""Pages copied at a time (8 MiB); between two of them a stop is heard."""
UNFINISHED: Final = ".part"
_UNTOUCHED: Final = "mode=ro&immutable=1"
_NAME: Final = "holdfast-{:%Y%m%dT%H%M%SZ}.db"
_PATTERN: Final = "holdfast-????????T??????Z.db"
_WHY: Final = {
    errno.ENOSPC: "there is no room left on the disk",
    errno.EDQUOT: "there is no room left on the disk",
    errno.EACCES: "the folder is not writable",
    errno.EPERM: "the folder is not writable",
    errno.EROFS: "the disk is read-only",
    errno.ENOTDIR: "the folder's path leads through a file",
    errno.EEXIST: "the folder's path is a file",
}


class BackupError(StoreError):
    """A backup could not be made; the text is a sentence for a person."""


class DamagedSourceError(DamagedError, BackupError):
    """The database itself is damaged, so no good copy of it can be made."""


@dataclass(frozen=True, slots=True)
class Copied:
    """A finished backup, and how many bytes it has."""

    path: Path
    size: int


def folder_of(url: str, folder: str) -> Path:
    """Return where backups are kept; a relative `folder` lies beside the database."""
    return path_of("backup.folder", folder, file_of(url).parent)


def all_in(folder: Path) -> list[Path]:
    """Return the finished backups in `folder`, oldest first."""
    return sorted(folder.glob(_PATTERN))


def make(
    url: str, folder: Path, now: datetime, keep: int, stopped: Callable[[], bool] = lambda: False
) -> Copied:
    """Copy the database at `url` into `folder`, check the copy, and keep the newest `keep`.

    Writers go on meanwhile: the copy is of the instant it began. It gets its name when it is
    complete. Copies of a database without athletes push out no others. Raises `BackupError`; also
    when `stopped` says that the program ends. A database that is damaged is a
    `DamagedSourceError`, and older backups stay.
    """
    target = folder / _NAME.format(now)
    part = target.with_name(target.name + UNFINISHED)
    try:
        _private_folder(folder)
        copy(file_of(url), part, stopped)
        part.replace(target)
        sync(folder)
        size = target.stat().st_size
        _forget_old(folder, keep)
    except (OSError, sqlite3.Error, DamagedError, UnicodeDecodeError) as error:
        with suppress(OSError):  # a folder that is none has nothing in it
            part.unlink()
        if is_damage(error):
            _blame(file_of(url), error)
        raise BackupError(f"No backup was made in {folder}: {reason(error)}.") from error
    return Copied(target, size)


def _blame(source: Path, error: Exception) -> None:
    """Raise `DamagedSourceError` if it is the database that is damaged, not the copy."""
    why = pages.find(source, how=pages.LONG)
    if why is not None:
        raise DamagedSourceError(why) from error


def copy(
    source: Path,
    target: Path,
    stopped: Callable[[], bool] = lambda: False,
    *,
    like: Path | None = None,
) -> None:
    """Copy a database into one private file without a journal, and check it.

    Its owner is that of `like`, where root makes it. Raises OSError, sqlite3.Error or
    `DamagedError`, whatever is wrong with either.
    """
    target.unlink(missing_ok=True)
    make_private(target, like=like)

    def heed(_status: int, _remaining: int, _total: int) -> None:
        if stopped():
            raise sqlite3.OperationalError("the program was told to stop")

    address = f"{source.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        old.execute("BEGIN")  # without it, every write of somebody else's begins the copy anew
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=PAGES, progress=heed, sleep=0)
        new.execute("PRAGMA journal_mode = DELETE")
        new.set_progress_handler(stopped, pages.STEPS)
        found = pages.checked(new, pages.LONG)
    if found is not None:
        raise DamagedError(found, f"it is damaged: {found}")
    sync(target)


def reason(error: Exception) -> str:
    """Return in a few words why a copy could not be made."""
    if isinstance(error, OSError):
        return _WHY.get(error.errno or 0, error.strerror or type(error).__name__)
    full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return _WHY[errno.ENOSPC] if full else faults.reason(error)


def _private_folder(folder: Path) -> None:
    make_folder(folder, 0o700)
    for left in folder.glob(f"{_PATTERN}{UNFINISHED}*"):
        left.unlink()


def _forget_old(folder: Path, keep: int) -> None:
    """Keep the newest of those with athletes, and of those without: these push out no others."""
    used, unused = list[Path](), list[Path]()
    for path in all_in(folder):
        (used if is_used(path) else unused).append(path)
    for old in (*used[:-keep], *unused[:-keep]):
        old.unlink()


def is_used(path: Path) -> bool:
    """Whether a finished backup has, or had, athletes; one that cannot be read counts as used."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?{_UNTOUCHED}", uri=True)
        ) as found:
            return schema.has_athletes(found)
    except (sqlite3.Error, UnicodeDecodeError):
        return True


def sync(path: Path) -> None:
    """Have the disk keep a file's content, or a folder's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
