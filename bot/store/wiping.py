"""Taking what was erased out of the file: free pages, moved rows and the write-ahead log have it.

SQLite zeroes what is deleted (`secure_delete`), but not what it has moved before. So the file is
written anew, and the log is emptied: at once where that takes a moment, else while nobody trains.
"""

import sqlite3
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlmodel import Session as Db

from bot.store import facts, sessions
from bot.store.engine import BUSY_MS, afterwards

WANTED: Final = "wipe"
"""The fact that something erased may still be in the file."""
AT_ONCE: Final = 16 * 2**20
"""Bytes of a file that is written anew in a moment."""
_DONE: Final = f"DELETE FROM fact WHERE key = '{WANTED}'"  # noqa: S608 - a constant


def want(db: Db, now: datetime) -> None:
    """Take what this flow deletes out of the file, once it is committed."""
    facts.set_fact(db, WANTED, "", now)
    afterwards(db, _wipe)


def go_on(db: Db, *, whole: bool) -> None:
    """Do what is still to be done; a large file is written anew only if `whole` is given."""
    if facts.fact(db, WANTED) is not None:
        afterwards(db, partial(_wipe, whole=whole))


def go_on_if_calm(db: Db) -> None:
    """Do all of it, if nobody trains: a large file takes its seconds."""
    go_on(db, whole=not sessions.all_live(db))


def _wipe(driver: Any, *, whole: bool = False) -> None:
    """Write the file anew and empty its log; whoever reads just now puts that off."""
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        small = _bytes_of(driver) <= AT_ONCE
        if small or whole:
            driver.execute("VACUUM")
        (busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy and (small or whole):
            driver.execute(_DONE)
    except sqlite3.Error:  # no room, or locked: it is wanted still
        pass
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_MS}")


def _bytes_of(driver: Any) -> int:
    pages, size = (
        driver.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
    )
    return int(pages) * int(size)
