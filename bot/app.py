"""The composition root: the one place where the rooms meet."""

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import structlog
from telegram import Bot

from bot import keeping, outside, startup
from bot.accounts.people import bootstrap
from bot.charts.worker import ChartWorker
from bot.clock.alarm import Alarm
from bot.clock.checks import Checks
from bot.clock.clock import SystemClock
from bot.delivery import recovery
from bot.delivery.carrier import Alone
from bot.delivery.from_memory import FromMemory
from bot.delivery.ports import MayLeave
from bot.delivery.sender import Sender
from bot.dispatch import delivery_events, due_work, registry
from bot.dispatch.commands.catalogue import Rules
from bot.metrics import Metrics
from bot.nodes.over import TermOverError, WhyOver
from bot.operations import menus, operator, status
from bot.operations.backup_job import Backups
from bot.operations.operator import Operator
from bot.outside import Outside
from bot.settings import Delivery, Settings, bot_of
from bot.store import own_bot, restore
from bot.store.engine import Store
from bot.store.faults import DamagedError, reason
from bot.telegram.inbox import Inbox
from bot.telegram.menu import edition, publish_menu
from bot.telegram.ports import Incoming
from bot.telegram.renderer import Renderer
from bot.telegram.watch_files import WatchFiles

if TYPE_CHECKING:  # who has a file loads nothing of servers
    from bot.nodes.term import Term

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
    incoming: Incoming
    inbox: Inbox
    alarm: Alarm
    backups: Backups
    checks: Checks
    charts: ChartWorker
    files: WatchFiles
    rules: Rules
    nightly: str
    database: str
    term: "Term | None" = None
    """The term of this node; None where the database is a file, which has one process."""

    async def begin(self) -> None:
        """Go on: after a start, or where another node led a moment ago."""
        left = await self.store.write(due_work.leave_alone, self.clock.now())
        if left:
            log.warning("sessions_left_to_another_version", sessions=left)
        if self.term is None or self.term.is_start:
            await self.recover()
        else:
            await self.take_over(self.term)

    async def take_over(self, term: "Term") -> None:
        """Go on where another node led a moment ago: nothing is broken off, what is due is late."""
        now = self.clock.now()
        letters = await self.store.write(recovery.recover, now, delivery_events)
        sessions = await keeping.remember(self.store, self.sender, self.memory, self.clock)
        self.incoming.begin_from(term.fetched_until)
        await self.store.write(status.started, version("holdfast-bot"), self.nightly, now)
        log.info("took_over", epoch=term.epoch, sessions=sessions, letters=letters)

    async def recover(self) -> None:
        """Find what a former run left: sessions, and messages that were on their way."""
        now = self.clock.now()
        letters = await self.store.write(recovery.recover, now, delivery_events)
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
        await self.begin()
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
                *self._of_one_alone(),
                ("files", self.files.run()),
                *self._of_a_node(),
            )
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            await _first_end(stopping, jobs)
        except TermOverError as over:
            log.warning("term_over", why=over.why)
            await self._let_go([*jobs, stopping], in_doubt=over.in_doubt)
        except BaseException:
            await self._end([*jobs, stopping])
            raise
        else:
            await self._end([*jobs, stopping])

    def _of_one_alone(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """Return the jobs of the only process; a node has drawing loaded while it stands by."""
        return [("charts", outside.warm_up(self.charts))] if self.term is None else []

    def _of_a_node(self) -> list[tuple[str, Coroutine[Any, Any, None]]]:
        """Return the jobs of one process among several."""
        if self.term is None:
            return []
        return [("term", self.term.kept()), ("wakeup", self.term.listen(self.inbox.wake))]

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
        raise self.store.lost if self.term is None else self.term.over(WhyOver.LOST)

    async def _cancel(self, jobs: Sequence[asyncio.Task[Any]]) -> None:
        self.alarm.stop()
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    async def _end(self, jobs: Sequence[asyncio.Task[Any]]) -> None:
        """End in order; where another node is there, it goes on with all that is under way."""
        others = self.term is not None and await self.term.has_others()
        await self._cancel(jobs)
        if others:
            await self._hand_over()
            return
        try:
            await self.store.write(due_work.rest_all, self.clock.now())
            await self.sender.drain(DRAIN_S)
        except TimeoutError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it was, the athletes hear
            log.warning("not_saved_at_the_end", error=type(error).__name__)
            await self._last_words()
        if self.term is not None:
            await self.term.give_back()
        log.info("stopped")

    async def _hand_over(self) -> None:
        with suppress(TimeoutError):
            await self.sender.hand_over(DRAIN_S)
        log.info("handed_over")

    async def _let_go(self, jobs: Sequence[asyncio.Task[Any]], *, in_doubt: bool) -> None:
        """The term is over: what is under way is another's; only promises in memory are left."""
        await self._cancel(jobs)
        if in_doubt:
            self.sender.rest()
        else:
            await self.sender.abandon()

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
    home, bot = startup.home_of(settings), bot_of(settings)
    lock = home.lock()
    stack.callback(lock.release)
    own_bot.require(home.bot(), bot)  # another may have come first since it was looked at
    if not home.is_current():
        home.migrate()
    store = Store(home.url)
    stack.callback(store.close)
    await store.write(lock.keep)
    await store.write(own_bot.claim, bot, clock.now())
    await catch_up(settings, store, clock)
    out = await outside.reach_out(settings, stack, clock)
    await out.take_webhook_away()
    return await assemble(settings, store, out)


async def catch_up(settings: Settings, store: Store, clock: SystemClock) -> None:
    """Erase again who was erased, if the database is of an earlier time."""
    known = keeping.erased(startup.home_of(settings).folder)
    await store.write(restore.catch_up, known, clock.now())


async def assemble(
    settings: Settings, store: Store, out: Outside, term: "Term | None" = None
) -> App:
    """Make everything that runs on a database which is open."""
    clock, runs = out.clock, Operator(settings.operator.name, settings.operator.contact)
    await store.write(bootstrap.ensure, settings.access.admins, clock.now())
    await store.write(operator.note, runs, clock.now())
    files = WatchFiles(store, out.bot, clock, out.reader)
    return _wire(settings, store, out.bot, out.charts, files, clock, out.metrics, term)


def _wire(
    settings: Settings,
    store: Store,
    bot: Bot,
    charts: ChartWorker,
    files: WatchFiles,
    clock: SystemClock,
    metrics: Metrics,
    term: "Term | None" = None,
) -> App:
    gate = Alone() if term is None else term.gate
    rules = Rules(bot.username, settings.access.open_enrolment)
    outbound = _sender(settings.delivery, store, bot, charts, clock, metrics, gate)
    memory = keeping.memory_of(store, bot, outbound, clock, gate)
    inbox, incoming = keeping.incoming_of(settings, store, bot, clock, memory, metrics, gate.speaks)
    home = startup.home_of(settings)
    nightly = settings.backup.nightly if home.makes_backups else keeping.OFF
    keeper = keeping.backups_of(home, nightly, settings.backup.keep, store, clock)
    checks = keeping.checks_of(home, store, clock)
    acted = metrics.acted if settings.metrics.port else None
    rung = (keeper.ring, files.ring, *(() if term is None else (inbox.wake,)))
    steady = term is not None
    alarm = keeping.alarm_of(store, clock, acted, memory, checks, rung, steady=steady)
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
        term=term,
    )


def _sender(
    delivery: Delivery,
    store: Store,
    bot: Bot,
    charts: ChartWorker,
    clock: SystemClock,
    metrics: Metrics,
    gate: MayLeave,
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
        gate=gate,
        knows=registry.knows,
    )
