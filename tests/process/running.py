"""The bot as a process of its own: started, listened to, stopped and killed.

The sandbox is served in the test's process, so people act by its plain verbs. Everything the bot
prints is kept, and none of it may hold the token.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.protocol.calendar.local_time import local
from bot.protocol.dose.dose import Dose
from bot.store import people
from bot.store.engine import Store
from bot.store.home import home_of
from bot.store.sessions import Stored
from bot.store.tables import OccurrenceRow, OccurrenceState, OutboxRow
from telegram_sandbox import Entry, Person, Sandbox, Server, serve
from testkit.database import is_file, made
from testkit.people import enrolled, id_of, newest

P = ParamSpec("P")
T = TypeVar("T")

SECRET: Final = "ThisIsTheSecretHalfOfTheToken-35char"
TOKEN: Final = f"700700700:{SECRET}"
ADMIN: Final = 990_000_001
DOSE: Final = Dose(hold_s=5, holds=2, rest_s=5, lead_in_first_s=5, lead_in_s=5)
"""As short as a dose may be."""
READY_S: Final = 40.0
"""A start takes two or three seconds on a quiet machine."""
STEP_S: Final = 30.0
UNKNOWN: Final = "none"
"""What makes the drawing library refuse to be loaded, which takes it longer than a bot to start."""
AT_ONCE: Final = timedelta()
LONG_AGO: Final = "UPDATE lease SET at = at - interval '1 hour'"


@dataclass
class Program:
    """One process of the bot, with what it has printed so far."""

    process: asyncio.subprocess.Process
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _readers: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def start(
        cls,
        *arguments: str,
        env: dict[str, str],
        folder: Path,
        log: int | None = None,
        script: Sequence[str] = ("-m", "bot"),
    ) -> "Program":
        """Start `python -m bot` with these arguments, in a process group of its own.

        Or another `script`, which takes the same.

        What it prints goes to the file descriptor `log`, if one is given, and is not read.
        """
        pipe = asyncio.subprocess.PIPE if log is None else log
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *script,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            env=env,
            cwd=folder,
            start_new_session=True,
        )
        made = cls(process)
        made._readers = [
            asyncio.create_task(made._read(stream, lines))
            for stream, lines in ((process.stdout, made.out), (process.stderr, made.err))
            if stream is not None
        ]
        return made

    async def _read(self, stream: asyncio.StreamReader, lines: list[str]) -> None:
        async for line in stream:
            async with self._news:
                lines.append(line.decode().rstrip("\n"))
                self._news.notify_all()

    @property
    def printed(self) -> str:
        """Everything on both channels."""
        return "\n".join([*self.out, *self.err])

    async def logs(self, event: str, *, times: int = 1, within: float = READY_S) -> str:
        """Wait until `event` was logged so often; return that line."""
        try:
            async with asyncio.timeout(within), self._news:
                while len(found := [line for line in self.err if f"event={event}" in line]) < times:
                    assert self.process.returncode is None, self.printed
                    await self._news.wait()
                return found[times - 1]
        except TimeoutError:
            raise AssertionError(f"{event} was not logged:\n{self.printed}") from None

    async def ended(self, within: float = READY_S) -> int:
        """Wait for the end of the process; return its exit code."""
        try:
            async with asyncio.timeout(within):
                code = await self.process.wait()
                await asyncio.gather(*self._readers)
        except TimeoutError:
            raise AssertionError(f"it did not end within {within} s:\n{self.printed}") from None
        return code

    async def killed(self) -> None:
        """Kill it as a power cut would, what draws for it too, and wait until it is gone."""
        os.killpg(self.process.pid, signal.SIGKILL)
        assert await self.ended() == -signal.SIGKILL

    async def terminated(self, within: float = 8.0) -> int:
        """Ask it to end; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended(within)

    async def cleared(self) -> None:
        """End whatever is left of its process group."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.ended()


@dataclass
class Place:
    """A folder with a database, a sandbox in place of Telegram, and the processes started here.

    No `World`: the bot is a process here, and nobody keeps its database open beside it.
    Without `drawing` no picture comes; all else does.
    """

    folder: Path
    sandbox: Sandbox
    server: Server
    programs: list[Program] = field(default_factory=list)
    drawing: bool = True

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / "holdfast.db"

    @property
    def url(self) -> str:
        """The database's address; a server's is there, with tables, before the first start."""
        return f"sqlite:///{self.database}" if is_file() else made(self.database)

    @property
    def named(self) -> str:
        """What people are told of the database's place."""
        return str(home_of(self.url, "backups"))

    # ---- processes ---------------------------------------------------------------------

    def environment(self, **more: str | None) -> dict[str, str]:
        """Return the bot's whole environment; `more` adds to it, None takes away."""
        values: dict[str, str | None] = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/"),
            "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR"),
            "MPLBACKEND": None if self.drawing else UNKNOWN,
            "PYTHONUNBUFFERED": "1",
            "BOT_TELEGRAM__TOKEN": TOKEN,
            "BOT_TELEGRAM__API_BASE_URL": self.server.url,
            "BOT_DATABASE__URL": self.url,
            "BOT_ACCESS__ADMINS": f"[{ADMIN}]",
            **more,
        }
        return {key: value for key, value in values.items() if value is not None}

    async def starts(self, *arguments: str, **env: str | None) -> Program:
        """Start a command; the fixture ends it."""
        return await self.starts_printing(None, *arguments, **env)

    async def starts_printing(
        self, log: int | None, /, *arguments: str, **env: str | None
    ) -> Program:
        """Start a command that prints to the file descriptor `log`, where nobody reads it."""
        made = await Program.start(
            *arguments, env=self.environment(**env), folder=self.folder, log=log
        )
        self.programs.append(made)
        return made

    async def starts_skewed(self, seconds: float, *arguments: str) -> Program:
        """Start a command on a machine whose wall clock is wrong by so much."""
        made = await Program.start(
            *arguments,
            env=self.environment(),
            folder=self.folder,
            script=(str(Path(__file__).with_name("skewed.py")), str(seconds)),
        )
        self.programs.append(made)
        return made

    async def runs(self, **env: str | None) -> Program:
        """Start the bot and wait until it is up.

        On a server nobody has led for long, as far as it can know: it is a start, and no take-over.
        """
        if not is_file() and all(one.process.returncode is not None for one in self.programs):
            self.write(lambda db: db.connection().execute(text(LONG_AGO)))
        program = await self.starts("run", **env)
        await program.logs("started")
        return program

    async def finishes(self, *arguments: str, **env: str | None) -> tuple[int, Program]:
        """Run a command to its end; return its exit code and what it printed."""
        program = await self.starts(*arguments, **env)
        return await program.ended(), program

    def post_to(self, url: str, secret: str) -> None:
        """Have updates posted, without a bot that sees to it."""
        self.sandbox.call("setWebhook", {"url": url, "secret_token": secret})

    # ---- the database ------------------------------------------------------------------

    def write(self, flow: Callable[Concatenate[Db, P], T], *args: P.args, **kw: P.kwargs) -> T:
        """Run a flow on the database, beside the bot if it runs."""
        with Store(self.url, inline=True) as store:
            return store.write_now(flow, *args, **kw)

    def enrol(
        self, name: str, *, dose: Dose = DOSE, ago: timedelta | None = AT_ONCE, zone: str = ""
    ) -> Person:
        """Add an enrolled athlete whose reminder was due `ago`; None leaves it for later."""
        made(self.database)
        person = self.sandbox.person(name, role="athlete", started=True)
        now = datetime.now(UTC)
        where = zone or noon(now)
        self.write(enrolled, person.id, name, dose, None, now, where, _wall_time(now, ago, where))
        if ago is not None:
            self.write(remind, person.id, now - ago)
        return person

    def newest(self, who: Person) -> Stored:
        """Return the person's newest session as it is stored."""
        return self.write(newest, who.id)

    def occurrences(self, who: Person) -> list[OccurrenceRow]:
        """Return the person's occurrences, oldest first."""

        def find(db: Db) -> list[OccurrenceRow]:
            query = select(OccurrenceRow).where(OccurrenceRow.athlete_id == id_of(db, who.id))
            return list(db.exec(query.order_by(col(OccurrenceRow.planned_at))))

        return self.write(find)

    def times(self, who: Person) -> str:
        """Return the person's reminder times, as they are stored."""
        return self.write(lambda db: people.athlete(db, id_of(db, who.id)).times)

    def letters(self, kind: str) -> list[str]:
        """Return the states of all letters of a kind, oldest first."""
        query = select(OutboxRow.state).where(OutboxRow.kind == kind).order_by(col(OutboxRow.id))
        return self.write(lambda db: list(db.exec(query)))

    # ---- what people hear --------------------------------------------------------------

    async def hears(self, who: Person, text: str, *, after: int = 0) -> Entry:
        """Wait until the bot has said `text` to a person."""
        return await self.sandbox.log.wait_for(
            lambda entry: _said(entry, who) and text in entry.text, after=after, timeout=STEP_S
        )

    def heard(self, who: Person, text: str = "", *, after: int = 0) -> list[Entry]:
        """Return what the bot said to a person that contains `text`, oldest first."""
        found = self.sandbox.log.after(after)
        return [entry for entry in found if _said(entry, who) and text in entry.text]

    def cues(self, who: Person, *, after: int = 0) -> list[str]:
        """Return the first two words of every HOLD and RELEASE cue, oldest first."""
        firsts = [entry.text.partition("\n")[0] for entry in self.sent(who, after=after)]
        return [
            first.partition(" of ")[0].replace(" ·", "")
            for first in firsts
            if first.startswith(("HOLD", "RELEASE ·"))
        ]

    def sent(self, who: Person, *, after: int = 0) -> list[Entry]:
        """Return the messages that the bot sent to a person, without edits."""
        return [one for one in self.heard(who, after=after) if one.method == "sendMessage"]

    async def acted(self, who: Person) -> None:
        """Wait until all that was said before is dealt with, and every message marked as sent.

        Messages to one chat go out one at a time: a reply is sent when the last one is settled.
        """
        start = self.sandbox.log.seq
        who.say("/help")
        await self.hears(who, "this list", after=start)


