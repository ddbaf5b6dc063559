"""A TCP tunnel between the bot and the sandbox that holds back what it is told to hold back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

MATCH: Final = b"HOLD 1"


@dataclass
class Tunnel:
    """Requests with `MATCH` in them wait for `go`; so do answers to them, with `answers` alone."""

    port: int
    answers: bool = False
    holds: bool = True
    seen: asyncio.Event = field(default_factory=asyncio.Event)
    go: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection."""
        there = await asyncio.open_connection("127.0.0.1", self.port)
        struck = asyncio.Event()
        both = {
            asyncio.create_task(self._carry(reader, there[1], struck, out=True)),
            asyncio.create_task(self._carry(there[0], writer, struck, out=False)),
        }
        self._tasks |= both
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for writing in (writer, there[1]):
            writing.close()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        struck: asyncio.Event,
        *,
        out: bool,
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if out and self.holds and MATCH in data:
                    struck.set()
                    self.seen.set()
                if struck.is_set() and out is not self.answers:
                    await self.go.wait()
                writer.write(data)
                await writer.drain()

    async def close(self) -> None:
        """Carry nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def tunnel_to(port: int, *, answers: bool = False) -> AsyncIterator[Tunnel]:
    """Open a tunnel to a port of this machine."""
    tunnel = Tunnel(port, answers)
    server = await asyncio.start_server(tunnel.serve, "127.0.0.1", 0)
    tunnel.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield tunnel
    finally:
        server.close()
        await tunnel.close()
