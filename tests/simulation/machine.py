"""The bot as it runs: wired as the program wires it, started, ended, and killed at any moment."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar, cast

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db
from telegram import Bot
from telegram.error import TelegramError

from bot import app
from bot.metrics import Metrics
from bot.nodes.term import BEAT_S
from bot.settings import Access, BackupSettings, Database, Embedded, Settings
from bot.store.driver import is_server, raw
from bot.store.engine import Store, StoreError
from bot.telegram.poller import BACKOFF_S
from bot.telegram.watch_files import WatchFiles
from testkit.world import TOKEN, AtOnce, Dots
from tests.simulation.clockwork import SimClock
from tests.simulation.network import Cable, Network
from tests.simulation.place import Place

if TYPE_CHECKING:
    from datetime import datetime

    from bot.app import App

P = ParamSpec("P")
T = TypeVar("T")

ADDRESS: Final = "https://simulation.invalid"
LIFE: Final[ContextVar[int]] = ContextVar("life", default=0)
"""Which life of the bot a task belongs to; 0 for the simulation's own."""
POINTS: Final = ("turn", "write_before", "write_after", "call")
"""Where a kill may strike: between two steps of the loop, around a commit, as a call leaves."""
CUTS: Final = ("turn", "write_before", "write_after")
"""Where a server may end the connection; after a commit, nobody hears that there was one."""


FEW: Final = 1_000
"""Tasks that are kept in mind before those that have ended are forgotten."""
PATIENCE_S: Final = 60.0
"""How long a kill waits for the moment that it was meant for."""


