"""The database: how it is opened, and who may write.

Flows are plain functions over a session. `Store.write` runs them on the one writer thread, several
waiting ones in one transaction (group commit); `Store.read` runs queries on reader threads.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Concatenate, Final, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db

from bot.expected import Code
from bot.store.driver import LostTransactionError, raw, settle
from bot.store.drivers import driver_of, open_engine
from bot.store.faults import StoreError, is_damage, is_passing
from bot.store.file import FileLock, InUseError, check_database, file_of
from bot.store.statements import FlowDb

__all__ = [
    "FileLock",
    "InUseError",
    "Store",
    "StoreError",
    "afterwards",
    "check_database",
    "file_of",
    "is_passing",
    "open_engine",
    "quiet",
]


class ClosedError(StoreError):
    """Nothing is stored any more: this process has let go of the database."""

    code = Code.SERVER_AWAY


P = ParamSpec("P")
T = TypeVar("T")
Flow = Callable[Concatenate[Db, P], T]

After = Callable[[Any], None]
"""What is done with the driver's connection once a flow is committed, outside any transaction."""

MAX_BATCH: Final = 256
"""Flows committed together at most."""
TRIES: Final = 3
"""Where the database itself fails, flows are split up at most so often."""
READERS: Final = 2


@dataclass(slots=True)
class _Job:
    """One flow waiting for the writer, and the future of who waits for its value."""

    run: Callable[[Db], Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None
    quiet: bool = False
    after: tuple[After, ...] = ()

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
    The `on_fault` callbacks run after every failure, in whatever thread: first it is counted in
    `refused` if the database would not be written, or kept in `damage` if it is damaged, or in
    `lost` if the writer's connection is gone: nothing is written any more then. `written` counts
    what was stored.
    With `inline` everything runs in the caller's thread, one flow a transaction: for tests.
    """

    def __init__(self, url: str, *, inline: bool = False) -> None:
        self.damage: BaseException | None = None
        self.lost: BaseException | None = None
        self.refused = self.written = self._asked = self._done = self._failed = 0
        self.on_fault: list[Callable[[], None]] = []
        self._driver = driver_of(url)
        self._engine = open_engine(url, writes=True, judge=self.judge)
        self._reading = open_engine(url, writes=False, judge=self.judge)
        self._writing = self._engine.connect()  # here, where a failure is heard
        self._held = raw(self._writing)
        self._driver.send_ahead(self._held)
        self._connection = self._writing if inline else None
        self._inline, self._closed = inline, False
        self.on_commit: list[Callable[[], None]] = []
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._reader = threading.local()
        self._opened: list[Connection] = []
        self._writer = threading.Thread(target=self._serve, name="writer", daemon=True)
        if not inline:
            self._writer.start()

    def judge(self, error: BaseException) -> None:
        """Take note of an error of the database."""
        if is_damage(error):
            self.damage = self.damage or error
        elif is_passing(error):
            self.refused += 1
        self._fault()

    @property
    def waiting(self) -> int:
        """How many flows wait for the writer, or are being written."""
        return self._asked - self._done

    def _fault(self) -> None:
        for callback in self.on_fault:
            callback()

    async def write(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `flow` in a transaction and return its value once that is committed."""
        if self._closed:
            raise ClosedError
        if not self._inline:
            future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            self._asked += 1
            self._jobs.put(_Job(lambda db: flow(db, *args, **kwargs), future))
            return await future
        before, told = self.changes, list[bool]()

        def noted(db: Db) -> T:
            value = flow(db, *args, **kwargs)
            told.append(_is_quiet(db))
            return value

        value = self.write_now(noted)
        if self.changes != before and told != [True]:
            self._committed()
        return value

    @property
    def changes(self) -> int:
        """Return how many rows the writing connection has changed since it was opened."""
        return self._driver.changes(raw(self._writing))

    def write_now(self, flow: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `flow` in a transaction of its own, in this thread."""
        with _session(self._connection or self._engine) as db:
            with db.begin():
                value = flow(db, *args, **kwargs)
            after = _after(db)
        if after:
            with (
                self._engine.connect()
                if self._connection is None
                else nullcontext(self._connection) as connection
            ):
                for act in after:
                    act(raw(connection))
        return value

    async def read(self, query: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query`, which changes nothing, on a reader thread."""
        if self._inline:
            return self.read_now(query, *args, **kwargs)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._readers, lambda: self._read(query, *args, **kwargs)
            )
        except Exception:
            self._fault()
            raise

    def read_now(self, query: Flow[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `query` in this thread."""
        with FlowDb(self._connection or self._reading) as db:
            return query(db, *args, **kwargs)

    @property
    def is_cut(self) -> bool:
        """Whether the writer's connection is gone, though perhaps nobody has used it since."""
        return self.lost is not None or self._driver.is_cut(self._held)

    def sever(self) -> None:
        """End the connections, so that nobody waits for a server that does not answer."""
        for connection in (self._held, *map(raw, self._opened)):
            self._driver.sever(connection)

    def close(self) -> None:
        """Finish what is queued and let go of the file."""
        self._closed = True
        if not self._inline and self._writer.is_alive():
            self._jobs.put(None)
            self._writer.join()
        self._readers.shutdown()
        for connection in (*self._opened, self._writing):
            with suppress(SQLAlchemyError):  # a server has ended it before
                connection.close()
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
        try:
            with FlowDb(connection) as db:
                return query(db, *args, **kwargs)
        finally:
            if connection.invalidated or self._driver.is_lost(raw(connection)):
                self._reader.connection = None

    # ---- the writer thread -------------------------------------------------------------

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch = [job]
            ending = False
            while len(batch) < MAX_BATCH and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    ending = True
                    break
                batch.append(following)
            wakes = self._commit(batch) and any(_is_loud(job) for job in batch)
            for act in (act for job in batch if job.error is None for act in job.after):
                self._act_after(act)
            self.written += sum(job.error is None for job in batch)
            self._done += len(batch)
            for loop in {one.future.get_loop() for one in batch}:
                loop.call_soon_threadsafe(self._settle, loop, batch, wakes)
            if ending:
                return

    def _act_after(self, act: After) -> None:
        """Do what a flow wanted done; whatever goes wrong there, the writer goes on."""
        try:
            act(raw(self._writing))
        except Exception as error:  # noqa: BLE001 - all flows wait for this thread
            self.judge(error)

    def _commit(self, batch: list[_Job]) -> bool:
        """Run the batch; a flow that fails takes only itself back. Return whether it changed."""
        before, self._failed = self.changes, 0
        self._keep(batch)
        return self.changes != before

    def _keep(self, batch: list[_Job]) -> None:
        """Run the batch in one transaction.

        Where a flow fails all of it is taken back, and each half is run anew apart, down to the
        one that fails. That costs less than a savepoint around every flow, and what a flow sends
        ahead may fail during a later one. Where the database itself fails, as one that is locked,
        that ends after TRIES: everybody else waits meanwhile.
        """
        all_ran = False
        try:
            with self._writing.begin():
                for job in batch:
                    self._run(job)
                settle(self._writing)
                all_ran = True
        except Exception as error:  # noqa: BLE001 - whatever it was, who waits must know
            self._driver.take_back(raw(self._writing))
            if self._driver.is_lost(raw(self._writing)):
                self.lost = self.lost or error
            self._failed += is_passing(error)
            given_up = self.lost is not None or self._failed > TRIES
            if all_ran or given_up or len(batch) == 1:
                for job in batch:
                    job.error = error
                return
            half = len(batch) // 2
            self._keep(batch[:half])
            self._keep(batch[half:])

    def _run(self, job: _Job) -> None:
        """Run a flow in the open transaction, with a session of its own."""
        with _session(self._writing) as db, db.begin():
            job.value = job.run(db)
            job.quiet, job.after = _is_quiet(db), _after(db)
        if not self._driver.is_whole(raw(self._writing)):
            raise LostTransactionError

    def _settle(self, loop: asyncio.AbstractEventLoop, batch: list[_Job], wakes: bool) -> None:  # noqa: FBT001 - for call_soon
        for job in batch:
            if job.future.get_loop() is loop:
                job.settle()
        if any(job.error is not None for job in batch):
            self._fault()
        if wakes:
            self._committed()

    def _committed(self) -> None:
        for callback in self.on_commit:
            callback()


_AFTER: Final = "after"


def afterwards(db: Db, act: After) -> None:
    """Say, in a flow, what is to be done when it is committed; it must not raise."""
    db.info[_AFTER] = (*_after(db), act)


def _after(db: Db) -> tuple[After, ...]:
    found: tuple[After, ...] = db.info.get(_AFTER, ())
    return found


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
    return FlowDb(bind, expire_on_commit=False, join_transaction_mode="rollback_only")