def noon(now: datetime) -> str:
    """Return a zone in which the day is young and old enough: nothing is quiet there."""
    ahead = 13 - now.hour  # 13 o'clock there; the zones' names count westwards
    return f"Etc/GMT{-ahead:+d}"


def remind(db: Db, telegram_id: int, at: datetime) -> None:
    """Plan today's reminder for an instant; what was planned for today before is forgotten."""
    athlete_id = id_of(db, telegram_id)
    day = local(at, people.person(db, athlete_id).zone).date()
    for row in db.exec(select(OccurrenceRow).where(OccurrenceRow.athlete_id == athlete_id)):
        if row.state == OccurrenceState.PLANNED:
            db.delete(row)
    db.flush()
    db.add(OccurrenceRow(athlete_id=athlete_id, local_date=day, slot=0, planned_at=at, due_at=at))


def _wall_time(now: datetime, ago: timedelta | None, zone: str) -> str:
    at = now + timedelta(hours=2) if ago is None else now - ago
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def _said(entry: Entry, who: Person) -> bool:
    telling = entry.method in {"sendMessage", "editMessageText", "sendPhoto"}
    return entry.kind == "call" and entry.ok and entry.chat_id == who.id and telling


@asynccontextmanager
async def place_in(folder: Path, *, drawing: bool = True) -> AsyncIterator[Place]:
    """Make a place; at the end every process is ended, and none has printed the token."""
    sandbox = Sandbox(TOKEN)
    sandbox.person("Admin", id=ADMIN, role="admin", started=True)
    place = Place(folder, sandbox, await serve(sandbox), drawing=drawing)
    try:
        yield place
    finally:
        sandbox.faults.clear()
        for program in place.programs:
            await program.cleared()
        await place.server.close()
    for program in place.programs:
        assert SECRET not in program.printed
        assert "Traceback" not in program.printed, program.printed
