"""The composition root: the one place where the rooms meet."""

import asyncio
import os
import signal
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from itertools import count
from typing import Any, Final, TypeVar

import structlog
from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.warnings import PTBUserWarning

from bot import keeping, startup, streams
from bot.accounts.invites import first_admin
from bot.accounts.people import bootstrap
from bot.charts.worker import ChartError, ChartWorker
from bot.clock.alarm import Alarm
from bot.clock.checks import Checks
from bot.clock.clock import SystemClock
from bot.delivery import sender
from bot.delivery.address import host_of
from bot.delivery.errors import unknown_there, why_failed
from bot.delivery.from_memory import FromMemory
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest
from bot.dispatch import delivery_events, due_work
from bot.dispatch.commands.catalogue import Rules
from bot.metrics import Endpoint, Metrics
from bot.operations import menus, operator, status
from bot.operations.backup_job import Backups
from bot.operations.operator import Operator
from bot.settings import Delivery, Settings, Telegram, require_token
from bot.startup import StopError
from bot.store import restore
from bot.store.engine import Store
from bot.store.faults import DamagedError, reason
from bot.telegram.inbox import Inbox
from bot.telegram.menu import edition, publish_menu
from bot.telegram.poller import BACKOFF_S, take_webhook_away
from bot.telegram.renderer import Renderer
from bot.telegram.watch_files import WatchFiles
from bot.watches.reader import FileReader

T = TypeVar("T")

log = structlog.get_logger()

DRAIN_S: Final = 5.0
"""How long a program that ends waits for messages under way."""


@dataclass(slots=True)
class App:
    """Everything that runs, made by `build`."""

    store: Store
    bot: Bot
    clock: SystemClock
    sender: Sender
    memory: FromMemory
    incoming: keeping.Incoming
    inbox: Inbox
    alarm: Alarm
    backups: Backups
    checks: Checks
    charts: ChartWorker
    files: WatchFiles
    rules: Rules
    nightly: str
    database: str

    async def recover(self) -> None:
        """Find what a former run left: sessions, and messages that were on their way."""
        now = self.clock.now()
        letters = await self.store.write(sender.recover, now, delivery_events)
        sessions = await self.store.write(due_work.recover, now)
        await self.store.write(status.started, version("holdfast-bot"), self.nightly, now)
        await self.store.write(menus.start, edition(), now)
        log.info(
            "started",
            bot=self.rules.bot_username,
            database=self.database,
            sessions=sessions,
            letters=letters,
        )

    def committed(self) -> None:
        """Something was stored: messages or due rows may be among it."""
        self.sender.wake()
        self.alarm.moved()

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set or something cannot go on; then end in good order."""
        self.store.on_commit.append(self.committed)
        over = self._watch_database()
        await self.recover()
        self.alarm.start()
        jobs = [
            asyncio.create_task(job, name=name)
            for name, job in (
                ("database", self._until(over)),
                ("sender", self.sender.run()),
                ("memory", self.memory.run()),
                ("inbox", self.inbox.run()),
                ("incoming", self.incoming.run()),
                ("menu", publish_menu(self.bot, self._chats, self.clock)),
                ("backups", self.backups.run()),
                ("checks", self.checks.run()),
                ("charts", self._warm_up()),
                ("files", self.files.run()),
            )
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            await _first_end(stopping, jobs)
        finally:
            await self._end([*jobs, stopping])

    async def _chats(self) -> list[menus.KnownChat]:
        found: list[menus.KnownChat] = await self.store.read(menus.chats)
        return found

    def _watch_database(self) -> asyncio.Event:
        """Return an event that is set when the database is damaged or lost, by whatever code."""
        over, loop = asyncio.Event(), asyncio.get_running_loop()

        def failed() -> None:
            self.checks.ring()
            if self.store.damage is not None or self.store.lost is not None:
                loop.call_soon_threadsafe(over.set)

        self.store.on_fault.append(failed)
        return over

    async def _until(self, over: asyncio.Event) -> None:
        """Raise what told of it: nothing that is stored, or read, can be relied on any more.

        Who has lost the writer's connection has lost the right to write: another may run by now.
        """
        await over.wait()
        if self.store.damage is not None:
            raise DamagedError(reason(self.store.damage))
        assert self.store.lost is not None
        raise self.store.lost

    async def _warm_up(self) -> None:
        """Load the drawing code; without it messages go out without pictures, and the bot runs."""
        try:
            await self.charts.warm_up()
        except ChartError as error:
            log.warning("charts_not_ready", reason=str(error))

    async def _end(self, jobs: Sequence[asyncio.Task[Any]]) -> None:
        self.alarm.stop()
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        try:
            await self.store.write(due_work.rest_all, self.clock.now())
            await self.sender.drain(DRAIN_S)
        except TimeoutError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it was, the athletes hear
            log.warning("not_saved_at_the_end", error=type(error).__name__)
            await self._last_words()
        log.info("stopped")

    async def _last_words(self) -> None:
        """Nothing can be stored: everybody in a hold is released from memory."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_S):
                await self.memory.release_all()


