"""A database with people on a clock moved by hand; and a whole Holdfast around it.

`World` is enough for what needs no Telegram. `BotWorld` has the bot's parts as well, which speak
real HTTP to a sandbox. What a folder of tests needs beside is a subclass there.
"""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlmodel import Session as Db
from sqlmodel import select
from telegram import Bot

from bot.charts.chart_data import SessionChart
from bot.delivery import recovery
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest
from bot.dispatch import delivery_events, due_work, registry
from bot.dispatch.commands.catalogue import Rules
from bot.protocol.dose.dose import Dose
from bot.protocol.load.activities import Activity, UnreadFile
from bot.protocol.report.period import PeriodChart, ReportPage
from bot.protocol.report.week_sheet import WeekSheet
from bot.store import outbox_claims
from bot.store.engine import Store
from bot.store.sessions import Stored
from bot.store.tables import Role, WatchFileRow
from bot.telegram.inbox import Inbox
from bot.telegram.poller import Poller
from bot.telegram.renderer import Renderer
from bot.telegram.watch_files import WatchFiles
from bot.watches.reading import read
from telegram_sandbox import ChatMessage, Person, Sandbox, Server, serve
from testkit.database import made
from testkit.people import BERLIN, enrolled, newest, staff
from testkit.virtual import MONDAY, HandClock

P = ParamSpec("P")
T = TypeVar("T")

TOKEN = "1:SANDBOX"
NAME = "holdfast_bot"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class World:
    """A database in a folder, and the time by which everything in it happens.

    `inline` runs everything in the caller's thread; without, there is the program's writer.
    """

    def __init__(
        self, folder: Path, clock: HandClock | None = None, *, inline: bool = True
    ) -> None:
        self.path = folder / "holdfast.db"
        self.clock = clock or HandClock()
        self.url = made(self.path)
        self._inline = inline
        self.store = Store(self.url, inline=inline)

    def __enter__(self) -> Self:
        """Return the world; leaving closes its database."""
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Close the database."""
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def reopen(self) -> None:
        """Open the database anew, as after a crash."""
        self.close()
        self.store = Store(self.url, inline=self._inline)

    # ---- time

    @property
    def now(self) -> datetime:
        """The instant; set it to let time pass."""
        return self.clock.now()

    @now.setter
    def now(self, instant: datetime) -> None:
        self.clock.at = instant

    def later(self, **passed: float) -> None:
        """Let time pass, by a timedelta's parts."""
        self.now += timedelta(**passed)

    # ---- what is stored

    def run(self, flow: Callable[Concatenate[Db, P], T], *args: P.args, **kw: P.kwargs) -> T:
        """Run a flow in a transaction of its own."""
        return self.store.write_now(flow, *args, **kw)

    def read(self, query: Callable[Concatenate[Db, P], T], *args: P.args, **kw: P.kwargs) -> T:
        """Run a query."""
        return self.store.read_now(query, *args, **kw)

    def count(self, table: Any, *which: Any) -> int:
        """Return how many rows of a table there are."""
        return self.read(lambda db: len(db.exec(select(table).where(*which)).all()))

    def row(self, table: Any, key: Any) -> Any:
        """Return a row as it is stored now."""
        return self.read(lambda db: db.get(table, key))


class Dots:
    """Stands in for the drawing process: one dot for every chart, one line for every page."""

    async def warm_up(self) -> None:
        """Nothing to load."""

    async def draw(self, _data: SessionChart | PeriodChart) -> bytes:
        """Return a dot."""
        return DOT

    async def print_page(self, page: ReportPage | WeekSheet) -> bytes:
        """Return the page's title."""
        return page.title.encode()


class AtOnce:
    """Stands in for the process that reads watches' files: it reads here and now."""

    async def read(self, data: bytes) -> tuple[Activity, ...] | UnreadFile:
        """Return what is in a file."""
        return read(data)


