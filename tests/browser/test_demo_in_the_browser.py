"""The demo as a person plays it: the real program, the chat page, a finger on the buttons."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from tests.browser.panes import Pane

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(240)]


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """Run `holdfast demo` and return the address that it prints."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert program.stdout is not None
    try:
        async with asyncio.timeout(60):
            first = (await program.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", first)
        assert found is not None, first
        reading = asyncio.create_task(program.stdout.read())
        yield found[0]
        program.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            assert await program.wait() == 0
            assert b"Traceback" not in await reading
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()


async def test_a_session_with_a_stop_at_four(athlete: Pane, coach: Pane) -> None:
    """Start, set up, a hold, a 4: STOP, the coach is told, no further hold."""
    await athlete.taps("Start")
    await athlete.sees("Keep breathing.")
    await athlete.taps("1")
    await athlete.sees("HOLD 1 of 5")
    await athlete.sees("RELEASE · 1 of 5")
    await athlete.taps("4")
    await athlete.sees("STOP. Relax and rest now.")
    await athlete.sees("was told about this")
    await coach.sees("stopped at pain 4")
    await athlete.sees("pain hold by hold")
    assert await athlete.count("HOLD 2 of 5") == 0