class MortalStore(Store):
    """A store that can die in the middle of a transaction, and does nothing after."""

    def __init__(
        self, url: str, passing: Callable[[str], None], waiting: Callable[[], None]
    ) -> None:
        super().__init__(url, inline=True)
        self.dead = False
        self._passing = passing
        self._waiting = waiting
        self._reads_beside = is_server(url)
        """Whoever reads has a connection of their own there: the server may end one of them."""
        self._told: dict[object, tuple[int, Any]] = {}

    @property
    def driver(self) -> Any:
        """The driver's connection that writes."""
        return raw(self._writing)

    def write_now(
        self, flow: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `flow` in a transaction; a kill may take it back, or come just after it."""

        def mortal(db: Db) -> T:
            value = flow(db, *args, **kwargs)
            db.flush()
            self._passing("write_before")
            self._breathe()
            return value

        self._breathe()
        self._waiting()
        try:
            value = super().write_now(mortal)
            self._passing("write_after")
            if self.is_cut:
                self._hear()
        except Exception as error:
            if self._driver.is_lost(self.driver):  # as the program's writer notes it
                self.lost = self.lost or error
                self._fault()
            raise
        self._breathe()
        return value

    def _hear(self) -> None:
        """Hear whether the last transaction is stored: that fails where nobody is there."""
        self._writing.execute(text("SELECT 1"))

    def beat(self) -> None:
        """Notice that the connection is gone, as a node does that shows that it leads."""
        if self.is_cut and not self.dead:
            with suppress(StoreError, SQLAlchemyError):
                self.write_now(lambda db: db.connection().execute(text("SELECT 1")))

    def read_now(
        self, query: Callable[Concatenate[Db, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `query`. One that asks for nothing in particular is asked once between changes."""
        self._breathe()
        ask = self._read if self._reads_beside else super().read_now
        if args or kwargs:
            return ask(query, *args, **kwargs)
        changes, told = self.changes, self._told.get(query)
        if told is None or told[0] != changes:
            told = self._told[query] = (changes, ask(query, *args, **kwargs))
        value: T = told[1]
        return value

    def _breathe(self) -> None:
        if self.dead:
            raise asyncio.CancelledError


class Machine:
    """One computer with one bot on it, which may be started again and again."""

    def __init__(self, place: Place, network: Network, clock: SimClock, admins: list[int]) -> None:
        self.kept = place.kept
        self.away_until = 0.0
        """The second of the loop until which the database lets nobody in."""
        self.network = network
        self.clock = clock
        self.lives = 0
        self.app: App | None = None
        self.store: MortalStore | None = None
        self.fatal: BaseException | None = None
        self.left_over: list[str] = []
        self.downs: list[datetime] = []
        """When the bot ended or died, on the wall clock."""
        self.died: Callable[[], None] = lambda: None
        """Called when the bot was killed, or has ended, and all of it is gone."""
        self.stored: Callable[[], None] = lambda: None
        """Called after every transaction."""
        self.ended: Callable[[str, float], None] = lambda _point, _away_s: None
        """Called when the server has ended the connection, and for how long it stays away."""
        self.waiting: Callable[[], None] = lambda: None
        """Called before every transaction; lets time pass while somebody holds the lock."""
        self._admins = admins
        self._backups = str(place.folder / "backups")
        self._running: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self._tasks: dict[asyncio.Task[Any], int] = {}
        self._killing: tuple[str, int] | None = None
        self._cutting: tuple[str, int, float] | None = None
        self._struck = asyncio.Event()
        asyncio.get_running_loop().set_task_factory(self._task)

    # ---- life --------------------------------------------------------------------------

    async def start(self) -> None:
        """Start the bot on the database, as its program does."""
        self.lives += 1
        self._stop, self._struck, self._killing = asyncio.Event(), asyncio.Event(), None
        life = copy_context()
        life.run(LIFE.set, self.lives)
        self._running = asyncio.get_running_loop().create_task(self._live(), context=life)

    async def _live(self) -> None:
        away = self.clock.ticks() < self.away_until
        url = self.kept.nowhere if away else self.kept.url
        store = self.store = MortalStore(url, self.passing, self.waiting)
        bot = Bot(
            TOKEN,
            base_url=f"{ADDRESS}/bot",
            base_file_url=f"{ADDRESS}/file/bot",
            request=Cable(self.network),
            get_updates_request=Cable(self.network),
        )
        await self._patiently(bot)
        pictures, clock = cast("Any", Dots()), cast("Any", self.clock)
        metrics = Metrics(self.clock.ticks)
        files = WatchFiles(store, bot, clock, AtOnce())
        self.app = app._wire(self._settings(), store, bot, pictures, files, clock, metrics)
        await self.app.run(self._stop)

    async def _patiently(self, bot: Bot) -> None:
        for tries in range(1_000):
            try:
                await bot.initialize()
            except TelegramError:
                wait = BACKOFF_S[min(tries, len(BACKOFF_S) - 1)]
                await self.clock.wait(asyncio.Event(), wait)
            else:
                return

    def _settings(self) -> Settings:
        return Embedded(
            database=Database(url=self.kept.url),
            access=Access(admins=tuple(self._admins)),
            backup=BackupSettings(folder=self._backups, nightly="03:00", keep=1),
        )

    async def end(self) -> None:
        """Stop in good order, as SIGTERM does; note what is left over."""
        if self._running is None:
            return
        self._stop.set()
        asked = self.clock.ticks()
        await asyncio.wait({self._running})
        self.fatal = self._running.exception()
        if self.fatal is None and self.clock.ticks() - asked < app.DRAIN_S:
            self._look_for_left_overs()  # what is not answered by then is given up with the program
        await self._bury()
        self.died()  # what the database would not take is not known to the next life

    async def kill(self) -> None:
        """End everything now: nothing more is stored, nothing more is sent."""
        if self._running is None:
            return
        if self.store is not None:
            self.store.dead = True
        if not self._running.cancel() and not self._running.cancelled():
            self.fatal = self._running.exception()
        await self._bury()
        self.died()

    async def die(self, point: str, countdown: int) -> None:
        """Be killed at the `countdown`th passing of `point`; at once if none comes for a minute."""
        if self._running is None:
            return
        self._killing = (point, countdown)
        self.clock.agenda.expect(self.clock.ticks() + PATIENCE_S)
        waiting = asyncio.create_task(self._struck.wait())
        both: set[asyncio.Task[Any]] = {self._running, waiting}
        await asyncio.wait(both, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        await self.kill()

    def ending(self) -> "asyncio.Task[None]":
        """Return what is done as soon as the bot has ended by itself."""
        assert self._running is not None
        return self._running

    async def _bury(self) -> None:
        """Cancel what still belongs to this life and let go of the database."""
        if self.store is not None:
            self.store.dead = True
        for _ in range(20):
            mine = self.living()
            if not mine:
                break
            for task in mine:
                task.cancel()
            await asyncio.gather(*mine, return_exceptions=True)
        await asyncio.sleep(0)
        if self.store is not None:
            self.store.close()
        self._running = self.store = self.app = None
        self.downs.append(self.clock.now())

    def living(self) -> list[asyncio.Task[Any]]:
        """Return the tasks of this life that have not ended, oldest first."""
        self._tasks = {task: life for task, life in self._tasks.items() if not task.done()}
        return list(self._tasks)

    def _look_for_left_overs(self) -> None:
        assert self.app is not None
        scheduler = self.app.alarm.scheduler
        jobs = [job.id for job in scheduler.get_jobs()] if scheduler.running else []
        self.left_over += [f"job {name}" for name in jobs]
        self.left_over += [f"task {task.get_coro()}" for task in self.living()]

    @property
    def alive(self) -> bool:
        """Whether the bot runs, or starts."""
        return self._running is not None and not self._running.done()

    # ---- kills -------------------------------------------------------------------------

    def passing(self, point: str) -> None:
        """The bot passes a point where a kill may strike."""
        if point == "write_after":
            self.stored()
        if self._cutting is not None:
            self._cuts(point)
        if self._killing is None or self._killing[0] != point or self.store is None:
            return
        left = self._killing[1] - 1
        self._killing = (point, left)
        if left <= 0:
            self._killing = None
            self.store.dead = True
            self._struck.set()

    def cut(self, point: str, countdown: int, away_s: float) -> None:
        """Have the server end the bot's connection at the `countdown`th passing of `point`.

        It lets nobody in for so many seconds afterwards.
        """
        self._cutting = (point, countdown, away_s)

    def spare(self) -> None:
        """Let the server end no connection, and let everybody in."""
        self._cutting, self.away_until = None, 0.0

    def _cuts(self, point: str) -> None:
        if self._cutting is None or self._cutting[0] != point or self.store is None:
            return
        _, left, away_s = self._cutting
        self._cutting = (point, left - 1, away_s) if left > 1 else None
        if self._cutting is None and not self.store.is_cut:
            self.kept.end()
            self.clock.agenda.after(BEAT_S, self.store.beat)
            self.away_until = self.clock.ticks() + away_s
            self.ended(point, away_s)

    def _task(self, loop: Any, coro: Any, **options: Any) -> "asyncio.Task[Any]":
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **options)
        context = options.get("context")
        life = LIFE.get() if context is None else context.get(LIFE, 0)
        if life:
            self._tasks[task] = life
        if len(self._tasks) > FEW:
            self.living()
        return task
