"""The gates do what networks do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.cluster.gate import HOST, Gate


@asynccontextmanager
async def gate() -> AsyncIterator[tuple[Gate, list[bytes]]]:
    """Return a gate before a server that says everything back, and what that has heard."""
    heard: list[bytes] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(100):
                heard.append(data)
                writer.write(data)
        writer.close()

    async with await asyncio.start_server(echo, HOST, 0) as server:
        made = Gate(server.sockets[0].getsockname()[1])
        await made.start()
        try:
            yield made, heard
        finally:
            await made.close()
            await asyncio.sleep(0.01)


async def silent(reader: asyncio.StreamReader) -> bool:
    """Whether nothing comes for a moment."""
    try:
        await asyncio.wait_for(reader.read(100), 0.05)
    except TimeoutError:
        return True
    return False


async def test_it_is_shut_and_opens_again() -> None:
    """Who is connected is cut, who comes is refused, and later served."""
    async with gate() as (door, _heard):
        reader, writer = await asyncio.open_connection(HOST, door.port)
        writer.write(b"one")
        assert await reader.read(100) == b"one"
        await door.cut()
        with suppress(ConnectionError):
            assert await reader.read(100) == b""
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(HOST, door.port)
        await door.restore()
        reader, writer = await asyncio.open_connection(HOST, door.port)
        writer.write(b"two")
        assert await reader.read(100) == b"two"
        writer.close()


async def test_what_was_sent_in_silence_arrives_later_if_its_sender_still_waits() -> None:
    """And in order; a new connection is neither refused nor answered."""
    async with gate() as (door, heard):
        reader, writer = await asyncio.open_connection(HOST, door.port)
        given_up = (await asyncio.open_connection(HOST, door.port))[1]
        await asyncio.sleep(0.05)
        door.silence()
        writer.write(b"one,")
        given_up.write(b"never")
        new = await asyncio.open_connection(HOST, door.port)
        new[1].write(b"new")
        assert await silent(reader)
        writer.write(b"two")
        given_up.transport.abort()
        assert await silent(new[0])
        await door.restore()
        assert await reader.readexactly(7) == b"one,two"
        assert await new[0].read(100) == b"new"
        assert b"never" not in heard
        for one in (writer, new[1]):
            one.close()


async def test_a_way_takes_its_time() -> None:
    """Each direction; its order stays."""
    async with gate() as (door, _heard):
        door.delay_s = 0.03
        reader, writer = await asyncio.open_connection(HOST, door.port)
        before = asyncio.get_running_loop().time()
        for data in (b"a", b"b", b"c"):
            writer.write(data)
            await asyncio.sleep(0.001)
        assert await reader.readexactly(3) == b"abc"
        assert asyncio.get_running_loop().time() - before >= 0.06
        writer.close()