async def _first_end(stopping: "asyncio.Task[bool]", jobs: list["asyncio.Task[None]"]) -> None:
    """Wait for the wish to stop, or for the first job that fails; small jobs may end."""
    pending: set[asyncio.Task[None] | asyncio.Task[bool]] = {stopping, *jobs}
    while stopping in pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for job in done:
            error = job.exception()
            if error is not None:
                raise error


async def build(settings: Settings, stack: AsyncExitStack, clock: SystemClock | None = None) -> App:
    """Open the database and make everything that runs; `stack` closes it again."""
    clock = clock or SystemClock()
    startup.check(settings)
    _settle_ptb()
    home = startup.home_of(settings)
    lock = home.lock()
    stack.callback(lock.release)
    if not home.is_current():
        home.migrate()
    store = Store(home.url)
    stack.callback(store.close)
    await store.write(lock.keep)
    await store.write(restore.catch_up, keeping.erased(home.folder), clock.now())
    metrics = Metrics(clock.ticks)
    _show(metrics, settings.metrics.port, stack)
    bot = await _bot(require_token(settings), settings.telegram, stack)
    if not settings.webhook.url:
        why = partial(why_failed, host_of(settings.telegram.api_base_url))
        await take_webhook_away(bot, why)
    await store.write(bootstrap.ensure, settings.access.admins, clock.now())
    runs = Operator(settings.operator.name, settings.operator.contact)
    await store.write(operator.note, runs, clock.now())
    charts, reader = ChartWorker(), FileReader()
    stack.push_async_callback(charts.aclose)
    stack.push_async_callback(reader.aclose)
    files = WatchFiles(store, bot, clock, reader)
    return _wire(settings, store, bot, charts, files, clock, metrics)


def _show(metrics: Metrics, port: int, stack: AsyncExitStack) -> None:
    """Open the port for Prometheus; 0 opens none."""
    if not port:
        return
    try:
        endpoint = Endpoint(metrics, port)
    except OSError as error:
        raise startup.port_error(port, error) from error
    stack.push_async_callback(asyncio.to_thread, endpoint.close)
    log.info("metrics_shown", port=endpoint.port)


def _settle_ptb() -> None:
    """Choose timedelta for durations; calls by name are meant."""
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    warnings.filterwarnings("ignore", "Please use 'Bot.", PTBUserWarning)


async def _bot(token: str, telegram: Telegram, stack: AsyncExitStack) -> Bot:
    base, proxy = telegram.api_base_url.rstrip("/"), telegram.proxy.get_secret_value()
    bot = Bot(
        token,
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=AiohttpRequest(proxy=proxy),
        get_updates_request=AiohttpRequest(connection_pool_size=1, proxy=proxy),
    )
    stack.push_async_callback(bot.shutdown)
    await _patiently(bot.initialize, base)
    return bot


