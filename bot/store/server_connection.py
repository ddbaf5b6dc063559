"""A connection to PostgreSQL: what it waits for, what it counts, and what its errors tell."""

import os
import select
from contextlib import ExitStack, suppress
from typing import Any, Final, Self, TypeVar

import psycopg
from psycopg import Column, Pipeline
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg.waiting import Ready, Wait

from bot.store.driver import LostTransactionError
from bot.store.faults import reason

T = TypeVar("T")

LOOKS: Final = 100
"""So often it is looked whether the server has answered: for some 0.1 ms."""
ASLEEP: Final = 50
"""After an answer that took longer, so many are waited for without looking."""
UNASKED: Final = 3
"""So many writes are tried without asking whether there is room for them: there mostly is."""
_CHANGES: Final = ("INSERT", "UPDATE", "DELETE")


class Cursor(psycopg.Cursor[Any]):
    """Counts the rows that are changed; takes from errors what they quote of rows.

    Columns of the same names and types are described once: psycopg takes longer for that than for
    the rows.
    """

    _is_sent = False

    @property
    def description(self) -> list[Column] | None:
        """The columns of the result; None where it has none."""
        result = self.pgresult
        if result is None or not result.nfields:
            return super().description
        known: dict[Any, list[Column]] = self._server.described
        like = tuple((result.fname(one), result.ftype(one)) for one in range(result.nfields))
        if like not in known:
            known[like] = super().description or []
        return known[like]

    def execute(self, *args: Any, **options: Any) -> Self:
        """Run a statement."""
        try:
            super().execute(*args, **options)
            self._server.settle()
        except psycopg.Error as error:
            raise self._server.told(error)  # noqa: B904 - it is the same error
        self.count()
        return self

    def executemany(self, *args: Any, **options: Any) -> None:
        """Run a statement with each of several values."""
        try:
            super().executemany(*args, **options)
            self._server.settle()
        except psycopg.Error as error:
            raise self._server.told(error)  # noqa: B904 - it is the same error
        self.count()

    def send(self, *args: Any) -> None:
        """Run a statement without waiting for what comes of it: the next one does, or `settle`."""
        self._is_sent = True
        try:
            super().execute(*args)
            self._server.later(self)
        except psycopg.Error as error:
            raise self._server.told(error)  # noqa: B904 - it is the same error

    def close(self) -> None:
        """Let go of the result; of one that was sent ahead not, since it is still to come."""
        if not self._is_sent:
            super().close()

    def count(self) -> None:
        """Count the rows that were changed."""
        if self.rowcount > 0 and (self.statusmessage or "").startswith(_CHANGES):
            self._server.changes += self.rowcount

    @property
    def _server(self) -> "ServerConnection":
        found: ServerConnection = self.connection  # type: ignore[assignment]
        return found


class ServerConnection(psycopg.Connection[Any]):
    """A connection; `changes` counts the rows that were changed by it.

    A server that is near mostly answers before this thread would be asleep, and to be woken takes
    longer than to look again: so it looks some times, and lets others have the core in between. One
    that is far, or busy, is waited for asleep.
    """

    changes = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.described: dict[Any, list[Column]] = {}
        self._sent: list[Cursor] = []
        self._line: Pipeline | None = None
        self._left = ExitStack()
        self._socket = select.poll()
        self._socket.register(self.pgconn.socket, select.POLLIN)
        self._asleep = 0

    def send_ahead(self) -> None:
        """From now on allow statements to be sent before the last one's result is there."""
        self._line = self._left.enter_context(self.pipeline())

    @property
    def is_ahead(self) -> bool:
        """Whether something was sent that nobody has waited for yet."""
        return bool(self._sent)

    def later(self, sent: Cursor) -> None:
        """Keep in mind what was sent, until it has settled."""
        self._sent.append(sent)
        if self._line is None:
            self.settle()

    def settle(self) -> None:
        """Wait for all that was sent; raise what was wrong with the first that failed."""
        sent, self._sent = self._sent, []
        if self._line is not None:
            self._line.sync()
            self._forget(self._line)
        for one in sent:
            one.count()

    def _forget(self, line: Pipeline) -> None:
        """Let the server forget what psycopg has forgotten, as it has after a rollback.

        psycopg would tell it behind the next statement, and that may be one that is prepared anew:
        the server would forget it, and psycopg would not know.
        """
        prepared = self._prepared
        if prepared._to_flush:  # noqa: SLF001 - it has no other name
            with self.lock:
                self.wait(prepared.maintain_gen(self))
            line.sync()

    def told(self, error: psycopg.Error) -> psycopg.Error:
        """Take from an error all but what is wrong: its details quote whole rows.

        What was sent behind it the server skips, until it hears that this is known.
        """
        self._sent.clear()
        while self._line is not None and not self.closed:
            try:
                self._line.sync()
            except psycopg.Error:
                continue  # one that was skipped
            break
        error.args = (reason(error),)
        return error

    def commit(self) -> None:
        """Commit; where the transaction has failed the server would take it back in silence."""
        if self._sent:
            try:
                self.settle()
            except psycopg.Error as error:
                self.told(error)
                self.rollback()
                raise
        if self.info.transaction_status is TransactionStatus.INERROR:
            self.rollback()
            raise LostTransactionError
        super().commit()

    def rollback(self) -> None:
        """Take the transaction back, whatever comes of statements that were sent."""
        if self._sent:
            try:
                self.settle()
            except psycopg.Error as error:
                self.told(error)
        super().rollback()

    def close(self) -> None:
        """Let go of the server, and wait for nothing."""
        super().close()
        with suppress(psycopg.Error):
            self._left.close()

    def wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:
        """Do what psycopg has as a generator, looking for each answer first."""
        return super().wait(self._looking(gen), *args, **options)

    def _looking(self, gen: PQGen[T]) -> PQGen[T]:
        """Drive psycopg's generator: write unasked, and look for each answer before waiting.

        What is still to be written goes first. psycopg would wait for the answer to a statement of
        which a part is still here. The server waits for the rest, and nobody goes on.
        """
        unasked = UNASKED
        found: Ready | int
        try:
            wanted = next(gen)
            while True:
                if wanted == Wait.RW and unasked:
                    unasked -= 1
                    found = Ready.W
                elif wanted == Wait.R and self.pgconn.flush():
                    found = yield Wait.RW
                    if not found & Ready.R:
                        continue
                elif wanted == Wait.R and self._comes_soon():
                    found = Ready.R
                else:
                    found = yield wanted
                wanted = gen.send(found)
        except StopIteration as ended:
            value: T = ended.value
            return value

    def _comes_soon(self) -> bool:
        """Look whether something comes; for a while not again where nothing came so soon."""
        if self._asleep:
            self._asleep -= 1
            return False
        for _ in range(LOOKS):
            if self._socket.poll(0):
                return True
            os.sched_yield()
        self._asleep = ASLEEP
        return False
