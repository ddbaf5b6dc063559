"""The process that reads watches' files: bounded in time and memory, and gone afterwards."""

import multiprocessing
import time

import pytest

from bot.protocol.load.activities import UnreadFile, Why
from bot.watches import reader
from bot.watches.reader import FileReader
from tests.watches.samples import run
from tests.watches.test_reading import RUN

pytestmark = pytest.mark.xdist_group("reading")


def hog() -> None:
    """Ask for more memory than there may be."""
    bytearray(2 * reader.MEMORY)


async def test_it_reads_and_is_gone() -> None:
    """A process for the file, and none after it; the bot itself loads nothing of it."""
    before = set(multiprocessing.active_children())
    found = FileReader()
    try:
        assert await found.read(run()) == (RUN,)
        assert set(multiprocessing.active_children()) == before
        assert await found.read(b"no watch") == UnreadFile(Why.NOT_KNOWN)
    finally:
        await found.aclose()


async def test_f164_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long, or too much memory, is given up; the next file is read."""
    found = FileReader(limit_s=1)
    try:
        monkeypatch.setattr(reader, "_read", slow)
        assert await found.read(run()) == UnreadFile(Why.TOO_MUCH)
        found._limit_s = 30
        monkeypatch.setattr(reader, "_read", greedy)
        assert await found.read(run()) == UnreadFile(Why.TOO_MUCH)
        monkeypatch.undo()
        assert await found.read(run()) == (RUN,)
    finally:
        await found.aclose()
    assert await found.read(run()) == UnreadFile(Why.BROKEN)


def slow(_data: bytes) -> None:
    """Take a minute."""
    time.sleep(60)


def greedy(_data: bytes) -> None:
    """Take two gigabytes."""
    hog()