async def _patiently(call: Callable[[], Awaitable[object]], base: str) -> None:
    """Make a call of the start, again while Telegram cannot be reached."""
    clock = SystemClock()
    for tries in count():
        try:
            await call()
        except InvalidToken as error:
            raise StopError(unknown_there(base, error)) from error
        except TelegramError as error:
            wait = BACKOFF_S[min(tries, len(BACKOFF_S) - 1)]
            log.warning(
                "telegram_unreachable",
                error=type(error).__name__,
                why=why_failed(host_of(base), error),
                wait_s=wait,
            )
            await clock.wait(asyncio.Event(), wait)
        else:
            return


def _wire(
    settings: Settings,
    store: Store,
    bot: Bot,
    charts: ChartWorker,
    files: WatchFiles,
    clock: SystemClock,
    metrics: Metrics,
) -> App:
    rules = Rules(bot.username, settings.access.open_enrolment)
    outbound = _sender(settings.delivery, store, bot, charts, clock, metrics)
    memory = keeping.memory_of(store, bot, outbound, clock)
    inbox, incoming = keeping.incoming_of(settings, store, bot, clock, memory, metrics)
    home = startup.home_of(settings)
    nightly = settings.backup.nightly if home.makes_backups else keeping.OFF
    keeper = keeping.backups_of(home, nightly, settings.backup.keep, store, clock)
    checks = keeping.checks_of(home, store, clock)
    acted = metrics.acted if settings.metrics.port else None
    alarm = keeping.alarm_of(store, clock, acted, memory, checks, (keeper.ring, files.ring))
    return App(
        store=store,
        bot=bot,
        clock=clock,
        sender=outbound,
        memory=memory,
        incoming=incoming,
        inbox=inbox,
        alarm=alarm,
        backups=keeper,
        checks=checks,
        charts=charts,
        files=files,
        rules=rules,
        nightly=nightly,
        database=str(home),
    )


def _sender(
    delivery: Delivery,
    store: Store,
    bot: Bot,
    charts: ChartWorker,
    clock: SystemClock,
    metrics: Metrics,
) -> Sender:
    return Sender(
        store,
        bot,
        Renderer(store, charts),
        delivery_events,
        clock,
        delivery.rate,
        paid_rate=delivery.paid_rate,
        patience=timedelta(seconds=delivery.reminders_within_s),
        watch=metrics,
    )


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Do `work` and return its value; give it up and return None as soon as `stop` is set."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, stopping):
            task.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


def _hello(username: str, token: str | None) -> None:
    """Say on standard output, which is no log, where the bot is; and how to be its first admin."""
    lines = [f"The bot is https://t.me/{username}"]
    if token is not None:
        lines.append(
            "It has no admin yet. Who opens this link within an hour is the first; it works once, "
            f"and the next start prints another: https://t.me/{username}?start={token}"
        )
    streams.say(lines)


def heed_signals(stop: asyncio.Event) -> None:
    """Set `stop` when the program is told to end, or its terminal goes away.

    Under nohup, which is to outlive its terminal, SIGHUP stays ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)


async def serve(settings: Settings, stop: asyncio.Event | None = None) -> None:
    """Run the bot until it is told to stop (SIGINT, SIGTERM, SIGHUP).

    Raises `StopError` with one sentence when it cannot go on; `DamagedError`, which names the
    backup to restore, whenever the database turns out to be damaged.
    """
    with startup.told(settings):
        await _serve(settings, stop)


async def _serve(settings: Settings, stop: asyncio.Event | None) -> None:
    ending = stop or asyncio.Event()
    if stop is None:
        heed_signals(ending)
    async with AsyncExitStack() as stack:
        app = await _unless(ending, build(settings, stack))
        if app is None:
            return
        for note in startup.notes(settings):
            log.warning("to_be_set", why=note)
        token = await app.store.write(first_admin.renew, app.clock.now())
        _hello(app.rules.bot_username, token)
        try:
            await app.run(ending)
        except InvalidToken as error:
            raise StopError("Telegram does not accept telegram.token any more.") from error