class BotWorld(World):
    """The bot's parts, each moved by one step at a time, and the people it talks to.

    `rules` may open enrolment.
    """

    def __init__(
        self, folder: Path, clock: HandClock, sandbox: Sandbox, server: Server, **rules: Any
    ) -> None:
        super().__init__(folder, clock)
        self.sandbox = sandbox
        self.server = server
        self._rules = Rules(NAME, **{"open_enrolment": False, **rules})
        self._wire()

    def _wire(self) -> None:
        self.bot = Bot(
            TOKEN,
            base_url=self.server.base_url,
            base_file_url=self.server.base_file_url,
            request=AiohttpRequest(read_timeout=1),
            get_updates_request=AiohttpRequest(connection_pool_size=1),
        )
        self.sender = self.sender_by(self.bot)
        self.inbox = Inbox(self.store, self.clock, self._rules)
        self.files = WatchFiles(self.store, self.bot, self.clock, AtOnce())
        self.poller = Poller(self.bot, self.store, self.clock, self.inbox.wake)

    def sender_by(self, bot: Bot) -> Sender:
        """Return a sender of what is stored here."""
        looks, knows = Renderer(self.store, Dots()), registry.knows
        return Sender(self.store, bot, looks, delivery_events, self.clock, 28, knows=knows)

    async def restart(self) -> None:
        """Start anew on the same file, as after a crash; what was in memory is gone."""
        await self.bot.shutdown()
        self.reopen()
        self._wire()
        await self.bot.initialize()
        await self.store.write(recovery.recover, self.now, delivery_events)
        await self.store.write(due_work.recover, self.now)

    # ---- time --------------------------------------------------------------------------

    async def settle(self, *, hears: bool = True, acts: bool = True) -> None:
        """Fetch, handle, act and send until nothing moves any more.

        Unless it `hears`, nothing is fetched; unless it `acts`, time brings nothing.
        """
        for _ in range(500):
            moved = 0
            if hears:
                moved += await self.poller.step(0)
                moved += await self.inbox.step()
                await self.inbox.settled()
            if acts:
                moved += (await self.store.write(due_work.act_due, self.now))[0]
                if self.store.read_now(lambda db: db.exec(select(WatchFileRow.id)).first()):
                    moved += await self.files.step()
            before = self.sandbox.log.seq
            wait = await self.sender.step()
            await self.sender.settled()
            moved += self.sandbox.log.seq - before
            if moved:
                continue
            if wait is None or not self.store.read_now(outbox_claims.ready, self.clock.now(), 1):
                return
            self.clock.at += timedelta(seconds=wait)  # the pace of a chat, or of all
        raise AssertionError(f"never at rest:\n{self.sandbox.transcript()}")

    async def passes(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> None:
        """Let time pass, stopping at everything that is due on the way."""
        target = self.clock.now() + timedelta(seconds=seconds, minutes=minutes, hours=hours)
        await self.settle()
        while (at := self._next()) is not None and at <= target:
            self.clock.at = max(at, self.clock.at)
            await self.settle()
        self.clock.at = max(target, self.clock.at)
        await self.settle()

    async def until(self, at: datetime) -> None:
        """Let time pass until `at`."""
        await self.passes((at - self.clock.now()).total_seconds())

    def _next(self) -> datetime | None:
        now = self.clock.now()
        due = [
            self.store.read_now(due_work.earliest),
            self.store.read_now(outbox_claims.next_send, now),
        ]
        return min((at for at in due if at is not None), default=None)

    # ---- people ------------------------------------------------------------------------

    def person(self, name: str, role: str = "") -> Person:
        """Add somebody who wrote to the bot before."""
        return self.sandbox.person(name, role=role, started=True)

    def athlete(
        self,
        name: str = "Maria",
        *,
        dose: Dose | None = None,
        coach: Person | None = None,
        zone: str = BERLIN,
        times: str = "07:30",
        weekdays: str = "0,1,2,3,4,5,6",
    ) -> Person:
        """Add an enrolled athlete, of a coach if one is given."""
        person = self.person(name, "athlete")
        coach_id = None if coach is None else coach.id
        plan = dose or Dose()
        self.run(enrolled, person.id, name, plan, coach_id, self.now, zone, times, weekdays)
        return person

    def coach(self, name: str = "Coach", zone: str = BERLIN) -> Person:
        """Add a coach."""
        person = self.person(name, "coach")
        self.run(staff, person.id, name, Role.COACH, self.now, zone)
        return person

    def admin(self, name: str = "Admin") -> Person:
        """Add an admin."""
        person = self.person(name, "admin")
        self.run(staff, person.id, name, Role.ADMIN, self.now)
        return person

    async def say(self, who: Person, text: str) -> None:
        """Somebody writes, and everything that follows happens."""
        who.say(text)
        await self.settle()

    async def tap(self, who: Person, label: str, on: ChatMessage | None = None) -> None:
        """Somebody presses a button, and everything that follows happens."""
        who.tap(label, on=on)
        await self.settle()

    # ---- what is stored ----------------------------------------------------------------

    def newest(self, who: Person) -> Stored:
        """Return the person's newest session."""
        return self.read(newest, who.id)

    def heard(self, who: Person) -> list[str]:
        """Return the first lines of what the bot sent this person, oldest first."""
        return [message.text.strip().partition("\n")[0] for message in who.chat if message.from_bot]

    def rang(self, who: Person) -> list[str]:
        """Return what rang in the person's chat, oldest first, as it was sent."""
        sent = [e for e in self.sandbox.log if e.chat_id == who.id and e.who == "Bot (rings)"]
        return [entry.text for entry in sent]


@asynccontextmanager
async def world_at(folder: Path, at: datetime = MONDAY, **rules: Any) -> AsyncIterator[BotWorld]:
    """Make a world whose clock stands at `at`; `rules` may open enrolment."""
    clock = HandClock(at)
    sandbox = Sandbox(TOKEN, NAME, now=clock.now)
    server = await serve(sandbox)
    with BotWorld(folder, clock, sandbox, server, **rules) as world:
        await world.bot.initialize()
        try:
            yield world
        finally:
            await world.bot.shutdown()
    await server.close()
