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
from bot.store.dialect import has_file
from bot.store.engine import afterwards
from bot.store.sqlite import WAITS

WANTED: Final = "wipe"
"""The fact that something erased may still be in the file."""
AT_ONCE: Final = 16 * 2**20
"""Bytes of a file that is written anew within a second …"""
_BESIDE: Final = 2**20
"""… and of one that nobody notices who is in a set."""
_DONE: Final = f"DELETE FROM fact WHERE key = '{WANTED}'"  # noqa: S608 - a constant


def want(db: Db, now: datetime) -> None:
    """Take what this flow deletes out of the file, once it is committed; a server has none."""
    if not has_file(db):
        return
    facts.set_fact(db, WANTED, "", now)
    afterwards(db, partial(_wipe, most=_BESIDE if sessions.all_live(db) else AT_ONCE))


def go_on(db: Db) -> None:
    """Do what is still to be done; while somebody trains, of a small file alone.

    A server's database may have the wish from a file that it was copied from: it has no pages.
    """
    if facts.fact(db, WANTED) is None:
        return
    if has_file(db):
        afterwards(db, partial(_wipe, most=_BESIDE if sessions.all_live(db) else None))
    else:
        facts.forget_fact(db, WANTED)


def _wipe(driver: Any, *, most: int | None) -> None:
    """Empty the log and write the file anew, if it has so many bytes at most.

    Whoever reads just now puts that off.
    """
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        anew = most is None or _bytes_of(driver) <= most
        if anew:
            driver.execute("VACUUM")
        (busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if anew and not busy:
            driver.execute(_DONE)
    except sqlite3.Error:  # no room, or locked: it is wanted still
        pass
    finally:
        driver.execute(WAITS)


def _bytes_of(driver: Any) -> int:
    pages = driver.execute("PRAGMA page_count").fetchone()[0]
    return int(pages * driver.execute("PRAGMA page_size").fetchone()[0])
