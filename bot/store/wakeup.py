"""Rows that one process stores wake another: LISTEN and NOTIFY of a PostgreSQL server.

It is told after the commit, on a connection of its own: within the flow's transaction NOTIFY
would make the commits wait for each other. It may be lost, so whoever is woken also looks by
itself, every second or so; it says nothing but "look". A notification is for one schema: there may
be others, of other bots, in the same database.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

import psycopg
import structlog
from psycopg import sql

from bot.store.faults import StoreError
from bot.store.postgresql import connect
from bot.store.server_connection import ServerConnection

log = structlog.get_logger()

INBOX: Final = "holdfast_inbox"
"""The channel of updates that were stored."""
APART_S: Final = 0.005
"""What is told or heard within so long is told or heard once."""
AGAIN_S: Final = 1.0
"""Until the next try where the server cannot be reached."""
_TELL: Final = "SELECT pg_notify(%s, current_schema())"


class WakingClock(Protocol):
    """The clock, as it is needed here."""

    async def wait(self, woken: asyncio.Event, seconds: float | None) -> None:
        """Wait until `woken` is set, or for `seconds`; None waits for `woken` alone."""


class Waker:
    """Tells whoever listens at `channel` that something was stored, from a thread of its own."""

    def __init__(self, url: str, channel: str = INBOX) -> None:
        self._url = url
        self._channel = channel
        self._told = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="waker", daemon=True)
        self._thread.start()

    def tell(self) -> None:
        """Something is committed; returns at once, from whatever thread."""
        self._told.set()

    def close(self) -> None:
        """Tell what is to be told, and end."""
        self._ended.set()
        self._told.set()
        self._thread.join()

    def _run(self) -> None:
        connection: ServerConnection | None = None
        ending = False
        while not ending:
            self._told.wait()
            ending = self._ended.is_set()
            self._told.clear()
            try:
                connection = connection or connect(self._url)
                connection.execute(_TELL, (self._channel,))
            except (StoreError, psycopg.Error) as error:  # who listens looks by itself, too
                log.warning("not_woken", error=type(error).__name__)
                _close(connection)
                connection = None
                self._told.set()
                self._ended.wait(AGAIN_S)
            self._ended.wait(APART_S)
        _close(connection)


async def listen(
    url: str, clock: WakingClock, callback: Callable[[], None], channel: str = INBOX
) -> None:
    """Call `callback`, in the loop, for what is told at `channel`, until cancelled.

    It is called as soon as it listens, too, and when it does so again: something may have been
    missed. Where the server is gone it is tried again each second, in a thread.
    """
    while True:
        try:
            connection, schema = await asyncio.to_thread(_listening, url, channel)
        except (StoreError, psycopg.Error) as error:
            log.warning("not_listening", error=type(error).__name__)
            await clock.wait(asyncio.Event(), AGAIN_S)
            continue
        try:
            callback()
            await _heard(connection, schema, clock, callback)
        finally:
            _close(connection)


async def _heard(
    connection: ServerConnection, schema: str, clock: WakingClock, callback: Callable[[], None]
) -> None:
    """Call `callback` for each notification, or several; return when the connection is lost."""
    loop, readable, lost = asyncio.get_running_loop(), asyncio.Event(), False
    number = connection.fileno()
    loop.add_reader(number, readable.set)
    try:
        while not lost:
            await readable.wait()
            readable.clear()
            try:
                told = _taken(connection)
            except psycopg.Error:
                lost, told = True, {schema}
            if schema in told and not lost:
                callback()
            await clock.wait(asyncio.Event(), APART_S)
    finally:
        loop.remove_reader(number)


def _listening(url: str, channel: str) -> tuple[ServerConnection, str]:
    """Return a connection that listens, and its schema."""
    made = connect(url)
    try:
        made.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        found: Any = made.execute("SELECT current_schema()").fetchone()
    except BaseException:
        _close(made)
        raise
    return made, found[0]


def _taken(connection: ServerConnection) -> set[str]:
    """Return the schemas that were told of since the last look; never waits."""
    server, told = connection.pgconn, set[str]()
    server.consume_input()
    while (one := server.notifies()) is not None:
        told.add(bytes(one.extra).decode())
    return told


def _close(connection: ServerConnection | None) -> None:
    if connection is not None:
        with suppress(psycopg.Error):
            connection.close()
