"""A database that is gone or empty where there was one: it is never begun anew in silence."""

import glob
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlmodel import Session as Db

from bot.store import backup, facts, schema
from bot.store.damage import with_backup
from bot.store.engine import StoreError, file_of
from bot.store.file import check_database, lock_of

BEGUN_ANEW: Final = "begun_anew"
"""The fact of a database that is empty because somebody wanted it so."""
_ANEW: Final = "To begin with an empty one all the same, run `holdfast migrate --new`."


def check(url: str, folder: Path) -> bool:
    """Return whether there is a database at `url`; False where the first one may be made.

    Raises `StoreError` where it is gone or empty, and its backups in `folder` or files beside it
    show that there was one.
    """
    path = file_of(url)
    if not is_blank(path):
        if not has_nobody(path) or not any(map(backup.is_used, backup.all_in(folder))):
            return True
        what = f"database.url: {path} is empty, and its backups are not"
    elif _was_there(path, folder):
        state = "is empty" if path.exists() else "is gone"
        what = f"database.url: {path} {state}, and what stands beside it shows that it was used"
    else:
        return False
    raise StoreError(f"{with_backup(what, folder)} {_ANEW}")


def require(url: str, folder: Path, hint: str) -> None:
    """Raise `StoreError` unless there is a database at `url`; `hint` says how to get one."""
    if not check(url, folder):
        raise StoreError(f"database.url: there is no database {file_of(url)}; {hint}.")
    check_database(file_of(url))


def require_trace(url: str, folder: Path, hint: str) -> None:
    """Raise `StoreError` unless there is, or was, a database at `url`; `hint` says what to do."""
    path = file_of(url)
    if not (path.exists() or _was_there(path, folder)):
        raise StoreError(f"database.url: there is no database {path}; {hint}.")


def require_none(url: str) -> None:
    """Raise `StoreError` where a database at `url` has, or had, athletes."""
    path = file_of(url)
    if not (is_blank(path) or has_nobody(path)):
        raise StoreError(f"database.url: {path} is there and has athletes, so none is begun anew.")


def begin_anew(db: Db, now: datetime) -> None:
    """Note that this database is as it is because somebody wanted it so."""
    facts.set_fact(db, BEGUN_ANEW, "yes", now)


def is_blank(path: Path) -> bool:
    """Whether there is no file, or no table in it."""
    try:
        if not path.exists() or (path.is_file() and not path.stat().st_size):
            return True
    except OSError as error:
        raise StoreError(f"database.url: {path} cannot be opened ({error.strerror}).") from error
    return _asked(path, lambda found: not found.execute(_ANY_TABLE).fetchone())


def has_nobody(path: Path) -> bool:
    """Whether nobody has ever been an athlete here, and nobody wanted it so."""
    return _asked(path, lambda found: not (schema.has_athletes(found) or _begun_anew(found)))


_ANY_TABLE: Final = "SELECT 1 FROM sqlite_master LIMIT 1"


def _begun_anew(found: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM fact WHERE key = ?"
    return found.execute(query, (BEGUN_ANEW,)).fetchone() is not None


def _was_there(path: Path, folder: Path) -> bool:
    """Whether backups, or what a database leaves beside itself, show that there was one."""
    beside = [lock_of(path), path.with_name(f"{path.name}-wal")]
    kept = path.parent.glob(f"{glob.escape(path.name)}.before-*")
    return bool(backup.all_in(folder)) or any(one.exists() for one in (*beside, *kept))


def _asked(path: Path, ask: Callable[[sqlite3.Connection], bool]) -> bool:
    """Ask a database; False of one that cannot be read, about which others have more to say."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as found:
            return ask(found)
    except (sqlite3.Error, UnicodeDecodeError):
        return False
