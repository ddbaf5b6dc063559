"""PostgreSQL, by psycopg: one or several hosts, of which the one that takes writes is used.

What runs on a connection is prepared on the server. Whoever writes has one connection for as long
as it lasts: it never becomes another one in silence.
"""

import os
import re
import select
import socket
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, Final

import psycopg
from psycopg import IsolationLevel
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from sqlalchemy import TIMESTAMP, Dialect, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.pool import NullPool
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.protocol.calendar.local_time import utc
from bot.store.compiled import Compiled
from bot.store.driver import AHEAD, Judge, heard
from bot.store.faults import StoreError
from bot.store.refusals import refusal
from bot.store.server_connection import Cursor, ServerConnection

EXAMPLE: Final = "postgresql://{user}:{password}@db.example:5432/holdfast"
_NO_ADDRESS: Final = (
    f"database.url must be an address such as {EXAMPLE}; what is special in a password stands as "
    "%40 for @, %2F for / and so on."
)
_PORTS: Final = re.compile("[0-9,]*")
DEFAULTS: Final = {
    "target_session_attrs": "read-write",
    "connect_timeout": "2",
    "tcp_user_timeout": "5000",
    "keepalives_idle": "5",
    "keepalives_interval": "1",
    "keepalives_count": "3",
    "fallback_application_name": "holdfast",
}
"""Where the address says nothing else: a host that is gone is noticed within seconds."""
STATEMENTS: Final = 1_024
"""Statements that a connection keeps prepared: more than there are."""
LOCK_MS: Final = 5_000
"""How long a statement waits for what others have locked."""
PREPARED_AFTER: Final = 2
"""A statement is prepared when it comes so often."""
_SETTINGS: Final = """
SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO', false),
    set_config('lock_timeout', '{lock_ms}ms', false),
    set_config('random_page_cost', '1.1', false),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)
"""
"""Not told when connecting: a pooler would refuse that before it is known to be one.

What is told to be stored is on a disk, whatever the server does for others. An index is preferred
as for rows in memory, which those that are due mostly are: else all that wait would be sorted for
the first of them, as long as the server has not counted them.
"""


class _Read(Loader):
    """Reads an instant, which comes in UTC."""

    def load(self, data: Any) -> datetime:
        return datetime.fromisoformat(bytes(data).decode())


class ServerInstant(TIMESTAMP):
    """What SQLModel's and SQLAlchemy's types do to an instant, in one step instead of three."""

    render_bind_cast = True

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(timezone=True)

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        """Return what writes a value; it raises NaiveTimeError for a naive datetime."""
        return lambda moment: None if moment is None else utc(moment)


def connect(url: str, **options: Any) -> ServerConnection:
    """Return a connection, each of whose statements is a transaction; raises `StoreError`."""
    given = _read(url)
    chosen: dict[str, Any] = {
        **DEFAULTS,
        **{name: value for name, value in given.items() if value is not None},
        **options,
        "client_encoding": "UTF8",
    }
    try:
        made = ServerConnection.connect(
            **chosen,
            autocommit=True,
            prepare_threshold=PREPARED_AFTER,
            cursor_factory=Cursor,
        )
        made.prepared_max = STATEMENTS
        made.adapters.register_loader("timestamptz", _Read)
        made.execute(_SETTINGS.format(lock_ms=LOCK_MS))
    except psycopg.Error as error:
        raise refusal(named(url), error) from error
    return made


def _read(url: str) -> dict[str, Any]:
    """Return what an address says; raises `StoreError`, which tells nothing of it.

    A password with an @ or a / that is written as it is ends too early. The rest of it is in the
    place of hosts, ports or the database, which are told.
    """
    try:
        given = conninfo_to_dict(url)
    except psycopg.Error:
        raise StoreError(_NO_ADDRESS) from None
    shown = [str(given.get(name) or "") for name in ("host", "port", "dbname")]
    is_cut_short = any("@" in one and one in url and f"={one}" not in url for one in shown)
    if is_cut_short or _PORTS.fullmatch(shown[1]) is None:
        raise StoreError(_NO_ADDRESS)
    return given


def named(url: str) -> str:
    """Return what people are told of an address: hosts and database, and no password."""
    with suppress(psycopg.Error):
        told = conninfo_to_dict(url)
        hosts = str(told.get("host") or told.get("hostaddr") or "localhost").split(",")
        ports = str(told.get("port") or "").split(",")
        ports = ports * len(hosts) if len(ports) == 1 else ports
        pairs = zip(hosts, ports, strict=False)
        where = (f"{host}:{port}" if port else host for host, port in pairs)
        return f"postgresql://{','.join(where)}/{told.get('dbname') or told.get('user') or ''}"
    return "postgresql://"


def open_engine(url: str, *, writes: bool, judge: Judge | None = None) -> Engine:
    """Return an engine for a server."""
    engine = create_engine(
        "postgresql+psycopg://",
        creator=partial(_opened, url, writes=writes),
        poolclass=NullPool,
        pool_reset_on_return=None,  # it is closed
        execution_options={
            "judge": judge,
            "preserve_rowcount": True,
            "compiled_cache": Compiled(),
        },
        hide_parameters=True,
        use_native_hstore=False,
    )
    dialect: Any = engine.dialect
    dialect.colspecs = {**dialect.colspecs, UTCDateTime: ServerInstant}
    if writes:
        dialect.do_execute = _execute
        event.listen(engine, "handle_error", _stays_lost)
    event.listen(engine, "handle_error", heard)
    return engine


def _opened(url: str, *, writes: bool) -> ServerConnection:
    made = connect(url)
    made.autocommit = False
    made.isolation_level = (
        IsolationLevel.READ_COMMITTED if writes else IsolationLevel.REPEATABLE_READ
    )
    made.read_only = not writes
    return made


def _execute(cursor: Cursor, statement: str, values: Any, context: Any = None) -> None:
    """Run a statement for SQLAlchemy; one that is sent ahead is not waited for."""
    if context is not None and AHEAD.items() <= context.execution_options.items():
        cursor.send(statement, values)
    else:
        cursor.execute(statement, values)


def _stays_lost(context: ExceptionContext) -> None:
    """SQLAlchemy would connect anew, though another may write by now."""
    context.is_disconnect = False


def changes(driver: Any) -> int:
    """Return how many rows this connection has changed since it was opened."""
    found: int = driver.changes
    return found


def is_whole(driver: Any) -> bool:
    """Whether no statement is known to have failed; a transaction begins with the first one."""
    status: TransactionStatus = driver.info.transaction_status
    return driver.is_ahead or status in {TransactionStatus.INTRANS, TransactionStatus.IDLE}


def send_ahead(driver: Any) -> None:
    """Send what may be sent ahead without waiting for it."""
    driver.send_ahead()


def take_back(driver: Any) -> None:
    """End a transaction that a commit which failed has left open."""
    with suppress(psycopg.Error):
        driver.rollback()


def is_lost(driver: Any) -> bool:
    """Whether the connection is gone."""
    return bool(driver.closed)


def is_cut(driver: Any) -> bool:
    """Whether the other side has ended the connection, though nobody has used it since.

    Asks the machine and never waits; for a connection that another thread uses, too.
    """
    poll = select.poll()
    try:
        poll.register(driver.fileno(), select.POLLRDHUP)
    except (psycopg.Error, OSError, ValueError):
        return True
    return bool(poll.poll(0))


def sever(driver: Any) -> None:
    """End a connection whose answer somebody waits for, in another thread: they get an error."""
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(driver.fileno())) as own:
        own.shutdown(socket.SHUT_RDWR)
