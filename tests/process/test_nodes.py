"""Several processes on one server: one leads, the others stand by and take over."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.store.nodes import nodes
from telegram_sandbox import Person
from testkit import database, postgresql
from tests.process.running import ADMIN, DOSE, Place, Program, place_in

pytestmark = [pytest.mark.one_database("of a server"), pytest.mark.long]
TEN = replace(DOSE, hold_s=10, holds=1)
ENDS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
FROZEN_S = 6.0
OUTAGE = "short outage"
UNSAVED = "cannot save anything"
LATE_S = 3.0
"""A machine of the tests is busy: how exact it is on a quiet one is measured elsewhere."""


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Return a place with a server's database."""
    with database.kind(database.POSTGRESQL), database.given_back():
        async with place_in(tmp_path, drawing=False) as made:
            yield made


async def pair(place: Place) -> tuple[Program, Program]:
    """Return a node that leads, and one that stands by."""
    leads = await place.runs()
    waits = await place.starts("run")
    await waits.logs("standby")
    return leads, waits


async def holds(place: Place, who: Person) -> None:
    """Let somebody begin a hold; all that was said is settled."""
    await place.hears(who, "time for your holds")
    who.tap("Start")
    await place.hears(who, "Pain at your sitting bone")
    who.tap("1")
    await place.hears(who, "HOLD 1 of 1")
    await place.acted(who)


async def is_released(place: Place, who: Person) -> float:
    """Wait for RELEASE; return how many seconds after HOLD it came."""
    released = await place.hears(who, "RELEASE ·")
    (hold,) = [one for one in place.sent(who) if one.text.startswith("HOLD 1")]
    return (released.at - hold.at).total_seconds()


def is_whole(place: Place, who: Person) -> None:
    """Nothing was cut, or said twice."""
    assert place.heard(who, OUTAGE) == []
    assert place.heard(who, UNSAVED) == []
    assert place.cues(who) == ["HOLD 1", "RELEASE 1"]
    assert place.letters("Hold") == ["sent"]


async def test_one_that_is_killed(place: Place) -> None:
    """The other goes on in its place: the hold is not cut, and ends in time.

    What takes a machine seconds, as loading what draws does, was done before.
    """
    maria = place.enrol("Maria", dose=TEN)
    leads, waits = await pair(place)
    await holds(place, maria)
    await waits.logs("charts_not_ready")
    await leads.killed()
    await waits.logs("took_over")
    assert 9.5 < await is_released(place, maria) < 10 + LATE_S
    await place.acted(maria)
    is_whole(place, maria)
    assert await waits.terminated() == 0


async def test_one_that_ends_in_order(place: Place) -> None:
    """It cuts nothing, as another is there; who is the last one tells everybody."""
    maria = place.enrol("Maria", dose=TEN)
    leads, waits = await pair(place)
    await holds(place, maria)
    assert await leads.terminated() == 0
    assert "event=handed_over" in leads.err[-1]
    await waits.logs("took_over")
    assert 9.5 < await is_released(place, maria) < 10 + LATE_S
    await place.acted(maria)
    is_whole(place, maria)
    assert await waits.terminated() == 0
    assert "event=stopped" in waits.err[-1]


async def test_all_that_are_told_to_end_at_once(place: Place) -> None:
    """Each sees that another is there; the last one tells whoever holds all the same."""
    maria = place.enrol("Maria", dose=replace(TEN, hold_s=30))
    leads, waits = await pair(place)
    await holds(place, maria)
    both = await asyncio.gather(leads.terminated(20), waits.terminated(20))
    assert list(both) == [0, 0]
    assert len(place.heard(maria, OUTAGE)) == 1


async def test_one_that_is_frozen(place: Place) -> None:
    """Its lock is taken from it; when it wakes it neither writes nor sends, and stands by."""
    maria = place.enrol("Maria", dose=TEN)
    leads, waits = await pair(place)
    await holds(place, maria)
    leads.process.send_signal(signal.SIGSTOP)
    await waits.logs("holder_ended")
    await waits.logs("took_over")
    await asyncio.sleep(FROZEN_S - 3)
    leads.process.send_signal(signal.SIGCONT)
    await leads.logs("term_over")
    await leads.logs("standby", times=2)
    assert 9.5 < await is_released(place, maria) < 10 + LATE_S
    await place.acted(maria)
    is_whole(place, maria)
    assert "said_from_memory" not in leads.printed
    await waits.killed()
    await leads.logs("took_over")
    await place.acted(maria)


async def test_one_that_is_frozen_alone(place: Place) -> None:
    """Nobody wanted to lead meanwhile: it goes on, and what was due is late."""
    maria = place.enrol("Maria", dose=TEN)
    leads = await place.runs()
    await holds(place, maria)
    leads.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(FROZEN_S - 2)
    leads.process.send_signal(signal.SIGCONT)
    await is_released(place, maria)
    await place.acted(maria)
    is_whole(place, maria)
    assert "term_over" not in leads.printed


