"""Looks at the database from beside the nodes: who leads, since when, and what is on its way."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import psycopg

from bot.store.server import LEADS
from tests.crash.history import TABLES, Json

LOOK_S: Final = 0.025
_LEADER: Final = f"""
SELECT (SELECT max(epoch) FROM lease),
    (SELECT min(client_port) FROM pg_locks JOIN pg_stat_activity USING (pid)
        WHERE locktype = 'advisory' AND granted AND classid::bigint = {LEADS} AND objsubid = 2)
"""  # noqa: S608 - a number of ours
_ON_ITS_WAY: Final = "SELECT key FROM outbox WHERE state = 'sending' AND kind = 'Reminder'"


@dataclass(frozen=True, slots=True)
class Term:
    """A node leads: the epoch, its name, and when that was seen; `ticks` is the loop's clock."""

    epoch: int
    node: str
    at: datetime
    ticks: float


@dataclass
class Lookout:
    """Looks by itself, some forty times a second.

    `address` says where the database is now, and `whose` which node a connection's port belongs to.
    """

    address: Callable[[], str]
    whose: Callable[[int], str | None]
    terms: list[Term] = field(default_factory=list)
    reminders: set[str] | None = None
    """Keys of reminders that were seen on their way, while this is a set."""
    _connection: "psycopg.AsyncConnection[Any] | None" = None
    _used: str = ""

    async def ask(self, query: str, *values: Any) -> list[Any]:
        """Return the rows of a query; raises `psycopg.OperationalError` where there is nobody."""
        connection = await self._connected()
        async with asyncio.timeout(10):
            found = await connection.execute(query.encode(), values or None)
            return await found.fetchall() if found.description else []

    async def _connected(self) -> "psycopg.AsyncConnection[Any]":
        address = self.address()
        if self._connection is None or self._connection.closed or self._used != address:
            await self.close()
            self._connection = await psycopg.AsyncConnection.connect(
                address, autocommit=True, connect_timeout=2
            )
            self._used = address
        return self._connection

    async def close(self) -> None:
        """Let go of the connection; there is another when it is needed."""
        if self._connection is not None:
            with suppress(psycopg.Error):
                await self._connection.close()
            self._connection = None

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                with suppress(psycopg.Error, OSError, TimeoutError):
                    await self._look()
                await asyncio.sleep(LOOK_S)
        finally:
            await self.close()

    async def _look(self) -> None:
        ((epoch, port),) = await self.ask(_LEADER)
        node = None if port is None else self.whose(port)
        if epoch and node is not None and (not self.terms or self.term.epoch != epoch):
            ticks = asyncio.get_running_loop().time()
            self.terms.append(Term(epoch, node, datetime.now(UTC), ticks))
        if self.reminders is not None:
            self.reminders.update(key for (key,) in await self.ask(_ON_ITS_WAY))

    @property
    def term(self) -> Term:
        """The newest term that was seen."""
        return self.terms[-1]


async def rows(lookout: Lookout) -> dict[str, list[Json]]:
    """Return the rows of the tables that are judged, as plain values."""
    found = {}
    for name, query in TABLES.items():
        columns = f"SELECT to_jsonb(found) FROM ({query}) AS found"  # noqa: S608 - our own
        found[name] = [_plain(row[0]) for row in await lookout.ask(columns)]
    return found


def _plain(row: Json) -> Json:
    return {key: _value(key, value) for key, value in row.items()}


def _value(key: str, value: Any) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, str) and key.endswith(("_at", "due", "at")) and value[10:11] == "T":
        return datetime.fromisoformat(value).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
