"""A damaged database: which backup to put in its place."""

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.store import backup, schema
from bot.store.engine import file_of
from bot.store.faults import DamagedError, is_damage, reason
from bot.store.pages import LONG, checked, readable


def newest_good(folder: Path) -> Path | None:
    """Return the newest backup in `folder` that can be restored, or None.

    One in which nobody was ever an athlete comes last. Each is looked at anew, indexes and texts
    included: a disk that damages one file damages others.
    """
    newest_first = sorted(
        backup.all_in(folder), key=lambda path: (backup.is_used(path), path), reverse=True
    )
    return next((path for path in newest_first if _is_good(path)), None)


def _is_good(path: Path) -> bool:
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as found:
            whole = schema.is_ours(found) and checked(found, LONG) is None
            return whole and readable(found)
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def sentence(url: str, folder: Path, why: str) -> str:
    """Return what to do about a damaged database, in one sentence."""
    return with_backup(f"database.url: {file_of(url)} is damaged ({why})", folder)


def with_backup(what: str, folder: Path) -> str:
    """Return a sentence of what is wrong, and of the newest good backup to restore."""
    good = newest_good(folder)
    if good is None:
        return f"{what}, and there is no good backup in {folder}."
    command = f"holdfast restore {shlex.quote(str(good.absolute()))}"
    return f"{what}; the newest good backup is {good.name}: run `{command}`."


@contextmanager
def told(url: str, folder: Path) -> Iterator[None]:
    """Turn whatever tells of damage into a `DamagedError` that names the backup to restore."""
    try:
        yield
    except Exception as error:
        if not is_damage(error):
            raise
        why = reason(error)
        raise DamagedError(why, sentence(url, folder, why)) from error
