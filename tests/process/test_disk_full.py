"""F120: the disk fills while somebody holds."""

import resource
import sqlite3
from contextlib import closing

import pytest

from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import HoldStatus, Phase
from telegram_sandbox import Person
from tests.process.running import Place, Program

pytestmark = pytest.mark.one_database("of a file")

HOLD = Dose(hold_s=8, holds=2, rest_s=5, lead_in_first_s=5, lead_in_s=5)


def fills(bot: Program) -> None:
    """Let no file of the bot's grow, or be written at all: what a full disk does."""
    _limit(bot, 0)


def empties(bot: Program) -> None:
    """Give the room back."""
    _limit(bot, resource.RLIM_INFINITY)


def _limit(bot: Program, size: int) -> None:
    hard = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (size, hard))


async def holding(place: Place) -> tuple[Person, Program]:
    """Return Maria in her first hold, and the bot."""
    maria = place.enrol("Maria", dose=HOLD, ago=None)
    bot = await place.runs()
    maria.say("/session")
    await place.hears(maria, "right now?")
    maria.tap("1")
    await place.hears(maria, "HOLD 1 of 2")
    await place.acted(maria)
    return maria, bot


async def test_f120_the_disk_fills_in_a_hold(place: Place) -> None:
    """RELEASE comes all the same, then nothing; when there is room the set is broken off."""
    maria, bot = await holding(place)
    fills(bot)
    release = await place.hears(maria, "RELEASE. Rest.")
    held = (release.at - place.heard(maria, "HOLD 1 of 2")[0].at).total_seconds()
    assert 7.5 <= held <= 12
    assert "cannot save anything" in release.text
    await bot.logs("acting_failed")
    empties(bot)
    await place.hears(maria, "short outage", after=release.seq)
    stored = place.newest(maria).value
    assert (stored.phase, stored.holds[0].status) == (Phase.INTERRUPTED, HoldStatus.INTERRUPTED)
    maria.tap("Go on")
    await place.hears(maria, "RELEASE · 1 of 2", after=release.seq)
    assert place.cues(maria) == ["HOLD 1", "HOLD 1", "RELEASE 1"]
    assert await bot.terminated() == 0


@pytest.mark.parametrize("by", ["word", "button"])
async def test_f120_stop_is_heard_while_the_disk_is_full(place: Place, by: str) -> None:
    """It is answered within seconds, and stored as soon as there is room."""
    maria, bot = await holding(place)
    fills(bot)
    if by == "word":
        maria.say("stop")
    else:
        maria.tap("■ STOP")
    said = await place.hears(maria, "STOP. Rest.")
    assert "not saved yet" in said.text
    assert (said.at - place.heard(maria, "HOLD 1 of 2")[0].at).total_seconds() < 8
    await bot.logs("updates_not_stored")
    empties(bot)
    await place.hears(maria, "Why did you stop?", after=said.seq)
    assert place.newest(maria).value.phase is Phase.ASKED_REASON
    assert place.cues(maria) == ["HOLD 1"]


async def test_f120_another_program_locks_the_file(place: Place) -> None:
    """A write that only waits is trouble too: RELEASE does not wait for it."""
    maria, bot = await holding(place)
    with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        release = await place.hears(maria, "RELEASE. Rest.")
        held = (release.at - place.heard(maria, "HOLD 1 of 2")[0].at).total_seconds()
        assert held <= 12
        maria.say("stop")
        await place.hears(maria, "STOP. Rest.", after=release.seq)
        other.execute("ROLLBACK")
    await place.hears(maria, "Why did you stop?", after=release.seq)
    assert await bot.terminated() == 0


async def test_f120_told_to_end_while_the_disk_is_full(place: Place) -> None:
    """Whoever holds is released, and the program ends in order."""
    maria, bot = await holding(place)
    fills(bot)
    assert await bot.terminated() == 0
    assert "cannot save anything" in (await place.hears(maria, "RELEASE. Rest.")).text


async def test_f120_a_start_that_cannot_write_says_so(place: Place) -> None:
    """One sentence and an exit code after which it is started again, and no traceback."""
    place.enrol("Maria", ago=None)
    with closing(sqlite3.connect(place.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, bot = await place.finishes("run")
    assert code == 5
    assert bot.err == ["holdfast: The database cannot be used just now: database is locked."]
