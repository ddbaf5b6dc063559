"""Reads watches' files in a process of their own, within bounds of time and memory.

It is started for a file and ended after it: files are few, and what they did to memory goes.
"""

import asyncio
import resource
from typing import Final

from bot.processes import DiedError, TooLongError, Worker, WorkError
from bot.protocol.load.activities import Activity, UnreadFile, Why

LIMIT_S: Final = 60.0
"""A megabyte of FIT costs some seconds."""
MEMORY: Final = 1024 * 1024 * 1024


class FileReader(Worker):
    """Reads one file at a time."""

    def __init__(self, *, limit_s: float = LIMIT_S) -> None:
        super().__init__(_load, limit_s=limit_s)
        self._one = asyncio.Lock()

    async def read(self, data: bytes) -> tuple[Activity, ...] | UnreadFile:
        """Return what was done, or why nothing can be read; raises nothing."""
        async with self._one:
            try:
                return await self._run(_read, data)
            except (TooLongError, DiedError):
                return UnreadFile(Why.TOO_MUCH)
            except WorkError as error:
                starved = isinstance(error.__cause__, MemoryError)
                return UnreadFile(Why.TOO_MUCH if starved else Why.BROKEN)
            finally:
                await self._discard()


def _load() -> None:
    """Bound the memory, and load what reads, in the child alone."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    import bot.watches.reading  # noqa: F401, PLC0415


def _read(data: bytes) -> tuple[Activity, ...] | UnreadFile:
    from bot.watches.reading import read  # noqa: PLC0415

    try:
        return read(data)
    except MemoryError:
        return UnreadFile(Why.TOO_MUCH)
