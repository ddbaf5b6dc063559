"""`holdfast ingress`: takes what Telegram posts and stores it, beside others that do the same.

It writes updates alone, so it needs no right to lead: whoever leads the bot handles them. Its
connection may be lost and opened anew at any time.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import structlog
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db

from bot import startup
from bot.clock.clock import SystemClock
from bot.expected import Code
from bot.serving import heed_signals
from bot.settings import Settings
from bot.store.engine import Store, quiet
from bot.store.faults import StoreError
from bot.store.refusals import ServerError
from bot.store.wakeup import Waker
from bot.telegram.posts import application

P = ParamSpec("P")
T = TypeVar("T")

log = structlog.get_logger()

LOOK_S: Final = 2.0
"""So often the database is asked whether it is there."""
AGAIN_S: Final = 0.5
"""Until the next try to open it."""
DRAIN_S: Final = 10.0
"""How long posts that are under way may take at the end."""


class ServerDesk:
    """The database as an ingress has it: opened anew whenever its connection is lost."""

    def __init__(self, url: str, clock: SystemClock) -> None:
        self._url = url
        self._clock = clock
        self._woken = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._ending = False
        self._answers = True
        self._woken.set()  # to look at its clock before long
        self._store: Store | None = self._opened()

    @property
    def ready(self) -> bool:
        """Whether updates can be stored now."""
        return self._store is not None and self._answers and not self._ending

    def now(self) -> datetime:
        """Return the instant by the server's clock: machines differ, and ages are told by one."""
        return self._clock.now()

    async def write(
        self, flow: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a flow and return its value once it is committed.

        Raises `ServerError` at once where there is no database.
        """
        store = self._store
        if store is None:
            raise ServerError(Code.SERVER_AWAY, "The database is away.")
        return await store.write(flow, *args, **kwargs)

    async def run(self) -> None:
        """Look after the connection until cancelled."""
        while True:
            await self._clock.wait(self._woken, LOOK_S)
            self._woken.clear()
            store = self._store
            if store is not None and await self._is_there(store):
                continue
            self._store = None
            log.warning("database_lost")
            if store is not None:
                await asyncio.to_thread(store.close)
            await self._open()
            log.info("database_back")

    async def _is_there(self, store: Store) -> bool:
        """Whether it answers. One that is only slow is waited for, and not ready meanwhile."""
        since = self._clock.elapsed()
        asked = asyncio.create_task(store.write(_look))
        done, _ = await asyncio.wait({asked}, timeout=LOOK_S)
        self._answers = bool(done)
        with suppress(Exception):
            told = await asked
            took = self._clock.elapsed() - since
            if took < LOOK_S:
                self._clock.follow(told, since + took / 2)
        self._answers = True
        return store.lost is None and asked.exception() is None

    async def _open(self) -> None:
        while self._store is None:
            try:
                self._store = await asyncio.to_thread(self._opened)
            except (StoreError, SQLAlchemyError) as error:
                log.warning("database_away", error=type(error).__name__)
                await self._clock.wait(asyncio.Event(), AGAIN_S)

    def _opened(self) -> Store:
        store = Store(self._url)
        store.on_fault.append(self._failed)
        return store

    def _failed(self) -> None:
        """Something failed, in whatever thread: have it looked at."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._woken.set)

    def end(self) -> None:
        """Say that nothing more is to be sent here."""
        self._ending = True

    def close(self) -> None:
        """Store what is queued, and let go."""
        if self._store is not None:
            self._store.close()


def _look(db: Db) -> datetime:
    """Return the server's time."""
    quiet(db)
    found: datetime = db.connection().execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


async def serve(settings: Settings, stop: asyncio.Event | None = None) -> None:
    """Take updates until told to stop (SIGINT, SIGTERM, SIGHUP); raises `ExpectedError`."""
    ending = stop or asyncio.Event()
    if stop is None:
        heed_signals(ending)
    with startup.told(settings):
        async with AsyncExitStack() as stack:
            await _serve(settings, ending, stack)
    log.info("ingress_stopped")


async def _serve(settings: Settings, ending: asyncio.Event, stack: AsyncExitStack) -> None:
    url, hook, clock = settings.database.url, settings.webhook, SystemClock()
    desk = ServerDesk(url, clock)
    stack.push_async_callback(asyncio.to_thread, desk.close)
    waker = Waker(url)
    stack.push_async_callback(asyncio.to_thread, waker.close)
    app = application(desk, hook.secret.get_secret_value(), waker.tell)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=DRAIN_S)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        await web.TCPSite(runner, hook.host, hook.port).start()
    except OSError as error:
        raise startup.ingress_port_error(settings, error) from error
    looking = asyncio.create_task(desk.run())
    stack.push_async_callback(_ended, looking)
    log.info("ingress_started", port=runner.addresses[0][1], database=startup.address(settings))
    stopping = asyncio.create_task(ending.wait())
    await asyncio.wait({stopping, looking}, return_when=asyncio.FIRST_COMPLETED)
    desk.end()
    if looking.done():
        await looking


async def _ended(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
