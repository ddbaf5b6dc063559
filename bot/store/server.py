"""A database on a server: whether it can be used, its schema, and that one instance leads it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot.store import own_bot, refusals
from bot.store.backup import BackupError, Copied
from bot.store.driver import raw
from bot.store.faults import DamagedError, StoreError, is_damage, is_passing, reason
from bot.store.file import InUseError, path_of
from bot.store.postgresql import connect, named
from bot.store.server_connection import ServerConnection
from bot.store.server_schema import Tables, tables, upgrade

OLDEST: Final = 15
"""The first PostgreSQL that this is tested with."""
_ORDERS: Final = frozenset({"C", "POSIX", "C.UTF-8", "C.UTF8"})
"""Collations that compare texts by their code points."""
LEADS: Final = 0x484F4C44
"""The first half of the number by which the one that leads is known; the second is the schema."""
TRY_TO_LEAD: Final = (
    "SELECT pg_try_advisory_lock(%s, quote_ident(current_schema())::regnamespace::oid::int)"
)
_LED: Final = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid::bigint = %s AND objid = quote_ident(current_schema())::regnamespace::oid
"""
_KIND: Final = """
SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version'),
    pg_encoding_to_char(encoding), to_jsonb(d) ->> 'datcollate',
    coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale', ''),
    current_setting('transaction_read_only')::boolean
FROM pg_database d WHERE datname = current_database()
"""
_NOT_ALLOWED: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relname = ANY(%s) AND NOT (
    has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
    AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
UNION ALL
SELECT relname FROM pg_class
WHERE relnamespace = quote_ident(current_schema())::regnamespace
    AND CASE relkind WHEN 'S' THEN NOT has_sequence_privilege(oid, 'USAGE') ELSE false END
LIMIT 1
"""
_NOT_OWNED: Final = """
SELECT relname FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace
    AND relname = ANY(%s) AND NOT pg_has_role(relowner, 'USAGE') LIMIT 1
"""


class ServerHome:
    """A database on a server, as a start and the commands see it."""

    def __init__(self, url: str, backups: str) -> None:
        self.url = url
        self.folder = path_of("backup.folder", backups, Path())
        self.makes_backups = False

    def __str__(self) -> str:
        return named(self.url)

    def check(self) -> None:
        """Raise `StoreError` with one sentence unless the bot can run here; nothing is changed."""
        name = str(self)
        with (
            self.told(),
            closing(connect(self.url)) as first,
            closing(connect(self.url)) as second,
        ):
            if _is_pooled(first, second):
                raise refusals.pooled(name)
            _check_kind(first, name)
            _check_schema(first, name)

    def require(self, hint: str) -> None:  # noqa: ARG002 - a server says what is wrong itself
        """Raise `StoreError` unless there is a database."""
        self.check()

    def require_current(self) -> None:
        """Raise `StoreError` unless this version's tables are there."""
        found = self._tables()
        if found.is_usable and not found.is_newest:
            raise StoreError(
                f"database.url: {self} has the newer schema {found.revisions[0]}; that needs the "
                "version of Holdfast that made it."
            )
        self._require(found.is_newest)

    def require_usable(self) -> None:
        """Raise `StoreError` unless there are tables that this version can work on."""
        self._require(self._tables().is_usable)

    def _require(self, is_there: bool) -> None:  # noqa: FBT001 - for the two above
        if not is_there:
            raise StoreError(
                f"database.url: {self} does not have this version's schema; "
                "run `holdfast migrate` first."
            )

    def expect(self, *, new: bool) -> None:  # noqa: ARG002 - a server makes no database by itself
        """Raise `StoreError` unless it can be brought to this version's schema."""
        self.check()

    def is_in_use(self) -> bool:
        """Whether an instance leads this database."""
        with closing(connect(self.url)) as found, self.told():
            row = found.execute(_LED, (LEADS,)).fetchone()
            return row is not None and bool(row[0])

    def lock(self) -> "ServerLock":
        """Return the right to lead; raises `InUseError` while another has it."""
        return ServerLock(self.url)

    def lock_to_migrate(self) -> "Beside | ServerLock":
        """Return the right to migrate it: others may lead meanwhile if tables only grow."""
        return Beside() if self._tables().is_expanded else self.lock()

    def is_current(self) -> bool:
        """Whether the database needs no migration: newer tables may do as well."""
        return self._tables().is_usable

    def shows_nodes(self) -> bool:
        """Whether it says who leads and stands by, be it current or not."""
        return self._tables().names >= {"lease", "node"}

    def bot(self) -> str | None:
        """Read whose it is, of whatever version it is."""
        with closing(connect(self.url)) as found, self.told():
            is_there = "fact" in tables(found).names
            row = found.execute(own_bot.QUERY).fetchone() if is_there else None
        return None if row is None else str(row[0])

    def _tables(self) -> Tables:
        with closing(connect(self.url)) as found, self.told():
            return tables(found)

    def migrate(self) -> tuple[str | None, str]:
        """Bring it to this version's schema; return what it was and is."""
        with self.told():
            return upgrade(self.url)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Turn whatever tells of the server, and not of a flow, into a `StoreError`."""
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            if is_damage(error):
                why = reason(error)
                sentence = f"database.url: {self} is damaged ({why}); restore it by its own tools."
                raise DamagedError(why, sentence) from error
            if isinstance(error, psycopg.errors.InsufficientPrivilege):
                raise refusals.no_rights(str(self), reason(error)) from error
            if not is_passing(error):
                raise
            raise refusals.lost(str(self), error) from error

    def check_pages(self) -> None:
        """A server looks at its own pages."""

    def find_damage(self, stopped: Callable[[], bool], *, closely: bool) -> str | None:  # noqa: ARG002 - a file's
        """Find nothing: a server looks at its own pages."""
        return None

    def back_up(self, now: datetime, keep: int, stopped: Callable[[], bool]) -> Copied:  # noqa: ARG002 - a file's
        """Raise `BackupError`: a server has tools of its own for that."""
        raise BackupError(f"No backup was made of {self}: {OWN_TOOLS}.")

    def require_file(self) -> None:
        """Raise `StoreError`: no file can be put in its place."""
        raise StoreError(f"database.url: {self} is no file: {OWN_TOOLS}.")


OWN_TOOLS: Final = "back up a server, and restore it, by pg_dump or pgBackRest"


class Beside:
    """The right to do what harms nobody who leads meanwhile."""

    def keep(self, db: Db | None = None) -> None:
        """There is nothing to keep."""

    def release(self) -> None:
        """There is nothing to release."""


class ServerLock:
    """The right to lead: one instance a database. The second one is told so.

    At first it is held by a connection of its own. From `keep` on the writer's connection holds it,
    so that nobody can write who has lost it.
    """

    def __init__(self, url: str) -> None:
        self._name = named(url)
        self._own: ServerConnection | None = connect(url)
        try:
            self._take(self._own.execute(TRY_TO_LEAD, (LEADS,)).fetchone())
        except BaseException:
            self.release()
            raise

    def _take(self, found: Any) -> None:
        if not found[0]:
            raise InUseError(f"Another Holdfast is already running on {self._name}; stop it first.")

    def keep(self, db: Db | None = None) -> None:
        """There is a database now; with `db`, whose connection writes, that has the right."""
        if db is None:
            return
        self.release()
        with raw(db.connection()).cursor() as cursor:
            self._take(cursor.execute(TRY_TO_LEAD, (LEADS,)).fetchone())

    def release(self) -> None:
        """Let another instance lead, unless the writer's connection has the right."""
        if self._own is not None:
            with suppress(psycopg.Error), self._own:  # closing it alone takes effect a little later
                self._own.execute("SELECT pg_advisory_unlock_all()")
            self._own = None


def _is_pooled(first: ServerConnection, second: ServerConnection) -> bool:
    """Whether transactions of a connection go to whatever server process is free."""
    seen = [_process(one) for one in (first, second, second, first)]
    return bool(seen[0] != seen[3] or seen[1] != seen[2] or seen[0] == seen[1])


def _process(connection: ServerConnection) -> Any:
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    return None if row is None else row[0]


def _check_kind(found: ServerConnection, name: str) -> None:
    row = found.execute(_KIND).fetchone()
    assert row is not None
    number, version, encoding, collation, locale, is_read_only = row
    if number < OLDEST:
        raise refusals.too_old(name, version, OLDEST)
    if encoding != "UTF8":
        raise refusals.other_order(name, f"ENCODING '{encoding}'")
    order = locale or collation or ""
    if order.upper() not in _ORDERS:
        raise refusals.other_order(name, f"LOCALE '{order}'")
    if is_read_only:  # an address may ask for such a one
        raise refusals.read_only(name)


def _check_schema(found: ServerConnection, name: str) -> None:
    """Raise `StoreError` unless the tables are there, or can be made or changed."""
    row = found.execute(
        "SELECT current_schema(), coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)"
    ).fetchone()
    assert row is not None
    where, may_make = row
    if where is None:
        raise refusals.no_rights(name, "there is no schema that it may use")
    there = tables(found)
    there.judged()
    ours = list(SQLModel.metadata.tables)
    gone = sorted(set(ours) - there.names) if there.is_newest else []
    if gone:
        why = f"the table {gone[0]} is gone"
        sentence = (
            f"database.url: {name} is not whole: {why}; restore it by the server's own tools."
        )
        raise DamagedError(why, sentence)
    if not there.is_usable:
        if not may_make:
            raise refusals.no_rights(
                name,
                f"it may not make tables; as the schema's owner, run: GRANT CREATE ON SCHEMA "
                f'"{where}" TO its name',
            )
        _allowed(found.execute(_NOT_OWNED, (ours,)).fetchone(), name, "the owner of")
    _allowed(found.execute(_NOT_ALLOWED, (ours,)).fetchone(), name, "allowed to read and write")


def _allowed(row: Any, name: str, what: str) -> None:
    if row is not None:
        raise refusals.no_rights(name, f"it is not {what} the table or sequence {row[0]}")
