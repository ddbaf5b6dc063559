"""A connection with a thread of its own: what is asked by it is answered in time, or it ends."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import psycopg

from bot.store import lease
from bot.store.faults import StoreError
from bot.store.postgresql import sever

if TYPE_CHECKING:
    from bot.store.lease import Process
    from bot.store.server_connection import ServerConnection

T = TypeVar("T")

TRIES: Final = (StoreError, psycopg.Error)
"""What is raised where the server does not answer, or not any more."""


class DirectLine:
    """A connection beside the writer's; `process` is who serves it there.

    A long transaction of the writer does not keep it waiting, and it lives as long as it answers.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._thread = ThreadPoolExecutor(1, "line")
        self._connection: ServerConnection | None = None
        self.process: Process | None = None

    def call(self, act: Callable[..., T], *args: Any, **kwargs: Any) -> "Future[T]":
        """Let `act` do something with the connection, which is made first where there is none.

        Raises, by the future, one of `TRIES`.
        """
        return self._thread.submit(self._act, act, *args, **kwargs)

    def _act(self, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        if self._connection is None:
            self._connection = lease.open_line(self.url)
            self.process = lease.process_of(self._connection)
        try:
            return act(self._connection, *args, **kwargs)
        except BaseException:
            self._drop()
            raise

    async def ask(self, act: Callable[..., T], within: float, *args: Any, **kwargs: Any) -> T:
        """Do the same and wait `within` seconds at most. Raises `TimeoutError`, or as above."""
        future = self.call(act, *args, **kwargs)
        try:
            async with asyncio.timeout(within):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            self.sever()
            raise

    def sever(self) -> None:
        """End it, so that nobody waits for it any more."""
        if self._connection is not None:
            sever(self._connection)

    def close(self) -> None:
        """End it and its thread; never waits."""
        self.sever()
        self._thread.submit(self._drop)
        self._thread.shutdown(wait=False)

    def _drop(self) -> None:
        made, self._connection = self._connection, None
        if made is not None:
            with suppress(psycopg.Error):
                made.close()
