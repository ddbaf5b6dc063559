"""Telegram's part for `holdfast ingress`: a process that posts updates, to each port in turn."""

import asyncio
import itertools
import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Final

from bench.program import SECRET

_BODY: Final = (
    b'{"update_id": %d, "message": {"message_id": %d, "date": 1764000000, '
    b'"chat": {"id": %d, "type": "private"}, '
    b'"from": {"id": %d, "is_bot": false, "first_name": "Athlete"}, '
    b'"text": "I have done my holds today, and it went well."}}'
)
_HEAD: Final = (
    b"POST /hook HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
    b"X-Telegram-Bot-Api-Secret-Token: %s\r\n" % SECRET.encode() + b"Content-Length: %d\r\n\r\n"
)
_OK: Final = b"HTTP/1.1 200 "
_END: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """What is posted: by so many clients at once, for so long, from update `first` on.

    With `per_s` so many a second, else each client posts again as soon as it is answered.
    """

    ports: tuple[int, ...]
    first: int
    clients: int
    seconds: float
    per_s: float | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """How many were answered with 200, in how many seconds."""

    count: int
    seconds: float


Wire = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _post(posts: Posts) -> Posted:
    numbers, turns = itertools.count(posts.first), itertools.cycle(range(len(posts.ports)))
    start = time.perf_counter()
    end = start + posts.seconds

    async def client(place: int) -> None:
        wires = [await asyncio.open_connection("127.0.0.1", port) for port in posts.ports]
        for round_no in itertools.count():
            if posts.per_s is not None:
                at = start + (place + round_no * posts.clients) / posts.per_s
                await asyncio.sleep(max(0.0, at - time.perf_counter()))
            if time.perf_counter() >= end:
                break
            await _taken(wires[next(turns)], next(numbers))
        for _, writer in wires:
            writer.close()

    await asyncio.gather(*map(client, range(posts.clients)))
    return Posted(next(numbers) - posts.first, time.perf_counter() - start)


async def _taken(wire: Wire, number: int) -> None:
    """Post an update; raise unless it is stored."""
    reader, writer = wire
    body = _BODY % (number, number, 1 + number % 1_000, 1 + number % 1_000)
    writer.write(_HEAD % len(body) + body)
    if not (answer := await reader.readuntil(_END)).startswith(_OK):
        raise RuntimeError(f"update {number} was not stored: {answer.decode()}")


def _run(pipe: Connection, posts: Posts) -> None:
    pipe.send(asyncio.run(_post(posts)))


@contextmanager
def posting(posts: Posts) -> Iterator[Callable[[], Posted]]:
    """Post beside the block; what is given waits for the end and returns what came of it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, posts), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours.recv
    finally:
        process.kill()
        process.join()
