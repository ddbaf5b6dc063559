"""F110: nobody can read what the bot prints, and the bot goes on."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from bot.protocol.dose.dose import Dose
from telegram_sandbox import Fault, FaultKind
from tests.process.running import Place

pytestmark = pytest.mark.one_database("of the log")

ONE = Dose(hold_s=5, holds=1, rest_s=5, lead_in_first_s=5, lead_in_s=5)


@contextmanager
def unread(kind: str) -> Iterator[int]:
    """Give a file descriptor that takes nothing."""
    if kind == "full":
        log = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, log = os.pipe()
        if kind == "gone":
            os.close(reader)
        else:
            _fill(log)
    try:
        yield log
    finally:
        os.close(log)
        if kind == "hangs":
            os.close(reader)


def _fill(pipe: int) -> None:
    """Write until a pipe takes no more."""
    os.set_blocking(pipe, False)
    with suppress(BlockingIOError):
        while True:
            os.write(pipe, b"." * 4096)
    os.set_blocking(pipe, True)


@pytest.mark.parametrize("kind", ["gone", "full", "hangs"])
async def test_f110_a_session_goes_on_where_nothing_can_be_logged(place: Place, kind: str) -> None:
    """The reader gone, the disk full, or a reader that reads no more: the session ends as ever."""
    maria = place.enrol("Maria", dose=ONE, ago=None)
    with unread(kind) as log:
        bot = await place.starts_printing(log, "run")
        await place.acted(maria)
        maria.say("/session")
        await place.hears(maria, "right now?")
        # What is refused is logged, in the middle of everything.
        for method in ("getUpdates", "sendMessage", "editMessageText"):
            place.sandbox.faults.add(Fault(FaultKind.SERVER_ERROR, method=method))
        maria.tap("1")
        await place.hears(maria, "RELEASE · 1 of 1")
        maria.tap("1")
        await place.hears(maria, "1 of 1 hold")
        assert place.cues(maria) == ["HOLD 1", "RELEASE 1"]
        assert await bot.terminated() == 0


async def test_f110_the_reader_goes_while_the_bot_runs(place: Place) -> None:
    """A log that was read until now is closed: nothing changes for anybody."""
    maria = place.enrol("Maria", ago=None)
    reader, log = os.pipe()
    bot = await place.starts_printing(log, "run")
    os.close(log)
    await place.acted(maria)
    os.close(reader)
    place.sandbox.faults.add(Fault(FaultKind.SERVER_ERROR, method="sendMessage"))
    await place.acted(maria)
    assert await bot.terminated() == 0


@pytest.mark.parametrize("kind", ["gone", "full"])
async def test_f110_the_exit_code_is_kept(place: Place, kind: str) -> None:
    """What a command says cannot be read; that it failed, and how, still can."""
    with unread(kind) as log:
        bot = await place.starts_printing(log, "run", BOT_TELEGRAM__TOKEN=None)
        assert await bot.ended() == 3
        bot = await place.starts_printing(log, "migrate", "--new")
        assert await bot.ended() == 0


@pytest.mark.parametrize("closed", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
async def test_f110_streams_that_were_never_open(place: Place, closed: str) -> None:
    """The database does not get the number of a closed stream, and what is printed with it."""
    maria = place.enrol("Maria", ago=None)
    bot = await asyncio.create_subprocess_shell(
        f"exec {sys.executable} -m bot run {closed}", env=place.environment(), cwd=place.folder
    )
    try:
        await place.acted(maria)
        place.sandbox.faults.add(Fault(FaultKind.SERVER_ERROR, method="sendMessage"))
        await place.acted(maria)
    finally:
        bot.terminate()
        assert await asyncio.wait_for(bot.wait(), 10) == 0
