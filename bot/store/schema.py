"""Whether a database has this version's schema: asked at every start, so without Alembic.

To import Alembic takes a tenth of a start, and there is hardly ever something to migrate.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.store.engine import file_of

VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"


NEEDED: Final = frozenset({"alembic_version", "person", "athlete", "session", "outbox", "inbox"})
"""Tables that every Holdfast database has had since the first."""


def known() -> frozenset[str]:
    """Return the revisions of this version: the files of the migrations begin with theirs."""
    return frozenset(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def newest() -> str:
    """Return this version's own revision."""
    return max(known())


def is_current(url: str) -> bool:
    """Whether the database at `url` needs no migration; False for one that cannot be read."""
    path = file_of(url)
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error:
        return False
    return rows == [(newest(),)]


def is_ours(found: sqlite3.Connection) -> bool:
    """Whether it is a Holdfast database of a schema that this version knows."""
    names = {row[0] for row in found.execute("SELECT name FROM sqlite_master")}
    if not names >= NEEDED:
        return False
    rows = found.execute("SELECT version_num FROM alembic_version").fetchall()
    return len(rows) == 1 and rows[0][0] in known()
