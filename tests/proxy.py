"""A small HTTP proxy that knows CONNECT alone, and a door with TLS before a server without."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Leads every CONNECT to `port` of this machine; `login` ("name:password") is asked for.

    Without a `port` it refuses with 403. With `breaks` it closes the connection instead, and with
    `silent` it says nothing.
    """

    port: int | None = None
    login: str | None = None
    breaks: bool = False
    silent: bool = False
    asked: list[str] = field(default_factory=list)
    """The first line of each request."""
    at: str = ""
    """Host and port where it listens."""
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.splitlines()
            self.asked.append(first)
            if self.silent:
                await asyncio.get_running_loop().create_future()
            if not self.breaks:
                await self._answer(lines, reader, writer)
        writer.close()

    async def _answer(
        self, lines: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.login is not None:
            wanted = base64.b64encode(self.login.encode()).decode()
            if f"proxy-authorization: basic {wanted}" not in [_lower(line) for line in lines]:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return
        if self.port is None:
            writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _joined(reader, writer, self.port)

    def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection."""
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def ended(self) -> None:
        """Carry nothing more."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _lower(header: str) -> str:
    """Return a header with its name, and the word for how one logs in, in lower case."""
    name, _, value = header.partition(": ")
    how, _, words = value.partition(" ")
    return f"{name.lower()}: {how.lower()} {words}"


async def _joined(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    there = await asyncio.open_connection("127.0.0.1", port)
    ways = {
        asyncio.create_task(_carry(reader, there[1])),
        asyncio.create_task(_carry(there[0], writer)),
    }
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        there[1].close()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


class Door(Proxy):
    """Leads whoever comes to `port`, unasked."""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self.port is not None
        await _joined(reader, writer, self.port)
        writer.close()


@asynccontextmanager
async def proxy(**values: object) -> AsyncIterator[Proxy]:
    """Let a proxy listen for the block."""
    made = Proxy(**values)  # type: ignore[arg-type]
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.at = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield made
        finally:
            await made.ended()


@asynccontextmanager
async def with_tls(port: int, certificate: str, key: str) -> AsyncIterator[int]:
    """Put a door with TLS before a port for the block; return the door's port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    door = Door(port)
    async with await asyncio.start_server(door.serve, "127.0.0.1", 0, ssl=context) as server:
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            await door.ended()
