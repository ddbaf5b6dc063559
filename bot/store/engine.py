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
from contextlib import closing, suppress
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


class LostTransactionError(StoreError):
    """SQLite took a whole transaction back, and the flow in which it did went on."""


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

    # Straight to the driver: SQLAlchemy would compile each of these words as a statement; and if
    # anything listened to the engine, each statement would look for its listeners.
    dialect: Any = engine.dialect
    dialect.do_begin = lambda connection: connection.execute(begin)
    dialect.do_savepoint = _savepoints("SAVEPOINT")
    dialect.do_release_savepoint = _savepoints("RELEASE SAVEPOINT")
    dialect.do_rollback_to_savepoint = _savepoints("ROLLBACK TO SAVEPOINT")
    return engine


def _savepoints(word: str) -> Callable[[Connection, str], None]:
    """Return the dialect's method for a word about a savepoint; SQLAlchemy makes the names."""

    def run(connection: Connection, name: str) -> None:
        _driver(connection).execute(f"{word} {name}")

    return run


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
    """One flow waiting for the writer, and the future of who waits for its value."""

    run: Callable[[Db], Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None
    quiet: bool = False

    def settle(self) -> None:
        """Hand over what became of the flow; runs in the loop."""
        if self.future.done():  # the caller was cancelled; the flow is committed all the same
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


class Store:
    """Runs flows and queries.

    The `on_commit` callbacks run, in the loop, after every commit that changed something, unless
    all its flows were `quiet`.
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
        self._reader = threading.local()
        self._opened: list[Connection] = []
        self._writer = threading.Thread(target=self._serve, name="writer", daemon=True)
        if not inline:
            self._writer.start()

    async def write(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `flow` in a transaction and return its value once that is committed."""
        if not self._inline:
            future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self._jobs.put(_Job(lambda db: flow(db, *args, **kwargs), future))
            return await future
        before, told = _changes(self._connection), list[bool]()

        def noted(db: Db) -> T:
            value = flow(db, *args, **kwargs)
            told.append(_is_quiet(db))
            return value

        value = self.write_now(noted)
        if _changes(self._connection) != before and told != [True]:
            self._committed()
        return value

    def write_now(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `flow` in a transaction of its own, in this thread."""
        with _session(self._connection or self._engine) as db, db.begin():
            return flow(db, *args, **kwargs)

    async def read(self, query: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query`, which changes nothing, on a reader thread."""
        if self._inline:
            return self.read_now(query, *args, **kwargs)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self._read(query, *args, **kwargs))

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
        for connection in self._opened:
            connection.close()
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

    # ---- the reader threads --------------------------------------------------------------

    def _read(self, query: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query` on this reader's own connection: to open one costs more than to ask."""
        connection: Connection | None = getattr(self._reader, "connection", None)
        if connection is None:
            connection = self._reader.connection = self._reading.connect()
            self._opened.append(connection)
        with Db(connection) as db:
            return query(db, *args, **kwargs)

    # ---- the writer thread -------------------------------------------------------------

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
                wakes = _commit(connection, batch) and any(_is_loud(job) for job in batch)
                for loop in {one.future.get_loop() for one in batch}:
                    loop.call_soon_threadsafe(self._settle, loop, batch, wakes)
                if ending:
                    return

    def _settle(self, loop: asyncio.AbstractEventLoop, batch: list[_Job], wakes: bool) -> None:  # noqa: FBT001 - for call_soon
        for job in batch:
            if job.future.get_loop() is loop:
                job.settle()
        if wakes:
            self._committed()

    def _committed(self) -> None:
        for callback in self.on_commit:
            callback()


_OF_THE_FILE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
"""SQLite's codes for a file that is locked or full, or a disk that fails."""


def is_passing(error: Exception) -> bool:
    """Whether it is the file that failed, not the flow: the same may work a little later."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0)
    return (code & 0xFF) in _OF_THE_FILE


_QUIET: Final = "quiet"


def quiet(db: Db) -> None:
    """Say, in a flow, that nobody has to be woken by what it has written."""
    db.info[_QUIET] = True


def _is_quiet(db: Db) -> bool:
    return _QUIET in db.info


def _is_loud(job: _Job) -> bool:
    return job.error is None and not job.quiet


def _session(bind: Connection | Engine) -> Db:
    """Return a session that makes the transaction, or takes part in the one there is already."""
    return Db(bind, expire_on_commit=False, join_transaction_mode="rollback_only")


def _changes(connection: Connection | None) -> int:
    """Return how many rows this connection has changed since it was opened."""
    assert connection is not None
    count: int = _driver(connection).total_changes
    return count


def _driver(connection: Connection) -> Any:
    """Return the driver's own connection."""
    return connection.connection.dbapi_connection


def _commit(connection: Connection, batch: list[_Job]) -> bool:
    """Run the batch; a flow that fails takes only itself back. Return whether anything changed."""
    before = _changes(connection)
    _store(connection, batch)
    return _changes(connection) != before


def _store(connection: Connection, batch: list[_Job]) -> None:
    """Run the batch in one transaction.

    Where a flow fails all of it is taken back and run anew: those before it, it, and those after
    it, each in a transaction of their own. That costs less than a savepoint around every flow.
    """
    failed: int | None = None
    try:
        with connection.begin():
            for place, job in enumerate(batch):
                failed = place
                _run(connection, job)
            failed = None
    except Exception as error:  # noqa: BLE001 - whatever it was, who waits must know
        _take_back(connection)
        if failed is None or len(batch) == 1:
            for job in batch:
                job.error = error
            return
        for part in (batch[:failed], batch[failed : failed + 1], batch[failed + 1 :]):
            if part:
                _store(connection, part)


def _take_back(connection: Connection) -> None:
    """End a transaction that a commit which failed has left open: no other could begin."""
    driver = _driver(connection)
    if driver.in_transaction:
        with suppress(sqlite3.Error):
            driver.rollback()


def _run(connection: Connection, job: _Job) -> None:
    """Run a flow in the open transaction, with a session of its own."""
    with _session(connection) as db, db.begin():
        job.value = job.run(db)
        job.quiet = _is_quiet(db)
    if not _driver(connection).in_transaction:
        raise LostTransactionError