async def test_connections_that_are_ended(place: Place) -> None:
    """The term is over, and another begins: in whichever process."""
    maria = place.enrol("Maria", dose=TEN)
    leads, waits = await pair(place)
    await holds(place, maria)
    postgresql.server().run(ENDS.format(place.url.rpartition("/")[2]))
    await leads.logs("term_over")
    assert 9.5 < await is_released(place, maria) < 10 + LATE_S
    await place.acted(maria)
    is_whole(place, maria)
    assert [await one.terminated() for one in (leads, waits)] == [0, 0]


async def test_a_database_that_is_gone_at_the_end_of_a_hold(place: Place) -> None:
    """RELEASE is said in time, from memory, and STOP is answered; then the set is broken off."""
    maria, jonas = place.enrol("Maria", dose=TEN), place.enrol("Jonas", dose=TEN)
    leads = await place.runs()
    server, name = postgresql.server(), place.url.rpartition("/")[2]
    await asyncio.gather(holds(place, maria), holds(place, jonas))
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", ENDS.format(name))
    await leads.logs("term_over")
    jonas.say("stop")
    await place.hears(jonas, "STOP. Rest.")
    told = await place.hears(maria, UNSAVED)
    (hold,) = [one for one in place.sent(maria) if one.text.startswith("HOLD 1")]
    assert 9.5 < (told.at - hold.at).total_seconds() < 10 + LATE_S
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await leads.logs("took_over")
    await place.hears(maria, OUTAGE)
    await place.acted(maria)
    await place.acted(jonas)
    assert place.cues(maria) == ["HOLD 1"]
    assert await leads.terminated() == 0


@pytest.mark.parametrize("wrong_s", [2.0, -2.0])
async def test_a_wall_clock_that_is_wrong(place: Place, wrong_s: float) -> None:
    """The nodes go by the database's clock: a hold that another goes on with is as long."""
    maria = place.enrol("Maria", dose=TEN)
    leads = await place.runs()
    waits = await place.starts_skewed(wrong_s, "run")
    await waits.logs("standby")
    await holds(place, maria)
    await leads.killed()
    await waits.logs("took_over")
    assert 9.5 < await is_released(place, maria) < 10.5 + LATE_S / 2
    await place.acted(maria)
    is_whole(place, maria)


async def test_one_that_does_not_reach_telegram(place: Place) -> None:
    """Another that does gets the lease, and keeps it."""
    maria = place.enrol("Maria", ago=None)
    async with Door.opened(int(place.server.url.rpartition(":")[2])) as door:
        leads = await place.runs(BOT_TELEGRAM__API_BASE_URL=f"http://127.0.0.1:{door.port}")
        waits = await place.starts("run")
        await waits.logs("standby")
        await door.shut()
        await leads.logs("term_over")
        await waits.logs("took_over")
        await place.acted(maria)
        assert "why=cut_off" in leads.printed


async def test_who_leads_is_told(place: Place) -> None:
    """/status names the nodes; the port for figures says who is ready, and for what."""
    leads, waits = await pair(place)
    await place.sandbox.log.wait_for(lambda _entry: True, timeout=30)
    admin = place.sandbox.people[ADMIN]
    admin.say("/status")
    told = await place.hears(admin, "Ready to take over")
    found = re.search(r"Running on (\S+) for .*\nReady to take over: (\S+)", told.text)
    assert found is not None
    assert f":{leads.process.pid}-" in found[1]
    assert f":{waits.process.pid}-" in found[2]
    assert place.write(lambda db: nodes(db, told.at)) is not None


async def test_one_whose_way_to_the_database_hangs(place: Place) -> None:
    """Nothing is answered, and nothing refused: another goes on, and it stands by again later."""
    maria = place.enrol("Maria", dose=TEN)
    port = postgresql.server().port
    async with Door.opened(port) as door:
        leads = await place.runs(
            BOT_DATABASE__URL=place.url.replace(f":{port}/", f":{door.port}/"),
        )
        waits = await place.starts("run")
        await waits.logs("standby")
        await holds(place, maria)
        door.hangs = True
        await waits.logs("holder_ended")
        await waits.logs("took_over")
        await leads.logs("term_over")
        assert "why=silent" in leads.printed or "why=lost" in leads.printed
        assert 9.5 < await is_released(place, maria) < 10 + LATE_S
        await door.shut()
        await door.open(door.port)
        await leads.logs("standby", times=2)
        await place.acted(maria)
        is_whole(place, maria)


class Door:
    """The way to a port, which can be shut, or hang."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.hangs = False

    @classmethod
    @asynccontextmanager
    async def opened(cls, port: int) -> AsyncIterator["Door"]:
        """Open one for the block."""
        made = cls(port)
        await made.open(0)
        try:
            yield made
        finally:
            await made.shut()

    async def open(self, port: int) -> None:
        """Let everybody through again, by the same door."""
        self.hangs = False
        self._server = await asyncio.start_server(self._come, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Let nobody through any more; who is within is cut."""
        assert self._server is not None
        self._server.close()
        for one in self._tasks:
            one.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        inner, out = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            await asyncio.gather(self._passed(reader, out), self._passed(inner, writer))
        except asyncio.CancelledError:
            pass
        finally:
            self._tasks.discard(task)
            for one in (writer, out):
                one.transport.abort()

    async def _passed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if not self.hangs:
                writer.write(data)
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        writer.close()
