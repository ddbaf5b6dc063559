"""A whole Holdfast on a clock moved by hand: real SQLite file, real HTTP to the sandbox."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session as Db
from telegram import Bot

from bot.accounts.people import bootstrap
from bot.accounts.sharing.consents import SHARING
from bot.charts.chart_data import SessionChart
from bot.delivery import sender as delivery
from bot.delivery.sender import Sender
from bot.delivery.transport import AiohttpRequest
from bot.dispatch import delivery_events, due_work
from bot.dispatch.commands.catalogue import Rules
from bot.protocol.dose.dose import Dose
from bot.protocol.report.period import PeriodChart, ReportPage
from bot.store import outbox_claims, people, sessions
from bot.store.engine import Store
from bot.store.sessions import Stored
from bot.store.tables import AssignmentRow, AthleteRow, Role
from bot.telegram.inbox import Inbox
from bot.telegram.poller import Poller
from bot.telegram.renderer import Renderer
from bot.training import occurrences
from telegram_sandbox import ChatMessage, Person, Sandbox, Server, serve
from testkit.database import made
from testkit.virtual import MONDAY, HandClock

BERLIN = "Europe/Berlin"
TOKEN = "1:SANDBOX"
NAME = "holdfast_bot"
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Dots:
    """Stands in for the drawing process: one dot for every chart, one line for every page."""

    async def draw(self, _data: SessionChart | PeriodChart) -> bytes:
        """Return a dot."""
        return DOT

    async def print_page(self, page: ReportPage) -> bytes:
        """Return the page's title."""
        return page.title.encode()


@dataclass
class World:
    """The bot's parts, each moved by one step at a time, and the people it talks to."""

    clock: HandClock
    sandbox: Sandbox
    server: Server
    store: Store
    bot: Bot
    sender: Sender
    inbox: Inbox
    poller: Poller
    url: str

    # ---- time --------------------------------------------------------------------------

    async def settle(self) -> None:
        """Fetch, handle, act and send until nothing moves any more."""
        for _ in range(500):
            moved = await self.poller.step(0)
            moved += await self.inbox.step()
            await self.inbox.settled()
            moved += (await self.store.write(due_work.act_due, self.clock.now()))[0]
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
        self.store.write_now(
            enrolled,
            person.id,
            name,
            dose or Dose(),
            coach_id,
            self.clock.now(),
            zone,
            times,
            weekdays,
        )
        return person

    def coach(self, name: str = "Coach", zone: str = BERLIN) -> Person:
        """Add a coach."""
        person = self.person(name, "coach")
        self.store.write_now(_staff, person.id, name, Role.COACH, self.clock.now(), zone)
        return person

    def admin(self, name: str = "Admin") -> Person:
        """Add an admin."""
        person = self.person(name, "admin")
        self.store.write_now(_staff, person.id, name, Role.ADMIN, self.clock.now())
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
        found = self.store.read_now(_newest, who.id)
        assert found is not None
        return found

    def heard(self, who: Person) -> list[str]:
        """Return the first lines of what the bot sent this person, oldest first."""
        return [message.text.strip().partition("\n")[0] for message in who.chat if message.from_bot]

    def rang(self, who: Person) -> list[str]:
        """Return what rang in the person's chat, oldest first, as it was sent."""
        sent = [e for e in self.sandbox.log if e.chat_id == who.id and e.who == "Bot (rings)"]
        return [entry.text for entry in sent]

    async def restart(self) -> "World":
        """Start anew on the same file, as after a crash; what was in memory is gone."""
        await self.bot.shutdown()
        self.store.close()
        fresh = _wired(self.clock, self.sandbox, self.server, self.url)
        await fresh.bot.initialize()
        await fresh.store.write(delivery.recover, self.clock.now(), delivery_events)
        await fresh.store.write(due_work.recover, self.clock.now())
        self.store, self.bot, self.sender = fresh.store, fresh.bot, fresh.sender
        self.inbox, self.poller = fresh.inbox, fresh.poller
        return self


def enrolled(
    db: Db,
    telegram_id: int,
    name: str,
    dose: Dose,
    coach_id: int | None,
    now: datetime,
    zone: str = BERLIN,
    times: str = "07:30",
    weekdays: str = "0,1,2,3,4,5,6",
) -> int:
    """Store an enrolled athlete with a plan and the next occurrence; return the person's id."""
    person = people.join(db, telegram_id, name, Role.ATHLETE, now)
    assert person.id is not None
    person.zone = zone
    row = AthleteRow(
        person_id=person.id,
        consent_version="test",
        consented_at=now,
        times=times,
        weekdays=weekdays,
    )
    occurrences.make_room(row)
    db.add(row)
    db.add(sessions.plan_row(person.id, 1, dose, now))
    db.flush()
    if coach_id is not None:
        coach = people.by_telegram(db, coach_id)
        assert coach is not None
        assert coach.id is not None
        db.add(shared(person.id, coach.id, now))
    occurrences.plan_next(db, person.id, now)
    return person.id


def shared(athlete_id: int, coach_id: int, now: datetime) -> AssignmentRow:
    """Return the consent to a coach, with the wording that is asked for now."""
    return AssignmentRow(
        athlete_id=athlete_id, coach_id=coach_id, consented_at=now, consent_version=SHARING
    )


def _staff(
    db: Db, telegram_id: int, name: str, role: Role, now: datetime, zone: str = "UTC"
) -> None:
    if role is Role.ADMIN:
        bootstrap.ensure(db, [telegram_id], now)
    person = people.join(db, telegram_id, name, role, now)
    person.name, person.zone = name, zone


def _newest(db: Db, telegram_id: int) -> Stored | None:
    person = people.by_telegram(db, telegram_id)
    assert person is not None
    assert person.id is not None
    return sessions.newest(db, person.id)


def _wired(clock: HandClock, sandbox: Sandbox, server: Server, url: str) -> World:
    store = Store(url, inline=True)
    bot = Bot(
        TOKEN,
        base_url=server.base_url,
        base_file_url=server.base_file_url,
        request=AiohttpRequest(read_timeout=1),
        get_updates_request=AiohttpRequest(connection_pool_size=1),
    )
    outbound = Sender(store, bot, Renderer(store, Dots()), delivery_events, clock, 28)
    inbox = Inbox(store, clock, Rules(NAME, open_enrolment=False))
    poller = Poller(bot, store, clock, inbox.wake)
    return World(clock, sandbox, server, store, bot, outbound, inbox, poller, url)


@asynccontextmanager
async def world_at(folder: Path, at: datetime = MONDAY, **rules: Any) -> AsyncIterator[World]:
    """Make a world whose clock stands at `at`; `rules` may open enrolment."""
    clock = HandClock(at)
    sandbox = Sandbox(TOKEN, NAME, now=clock.now)
    server = await serve(sandbox)
    world = _wired(clock, sandbox, server, made(folder / "world.db"))
    if rules:
        world.inbox = Inbox(world.store, clock, Rules(NAME, **rules))
        world.poller = Poller(world.bot, world.store, clock, world.inbox.wake)
    try:
        await world.bot.initialize()
        yield world
    finally:
        await world.bot.shutdown()
        world.store.close()
        await server.close()
