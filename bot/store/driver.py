"""What the store asks of a kind of database: `sqlite` and `postgresql` are the two that do it."""

from collections.abc import Callable
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import ExceptionContext

from bot.store.faults import StoreError

SERVERS: Final = frozenset({"postgresql", "postgres"})
"""How the addresses of servers begin."""

AHEAD: Final = {"ahead": True}
"""The option of statements whose result is not asked for at once: a server is not waited for."""

Judge = Callable[[BaseException], None]
"""Is told every error of the database, whoever catches it afterwards, in its thread."""


class LostTransactionError(StoreError):
    """The database took a whole transaction back, and the flow in which it did went on."""


class Driver(Protocol):
    """Opens databases of one kind, and knows their connections."""

    def open_engine(self, url: str, *, writes: bool, judge: Judge | None = None) -> Engine:
        """Return an engine whose transactions write, or else all see one instant.

        Its errors do not tell the values of statements: their text reaches the log.
        """

    def changes(self, driver: Any) -> int:
        """Return how many rows the driver's connection has changed since it was opened."""

    def is_whole(self, driver: Any) -> bool:
        """Whether what the transaction has done so far can still be committed, as far as known."""

    def send_ahead(self, driver: Any) -> None:
        """Let a connection go on before statements with the option AHEAD are done."""

    def take_back(self, driver: Any) -> None:
        """End a transaction that a commit which failed has left open: no other could begin."""

    def is_lost(self, driver: Any) -> bool:
        """Whether the connection is gone, and with it the right to write."""

    def is_cut(self, driver: Any) -> bool:
        """Whether the other side has ended the connection, which nobody may know yet."""

    def sever(self, driver: Any) -> None:
        """End a connection that another thread may be waiting for."""


def is_server(url: str) -> bool:
    """Whether a database's address names a server."""
    return url.partition("://")[0] in SERVERS


def heard(context: ExceptionContext) -> None:
    """Report an error to the code that opened the engine: for SQLAlchemy's `handle_error`."""
    where = context.connection or context.engine
    judge = None if where is None else where.get_execution_options().get("judge")
    if judge is not None:
        judge(context.original_exception)


def raw(connection: Connection) -> Any:
    """Return the driver's own connection."""
    return connection.connection.dbapi_connection


def settle(connection: Connection) -> None:
    """Wait for what was sent ahead; raise what was wrong with it, as of a statement."""
    if getattr(raw(connection), "is_ahead", False):  # nothing ever is to a file
        connection.exec_driver_sql("SELECT 1")
