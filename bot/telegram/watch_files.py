"""Fetches watches' files from Telegram and has them read, one after the other, beside all else."""

import asyncio
from hashlib import sha256

import structlog
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.dispatch.updates import is_of_the_file
from bot.protocol.load.activities import Activity, UnreadFile, Why
from bot.telegram.ports import EdgeClock, EdgeFlows, FileReading
from bot.training.load import files

log = structlog.get_logger()


class WatchFiles:
    """Looks for files that wait, at every `ring`: each second, beside the sweep.

    What cannot be fetched is tried again, and at last told.
    """

    def __init__(self, desk: EdgeFlows, bot: Bot, clock: EdgeClock, reader: FileReading) -> None:
        self._desk = desk
        self._bot = bot
        self._clock = clock
        self._reader = reader
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Have a look soon."""
        self._rung.set()

    async def run(self) -> None:
        """Look at every ring until cancelled."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            try:
                while await self.step():
                    pass
            except Exception:  # the next ring tries again
                log.exception("watch_files_stalled")

    async def step(self) -> bool:
        """Read the file that waits longest; return whether one was due."""
        found = await self._desk.read(files.due, self._clock.now())
        if found is None:
            return False
        try:
            data = await self._fetch(found.file_id)
        except (BadRequest, Forbidden, InvalidToken):  # it is not there any more
            await self._done(found.id, UnreadFile(Why.NOT_FETCHED), b"")
        except Exception as error:  # noqa: BLE001 - whatever it was, the others do not wait for it
            log.warning("watch_file_not_fetched", error=type(error).__name__)
            await self._desk.write(files.put_off, found.id, self._clock.now())
        else:
            await self._store(found.id, data)
        return True

    async def _store(self, row_id: int, data: bytes) -> None:
        """Store what is in a file; one that cannot be stored is settled as broken, and told."""
        try:
            await self._done(row_id, await self._reader.read(data), data)
        except Exception as error:
            if is_of_the_file(error):  # not this file's fault: it is found again
                raise
            log.exception("watch_file_not_stored")
            await self._done(row_id, UnreadFile(Why.BROKEN), data)

    async def _fetch(self, file_id: str) -> bytes:
        file = await self._bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())

    async def _done(
        self, row_id: int, read: tuple[Activity, ...] | UnreadFile, data: bytes
    ) -> None:
        known = sha256(data).hexdigest()
        await self._desk.write(files.done, row_id, read, known, self._clock.now())
