"""Looking at every page of a database's file."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.store.faults import is_damage, is_unreadable, reason

STEPS: Final = 100_000
"""Steps of SQLite's between two looks whether to give up."""


def find(
    path: Path, stopped: Callable[[], bool] = lambda: False, *, how: str = "quick_check"
) -> str | None:
    """Return what is damaged in a database that may be in use, or None; gives up when `stopped`.

    Every page is looked at, and every value's type and range; only an "integrity_check" compares
    indexes with their tables, which takes three times as long. Only SQLite opens the file here:
    closed in any other way, it would lose the locks that this process has on it.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            found.set_progress_handler(stopped, STEPS)
            return checked(found, how)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return reason(error) if is_damage(error) or is_unreadable(error) else None


def checked(found: sqlite3.Connection, how: str) -> str | None:
    """Return the first thing that SQLite's own check finds, or None."""
    found.text_factory = _text
    told = str(found.execute(f"PRAGMA {how}(1)").fetchone()[0])
    return None if told == "ok" else " ".join(told.split())


def readable(found: sqlite3.Connection) -> bool:
    """Whether every text is one: SQLite's checks do not look at that, and it takes its time."""
    found.text_factory = str
    names = [row[0] for row in found.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for name in names:
        for _row in found.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - the tables' own names
            pass
    return True


def _text(found: bytes) -> str:
    return found.decode(errors="replace")
