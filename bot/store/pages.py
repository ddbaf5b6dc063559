"""Looking at every page of a database's file."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.store.faults import is_damage, is_unreadable, reason

QUICK: Final = "PRAGMA quick_check(1)"
"""Looks at every page, and every value's type and range."""
LONG: Final = "PRAGMA integrity_check(1)"
"""Compares indexes with their tables too, and rows with those that they name: it takes longer."""
_ORPHANS: Final = "PRAGMA foreign_key_check"
_TABLES: Final = """
SELECT printf('SELECT * FROM "%w"', name) FROM sqlite_schema WHERE type = 'table'
"""
STEPS: Final = 100_000
"""Steps of SQLite's between two looks whether to give up."""


def find(
    path: Path, stopped: Callable[[], bool] = lambda: False, *, how: str = QUICK
) -> str | None:
    """Return what is damaged in a database that may be in use, or None; gives up when `stopped`.

    Only SQLite opens the file here: closed in any other way, it would lose the locks that this
    process has on it.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            found.set_progress_handler(stopped, STEPS)
            return checked(found, how)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return reason(error) if is_damage(error) or is_unreadable(error) else None


def checked(found: sqlite3.Connection, how: str) -> str | None:
    """Return the first thing that SQLite's own check finds, or None; `how` is QUICK or LONG."""
    found.text_factory = _text
    told = str(found.execute(how).fetchone()[0])
    if told != "ok":
        return " ".join(told.split())
    orphan = found.execute(_ORPHANS).fetchone() if how == LONG else None
    return None if orphan is None else f"a row of {orphan[0]} names one of {orphan[2]} that is gone"


def readable(found: sqlite3.Connection) -> bool:
    """Whether every text is one: SQLite's checks do not look at that, and it takes its time."""
    found.text_factory = str
    for (query,) in found.execute(_TABLES).fetchall():
        for _row in found.execute(query):
            pass
    return True


def _text(found: bytes) -> str:
    return found.decode(errors="replace")
