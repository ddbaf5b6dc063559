"""What is left of a term whose end nobody could store: promises in memory.

Who holds because this process handed over a HOLD hears RELEASE in time while the database is out
of reach, and STOP is answered. It ends as soon as anybody is known to lead.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from bot.delivery.from_memory import FromMemory
from bot.delivery.sender import Sender
from bot.telegram.poller import TokenInUseError
from bot.telegram.ports import Incoming

LAST_WORDS_S: Final = 5.0


@dataclass(slots=True)
class Remains:
    """The parts of a term that go on for a while."""

    memory: FromMemory
    incoming: Incoming
    sender: Sender

    @property
    def cut(self) -> Mapping[int, bool]:
        """Sessions that are over by word of mouth; those that map to True by STOP."""
        return self.memory.cut

    async def run(self) -> None:
        """Keep the promises until cancelled, or until another fetches: it leads."""
        self.incoming.gives_way = True
        speaking = asyncio.create_task(self.memory.run())
        try:
            with suppress(TokenInUseError):
                await self.incoming.run()
        finally:
            speaking.cancel()
            await asyncio.gather(speaking, return_exceptions=True)

    async def last_words(self) -> None:
        """The program ends: whoever holds, or waits for a HOLD, is told now."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_S):
                await self.memory.release_all()

    async def close(self) -> None:
        """Somebody leads, or the program ends: nothing more is said or stored."""
        await self.sender.abandon()
