"""Figures for Prometheus, read from the real program."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.process.running import Place, Program

pytestmark = pytest.mark.one_database("of figures in memory")

CAN_NOT_GO_ON = 5
HOST = "127.0.0.1"


def free_port() -> int:
    """Return a port that nobody has just now."""
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


async def figures(port: int) -> dict[str, float]:
    """Return every figure that is shown, by its name and labels."""
    async with ClientSession() as client, client.get(f"http://{HOST}:{port}/metrics") as answer:
        assert answer.status == 200
        text = await answer.text()
    return {
        name: float(number)
        for name, number in re.findall(r"^([^#\s]+(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    }


@asynccontextmanager
async def held(port: int) -> AsyncIterator[None]:
    """Hold a port, as another program would."""
    server = await asyncio.start_server(lambda _reader, _writer: None, HOST, port)
    async with server:
        yield


def listening(program: Program) -> list[str]:
    """Return the local addresses at which a process listens, as /proc has them."""
    links = [_link(path) for path in Path(f"/proc/{program.process.pid}/fd").iterdir()]
    own = {link.removeprefix("socket:[").removesuffix("]") for link in links}
    found = []
    for table in ("tcp", "tcp6"):
        rows = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        split = [row.split() for row in rows]
        found += [row[1] for row in split if row[3] == "0A" and row[9] in own]
    return found


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except FileNotFoundError:  # closed meanwhile
        return ""


async def test_nothing_listens_unless_asked(place: Place) -> None:
    """Off by default: the bot opens no port at all."""
    bot = await place.runs()
    assert listening(bot) == []


async def test_what_happens_is_shown(place: Place) -> None:
    """A reminder that became due and an update that was handled are counted; SIGTERM ends it."""
    port = free_port()
    maria = place.enrol("Maria")
    bot = await place.runs(BOT_METRICS__PORT=str(port))
    assert listening(bot) == [f"0100007F:{port:04X}"]
    await place.hears(maria, "time for your holds")
    await place.acted(maria)
    shown = await figures(port)
    assert shown["holdfast_due_lag_seconds_count"] >= 1
    assert shown["holdfast_update_seconds_count"] == 1
    assert 0 < shown["holdfast_update_seconds_sum"] < 30
    assert shown["process_resident_memory_bytes"] > 0
    assert "Maria" not in str(shown)
    assert await bot.terminated() == 0
    assert "event=stopped" in bot.printed


async def test_a_port_that_another_program_has(place: Place) -> None:
    """One sentence names the setting, and the exit code says that it cannot go on."""
    port = free_port()
    async with held(port):
        code, bot = await place.finishes("run", BOT_METRICS__PORT=str(port))
    assert code == CAN_NOT_GO_ON
    assert bot.err == [
        f"holdfast: metrics.port: {HOST}:{port} cannot be used: Address already in use."
    ]
