"""The database: how it is opened, and who may write.

Flows are plain functions over a session. `Store.write` runs them on the one writer thread, several
waiting ones in one transaction (group commit); `Store.read` runs queries on reader threads.
"""

import asyncio
import fcntl
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool
from sqlmodel import Session as Db

P = ParamSpec("P")
T = TypeVar("T")
Flow = Callable[Concatenate[Db, P], T]

MAX_BATCH: Final = 256
"""Flows committed together at most."""
READERS: Final = 2
BUSY_MS: Final = 5_000
EXAMPLE: Final = "sqlite:///data/holdfast.db"


class StoreError(Exception):
    """The database can not be opened; the text is a sentence for a person."""


class InUseError(StoreError):
    """Another instance runs on this database."""


def open_engine(url: str, *, begin: str) -> Engine:
    """Return an engine whose transactions start with `begin`; files are made private (0600)."""
    path = file_of(url)
    _private_file(path)
    check_database(path)
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False},
        poolclass=NullPool,
        hide_parameters=True,  # an error's text reaches the log: it must not tell names and pain
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun below, never by the driver
        for pragma in (
            f"busy_timeout = {BUSY_MS}",  # first: the next ones may have to wait
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def file_of(url: str) -> Path:
    """Return the file of a database's address; raises `StoreError` when it names none."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"database.url must be an address such as {EXAMPLE}.") from error
    if address.get_backend_name() != "sqlite":
        kind = address.get_backend_name()
        raise StoreError(f"database.url: only sqlite:/// addresses work today, not {kind}.")
    if address.database in {None, "", ":memory:"}:
        raise StoreError(f"database.url needs a file, for example {EXAMPLE}.")
    return Path(str(address.database))


def check_database(path: Path) -> None:
    """Raise `StoreError` unless `path` is an SQLite database, or empty."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.DatabaseError as error:
        raise StoreError(f"database.url: {path} can not be used ({error}).") from error


def _private_file(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise StoreError(f"database.url: {path} can not be opened ({error.strerror}).") from error


class FileLock:
    """One instance per database file; the second one is told so."""

    def __init__(self, url: str) -> None:
        database = file_of(url)
        path = database.with_name(f"{database.name}.lock")
        _private_file(path)
        self._file = path.open("r+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise InUseError(
                f"Another Holdfast is already running on {database}; stop it first."
            ) from error

    def release(self) -> None:
        """Let another instance in."""
        self._file.close()


@dataclass(slots=True)
class _Job:
    """One flow waiting for the writer."""

    run: Callable[[Db], Any]
    done: Callable[[Any, BaseException | None, bool], None]
    value: Any = None
    error: BaseException | None = None


class Store:
    """Runs flows and queries.

    The `on_commit` callbacks run, in the loop, after every commit that changed something.
    With `inline` everything runs in the caller's thread, one flow a transaction: for tests.
    """

    def __init__(self, url: str, *, inline: bool = False) -> None:
        self._engine = open_engine(url, begin="BEGIN IMMEDIATE")
        self._reading = open_engine(url, begin="BEGIN")
        self._connection = self._engine.connect() if inline else None
        self._inline = inline
        self.on_commit: list[Callable[[], None]] = []
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._writer = threading.Thread(target=self._serve, name="writer", daemon=True)
        if not inline:
            self._writer.start()

    async def write(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `flow` in a transaction and return its value once that is committed."""
        if self._inline:
            before = _changes(self._connection)
            value = self.write_now(flow, *args, **kwargs)
            changed = _changes(self._connection) != before
        else:
            value, changed = await self._queued(lambda db: flow(db, *args, **kwargs))
        if changed:
            for callback in self.on_commit:
                callback()
        return value

    def write_now(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `flow` in a transaction of its own, in this thread."""
        with Db(self._connection or self._engine, expire_on_commit=False) as db, db.begin():
            return flow(db, *args, **kwargs)

    async def read(self, query: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query`, which changes nothing, on a reader thread."""
        if self._inline:
            return self.read_now(query, *args, **kwargs)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._readers, lambda: self.read_now(query, *args, **kwargs)
        )

    def read_now(self, query: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query` in this thread."""
        with Db(self._connection or self._reading) as db:
            return query(db, *args, **kwargs)

    def close(self) -> None:
        """Finish what is queued and let go of the file."""
        if not self._inline and self._writer.is_alive():
            self._jobs.put(None)
            self._writer.join()
        self._readers.shutdown()
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()
        self._reading.dispose()

    def __enter__(self) -> Self:
        """Return the store; leaving closes it."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close the store."""
        self.close()

    # ---- the writer thread -------------------------------------------------------------

    async def _queued(self, run: Callable[[Db], T]) -> tuple[T, bool]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[T, bool]] = loop.create_future()

        def settle(value: Any, error: BaseException | None, changed: bool) -> None:  # noqa: FBT001 - for call_soon
            if future.done():  # the caller was cancelled; the flow is committed all the same
                return
            if error is None:
                future.set_result((value, changed))
            else:
                future.set_exception(error)

        def done(value: Any, error: BaseException | None, changed: bool) -> None:  # noqa: FBT001 - the same
            loop.call_soon_threadsafe(settle, value, error, changed)

        self._jobs.put(_Job(run, done))
        return await future

    def _serve(self) -> None:
        with self._engine.connect() as connection:
            while (job := self._jobs.get()) is not None:
                batch = [job]
                ending = False
                while len(batch) < MAX_BATCH and not self._jobs.empty():
                    following = self._jobs.get()
                    if following is None:
                        ending = True
                        break
                    batch.append(following)
                _commit(connection, batch)
                if ending:
                    return


def _changes(connection: Connection | None) -> int:
    """Return how many rows this connection has changed since it was opened."""
    assert connection is not None
    raw: Any = connection.connection.dbapi_connection
    count: int = raw.total_changes
    return count


def _commit(connection: Connection, batch: list[_Job]) -> None:
    """Run the batch in one transaction; a flow that fails takes only itself back."""
    before = _changes(connection)
    try:
        with Db(connection, expire_on_commit=False) as db, db.begin():
            for job in batch:
                _run(db, job)
    except Exception as error:  # noqa: BLE001 - whatever it was, every waiting flow must know
        for job in batch:
            job.done(None, error, False)
        return
    changed = _changes(connection) != before
    for job in batch:
        job.done(job.value, job.error, changed)


def _run(db: Db, job: _Job) -> None:
    try:
        with db.begin_nested():
            job.value = job.run(db)
    except Exception as error:  # noqa: BLE001 - it is handed to whoever asked for the flow
        job.error = error
