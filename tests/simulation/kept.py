"""What a run's life is kept in, as the simulation handles it: an SQLite file, or a server's own.

Here is all that is not the same for both: how what is committed is read, and how faults strike.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, suppress
from pathlib import Path
from typing import Any, Final, Protocol
from unittest.mock import patch

import psycopg
from psycopg.adapt import Loader
from psycopg.rows import RowMaker
from sqlmodel import SQLModel

from bot.store import postgresql, sqlite
from bot.store.driver import is_server
from bot.store.file import file_of

Release = Callable[[], None]
"""Gives back what was locked."""


class Row(Protocol):
    """A row, by names or by places."""

    def __getitem__(self, key: int | str, /) -> Any:
        """Return a value."""

    def __iter__(self) -> Iterator[Any]:
        """Yield the values."""


class Reading(Protocol):
    """A connection that reads what is committed; instants and days come as text, in UTC."""

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query, whose values stand as `?`."""

    def version(self) -> object:
        """Return what is another thing as soon as anything has been committed."""

    def close(self) -> None:
        """Let go of it."""


class Kept(Protocol):
    """A database of one kind."""

    url: str
    waits_s: float
    """How long the bot's writes wait for a lock."""

    @property
    def nowhere(self) -> str:
        """The address while nobody is let in."""

    def impatient(self) -> AbstractContextManager[object]:
        """Around a run: nothing waits for a lock in real time; the weather does, in the run's."""

    def read(self) -> Reading:
        """Open a connection beside the bot's."""

    def lock(self) -> Release:
        """Lock everything against whoever writes, as somebody else."""

    def fill(self, driver: Any) -> None:
        """Leave no room on the disk for what the bot writes by its connection."""

    def make_room(self, driver: Any) -> None:
        """Let there be room again."""

    def end(self) -> None:
        """End the bot's connections from the other side."""


# ---- a file ---------------------------------------------------------------------------


class FileReading:
    """Reads a file."""

    def __init__(self, path: Path) -> None:
        self._raw = sqlite3.connect(path, isolation_level=None)
        self._raw.row_factory = sqlite3.Row

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query."""
        return self._raw.execute(query, values).fetchall()

    def version(self) -> object:
        """Return SQLite's own count of what others have committed."""
        return self._raw.execute("PRAGMA data_version").fetchone()[0]

    def close(self) -> None:
        """Let go of the file."""
        self._raw.close()


class File:
    """An SQLite file."""

    waits_s = sqlite.BUSY_MS / 1000

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    @property
    def nowhere(self) -> str:
        """A file lets everybody in."""
        return self.url

    def impatient(self) -> AbstractContextManager[object]:
        """Let SQLite not wait."""
        return patch.object(sqlite, "BUSY_MS", 0)

    def read(self) -> FileReading:
        """Open the file once more."""
        return FileReading(self.path)

    def lock(self) -> Release:
        """Hold the write lock, as a backup tool or a person with a shell does."""
        held = sqlite3.connect(self.path, isolation_level=None)
        held.execute("BEGIN IMMEDIATE")

        def release() -> None:
            with closing(held):
                held.execute("ROLLBACK")

        return release

    def fill(self, driver: Any) -> None:
        """Let the file not grow: SQLite takes the size it has now."""
        driver.execute("PRAGMA max_page_count = 1")

    def make_room(self, driver: Any) -> None:
        """Let it grow."""
        driver.execute("PRAGMA max_page_count = 1073741823")

    def end(self) -> None:
        """There is no other side."""
        raise NotImplementedError


# ---- a server -------------------------------------------------------------------------

_FULL: Final = """
CREATE FUNCTION has_no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
END $$;
DO $$ DECLARE name text; BEGIN
FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
EXECUTE format('CREATE TRIGGER has_no_room BEFORE INSERT OR UPDATE ON %I FOR EACH STATEMENT
    WHEN (current_setting(''simulation.disk'', true) = ''full'') EXECUTE FUNCTION has_no_room()',
    name);
END LOOP; END $$
"""
"""Refuses what needs room, as a server does whose disk is full, where a connection is told so."""
_END: Final = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = %s
"""
_UTC: Final = "-c TimeZone=UTC"


class _Words(Loader):
    """Reads an instant, or a day, as its text."""

    def load(self, data: Any) -> str:
        return bytes(data).decode()


class _Row:
    """A row as `sqlite3.Row` is one."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: dict[str, int], values: tuple[Any, ...]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, key: int | str) -> Any:
        return self._values[self._places[key] if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)


def _made(cursor: psycopg.Cursor[Any]) -> RowMaker[_Row]:
    places = {column.name: place for place, column in enumerate(cursor.description or ())}
    return lambda values: _Row(places, tuple(values))


class ServerReading:
    """Reads a server's database."""

    def __init__(self, url: str) -> None:
        self._raw = psycopg.connect(url, autocommit=True, options=_UTC, row_factory=_made)
        for kind in ("timestamptz", "date"):
            self._raw.adapters.register_loader(kind, _Words)
        self._spelled: dict[str, Any] = {}

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return the rows of a query."""
        if query not in self._spelled:
            self._spelled[query] = query.replace("%", "%%").replace("?", "%s")
        return self._raw.execute(self._spelled[query], values).fetchall()

    def version(self) -> object:
        """Return which transactions are over, and which are under way."""
        return self.rows("SELECT pg_current_snapshot()::text")[0][0]

    def close(self) -> None:
        """Let go of the connection."""
        self._raw.close()


class OnServer:
    """A database of a server, of which nobody but the run knows."""

    waits_s = postgresql.LOCK_MS / 1000

    def __init__(self, url: str) -> None:
        self.url = url

    def prepare(self) -> None:
        """Let its disk be one that can be full, in a moment."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(_FULL)

    @property
    def nowhere(self) -> str:
        """A port where nobody listens."""
        return "postgresql://holdfast@127.0.0.1:1/nowhere"

    def impatient(self) -> AbstractContextManager[object]:
        """Let the server wait as shortly as it can."""
        return patch.object(postgresql, "LOCK_MS", 1)

    def read(self) -> ServerReading:
        """Connect beside the bot."""
        return ServerReading(self.url)

    def lock(self) -> Release:
        """Lock all tables against writes, as a person with a shell does."""
        held = psycopg.connect(self.url)
        names = ", ".join(f'"{name}"' for name in SQLModel.metadata.tables)
        held.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")

        def release() -> None:
            with closing(held):
                held.rollback()

        return release

    def fill(self, driver: Any) -> None:
        """Let the server find no room for whatever this connection adds or changes."""
        self._set(driver, "full")

    def make_room(self, driver: Any) -> None:
        """Let it find room."""
        self._set(driver, "")

    def _set(self, driver: Any, value: str) -> None:
        with suppress(psycopg.Error):  # the server may have ended it, which nobody knows yet
            driver.execute("SELECT set_config('simulation.disk', %s, false)", (value,))
            driver.commit()

    def end(self) -> None:
        """Have the server end them, as one that restarts does, and wait until it has."""
        with psycopg.connect(self.url, autocommit=True) as other:
            other.execute(_END, (postgresql.DEFAULTS["fallback_application_name"],))


def kept_at(url: str) -> Kept:
    """Return the database at an address."""
    return OnServer(url) if is_server(url) else File(file_of(url))
