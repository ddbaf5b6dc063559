"""The tables on a server: which version's they are, who can work on them, and how they get newer.

Versions run side by side while nodes are updated (docs/decisions/8-versions.md). So the tables say
since which version programs can work on them, and a migration takes no lock for long.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

import bot.store.tables  # noqa: F401 - fills the metadata
from bot.expected import Code
from bot.store import schema
from bot.store.driver import raw
from bot.store.faults import StoreError, is_in_the_way
from bot.store.postgresql import open_engine

VERSIONS: Final = (
    "SELECT version_num, to_jsonb(version) ->> 'readable_since' FROM alembic_version version"
)
"""Their version, and since which one programs can work on them, if that is said."""
_TABLES: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relkind = 'r'
"""
_MIGRATES: Final = 0x484F4C44
"""By this number it is known that somebody changes the tables."""
_ALONE: Final = text("SELECT pg_try_advisory_lock(:one)")
_NOT_ALONE: Final = text("SELECT pg_advisory_unlock_all()")
_QUICKLY: Final = text("SELECT set_config('lock_timeout', '100ms', false)")
"""Who waits for a lock on a table keeps all others from it."""
_PAUSE: Final = text("SELECT pg_sleep(0.2)")
"""The server waits: this runs in no loop, and has no clock."""
_TRIES: Final = 200
"""So often, a minute in all, where the tables are used without a pause."""
_KEPT: Final = text("ALTER TABLE alembic_version ADD COLUMN IF NOT EXISTS readable_since text")
_SINCE: Final = text("UPDATE alembic_version SET readable_since = :since")


class InTheWayError(StoreError):
    """Others have used the tables without a pause, so they could not be changed."""

    code = Code.CANNOT_GO_ON


@dataclass(frozen=True, slots=True)
class Tables:
    """What is there: names, the revision, and the oldest one whose programs can work on it."""

    names: frozenset[str]
    revisions: tuple[str, ...] = ()
    since: str | None = None

    def judged(self) -> str | None:
        """Return their revision, or None where there are none; raises as `schema.judged` does."""
        return schema.judged(self.names, self.revisions, self.since)

    @property
    def is_newest(self) -> bool:
        """Whether they are exactly this version's."""
        return self.revisions == (schema.newest(),)

    @property
    def is_usable(self) -> bool:
        """Whether they need no migration: they are this version's, or newer ones that it reads."""
        return is_usable([(one, self.since) for one in self.revisions])

    @property
    def is_expanded(self) -> bool:
        """Whether this version only adds to them: all that may work on them still can."""
        if not self.revisions:
            return False
        revision = self.revisions[0]
        return min(revision, self.since or revision) >= schema.READABLE_SINCE


def is_usable(rows: Sequence[Any]) -> bool:
    """Whether this version can work on tables of which `VERSIONS` says so."""
    if len(rows) != 1:
        return False
    revision, since = rows[0]
    return revision == schema.newest() or schema.reads_newer(revision, since)


def tables(found: psycopg.Connection[Any]) -> Tables:
    """Return what is there."""
    names = frozenset(row[0] for row in found.execute(_TABLES))
    if "alembic_version" not in names:
        return Tables(names)
    rows = found.execute(VERSIONS).fetchall()
    return Tables(names, tuple(row[0] for row in rows), rows[0][1] if rows else None)


# ---- migrating ------------------------------------------------------------------------


def upgrade(url: str) -> tuple[str | None, str]:
    """Bring the tables to this version's schema; return the revisions before and after.

    New ones are made whole or not at all. Of older ones each migration is, but for what it does by
    `bot.store.expanding`, which can be done again. Newer ones stay as they are. Raises what
    `schema.judged` raises; `InTheWayError`.
    """
    engine = open_engine(url, writes=True)
    try:
        with engine.connect() as connection:
            _alone(connection)
            try:
                return _upgraded(connection)
            finally:
                with suppress(DBAPIError), connection.begin():
                    connection.execute(_NOT_ALONE)
    finally:
        engine.dispose()


def _alone(connection: Connection) -> None:
    """Wait until nobody else changes the tables.

    Not in the server's own queue: an index that is made beside others would wait for who waits.
    """
    for _ in range(_TRIES):
        with connection.begin():
            if connection.execute(_ALONE, {"one": _MIGRATES}).scalar_one():
                return
        with connection.begin():
            connection.execute(_PAUSE)
    raise InTheWayError("Another Holdfast changes the tables all the time; try again later.")


def _upgraded(connection: Connection) -> tuple[str | None, str]:
    from bot.store import steps  # noqa: PLC0415 - see bot/store/schema.py

    with connection.begin():
        found = tables(raw(connection))
    before, newest = found.judged(), schema.newest()
    if before is None:
        with connection.begin():
            SQLModel.metadata.create_all(connection)
            steps.stamp(connection)
            _note(connection)
        return None, newest
    if found.is_usable:
        return before, before
    if found.is_expanded:  # said before: who looks meanwhile can go on
        _in_turn(connection, _noted)
    _in_turn(connection, steps.upgrade)
    _in_turn(connection, _noted)
    return before, newest


def _in_turn(connection: Connection, step: Any) -> None:
    """Take a step; where somebody has a table, others go first, and it is tried again."""
    for left in reversed(range(_TRIES)):
        with connection.begin():
            connection.execute(_QUICKLY)
        try:
            step(connection)
        except DBAPIError as error:
            connection.rollback()
            if not is_in_the_way(error):
                raise
            if not left:
                raise InTheWayError(
                    "The tables were used without a pause, and are not all changed; what is done "
                    "stays, and harms nobody. Run `holdfast migrate` again at a quieter time."
                ) from error
            with connection.begin():
                connection.execute(_PAUSE)
        else:
            return


def _noted(connection: Connection) -> None:
    with connection.begin():
        _note(connection)


def _note(connection: Connection) -> None:
    """Say in the tables since which version programs can work on them."""
    connection.execute(_KEPT)
    connection.execute(_SINCE, {"since": schema.READABLE_SINCE})
