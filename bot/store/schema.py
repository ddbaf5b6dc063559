"""Whether a database has this version's schema, or can get it: asked at every start.

To import Alembic takes a tenth of a start, and there is hardly ever something to migrate: this
does without.
"""

import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from bot.store.engine import file_of
from bot.store.faults import DamagedError, StoreError

VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"

READABLE_SINCE: Final = "0013"
"""The oldest version, by its newest migration, that can work on this one's tables on a server.

A migration that only adds leaves it as it is. One that takes away, or says something in another
way, sets it to the first version that does without what goes (docs/decisions/8-versions.md).
"""

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


def check(found: sqlite3.Connection) -> str | None:
    """Return the revision of a database that this version can use, or None of an empty one.

    Raises `StoreError` for one of a newer version, since there is no way down, or of another
    program; `DamagedError` where the bot's tables are there and nothing says of which version.
    """
    names = {row[0] for row in found.execute("SELECT name FROM sqlite_master")}
    rows = []
    if "alembic_version" in names:
        rows = found.execute("SELECT version_num FROM alembic_version").fetchall()
    return judged(names, [str(row[0]) for row in rows])


def reads_newer(revision: str, since: str | None) -> bool:
    """Whether these are tables of a newer version that this one can work on.

    `since` is the oldest one that can, if that is known.
    """
    return revision not in known() and since in known()


def judged(
    names: Collection[str], revisions: Sequence[str], since: str | None = None
) -> str | None:
    """Do the same for the names of tables, and the revisions that they are said to have.

    Those of a newer version are not refused where this one can work on them.
    """
    if not revisions and "session" in names:
        raise DamagedError("its tables are there, and their schema's version is gone")
    if not revisions and names:
        raise StoreError("database.url: it is the database of another program.")
    if len(revisions) > 1:
        raise DamagedError("its schema is said to be of several versions")
    revision = revisions[0] if revisions else None
    if revision is None or revision in known() or reads_newer(revision, since):
        return revision
    raise StoreError(
        f"The database has schema {revision}, which this version does not know: "
        "it was made by a newer Holdfast. Update the program, or restore a backup."
    )


def check_file(path: Path) -> str | None:
    """Do the same for a database's file."""
    with closing(sqlite3.connect(path)) as connection:
        return check(connection)


def has_athletes(found: sqlite3.Connection) -> bool:
    """Whether anybody has ever been an athlete here; who was erased since counts as well."""
    query = "SELECT 1 FROM sqlite_sequence WHERE name = 'plan'"
    return found.execute(query).fetchone() is not None


def is_ours(found: sqlite3.Connection) -> bool:
    """Whether it is a Holdfast database of a schema that this version knows."""
    names = {row[0] for row in found.execute("SELECT name FROM sqlite_master")}
    if not names >= NEEDED:
        return False
    rows = found.execute("SELECT version_num FROM alembic_version").fetchall()
    return len(rows) == 1 and rows[0][0] in known()
