"""A Bot API on 127.0.0.1 in a process of its own, fast enough to measure what calls it.

    with served(Setup(limits=LIMITS)) as api:
        ...  # Bot(TOKEN, base_url=f"{api.url}/bot")
        print(api.report().busiest_second)

It speaks HTTP/1.1 with kept connections and reads forms, JSON and multipart with a Content-Length,
which is what aiohttp and httpx send. Instants are of `time.monotonic`, which all processes of a
machine share. It ends with the block, with its parent, or after `Setup.seconds` or `Setup.calls`.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from telegram_sandbox import Limits
from testkit.bot_api import TOKEN, Answer, BotApi, Fields, Latency, Report, refusal
from testkit.rules import NO_LIMITS, Rules

BATCH: Final = 100
"""Updates in one answer at most, as Telegram has it."""
_REASONS: Final = {
    200: b"OK",
    400: b"Bad Request",
    401: b"Unauthorized",
    404: b"Not Found",
    411: b"Length Required",
    429: b"Too Many Requests",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a Bot API is to be like.

    `updates` have ascending `update_id`; `updates_per_s` of them a second come into being from the
    first getUpdates on. `latency_s` is (mean, spread) of the answers.
    """

    limits: Limits = NO_LIMITS
    refuses: bool = True
    updates: Sequence[Mapping[str, Any]] = ()
    updates_per_s: float = 100.0
    latency_s: tuple[float, float] | None = None
    seconds: float = 600.0
    calls: int = 10_000_000
    core: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What the Bot API saw, and when it handed out each update for the first time."""

    api: Report
    handed: "array[float]" = field(default_factory=lambda: array("d"))
    begun: float | None = None
    """When the first update came into being; the others follow at their rate."""


class _Updates:
    """Updates that come into being at a rate, and are confirmed by the next offset."""

    def __init__(self, updates: Sequence[Mapping[str, Any]], per_s: float) -> None:
        self._bodies = [json.dumps(update).encode() for update in updates]
        self._ids = [int(update["update_id"]) for update in updates]
        self._per_s = per_s
        self.begun: float | None = None
        self.handed = array("d")

    def due_in(self, offset: int, now: float) -> float | None:
        """Return the seconds until there is an update from `offset` on; None if never."""
        if self.begun is None:
            self.begun = now
        first = bisect_left(self._ids, offset)
        if first == len(self._ids):
            return None
        return max(0.0, self.begun + first / self._per_s - now)

    def batch(self, offset: int, limit: int, now: float) -> bytes:
        """Return the answer with those that have come into being, from `offset` on."""
        begun = now if self.begun is None else self.begun
        first = bisect_left(self._ids, offset)
        born = min(len(self._ids), int((now - begun) * self._per_s + 1e-6) + 1)
        last = max(first, min(born, first + limit))
        self.handed.extend([now] * (last - len(self.handed)))
        return b'{"ok": true, "result": [' + b", ".join(self._bodies[first:last]) + b"]}"


class _Server:
    """What all connections share."""

    def __init__(self, setup: Setup) -> None:
        self.api = BotApi(Rules(setup.limits, refuses=setup.refuses))
        self.updates = _Updates(setup.updates, setup.updates_per_s)
        self.latency = Latency(*setup.latency_s) if setup.latency_s else None
        self.loop = asyncio.get_running_loop()
        self.ended = asyncio.Event()
        self._calls_left = setup.calls
        self.loop.call_later(setup.seconds, self.ended.set)

    def seen(self) -> Seen:
        """Return what there is to report."""
        return Seen(self.api.report(), self.updates.handed, self.updates.begun)

    def count(self) -> None:
        """One more call: after the last one the server ends."""
        self._calls_left -= 1
        if self._calls_left <= 0:
            self.ended.set()


class _Connection(asyncio.Protocol):
    """One kept connection: request after request."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _exc: Exception | None) -> None:
        """Forget the transport."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            line, headers = _head(bytes(self._buffer[:end]))
            if "transfer-encoding" in headers:
                self._reply(refusal(411, "Length Required"))
                self._buffer.clear()
                return
            whole = end + 4 + int(headers.get("content-length", "0"))
            if len(self._buffer) < whole:
                return
            body = bytes(self._buffer[end + 4 : whole])
            del self._buffer[:whole]
            self._answer(line, headers.get("content-type", ""), body)

    def _answer(self, line: str, content_type: str, body: bytes) -> None:
        server, now = self._server, self._server.loop.time()
        server.count()
        address = urlsplit(line.split(" ")[1])
        bot, _, method = address.path.removeprefix("/").partition("/")
        if bot != f"bot{TOKEN}":
            self._reply(refusal(401, "Unauthorized"))
            return
        try:
            fields = {**dict(parse_qsl(address.query)), **_fields(content_type, body)}
            if method == "getUpdates":
                self._poll(fields, now)
                return
            answer = server.api.call(method, fields, now)
        except (ValueError, KeyError) as error:
            answer = refusal(400, f"Bad Request: {error!r}")
        if server.latency is None:
            self._reply(answer)
        else:
            server.loop.call_later(server.latency.draw(), self._reply, answer)

    def _poll(self, fields: Fields, now: float) -> None:
        """Answer as soon as there are updates, with none after the poll's timeout."""
        offset, limit = int(fields.get("offset", 0)), int(fields.get("limit", BATCH))
        timeout = float(fields.get("timeout", 0))
        wait = self._server.updates.due_in(offset, now)

        def hand_out() -> None:
            then = self._server.loop.time()
            self._reply((200, self._server.updates.batch(offset, limit, then)))

        self._server.loop.call_later(timeout if wait is None else min(wait, timeout), hand_out)

    def _reply(self, answer: Answer) -> None:
        status, body = answer
        if self._transport is not None:
            self._transport.write(
                b"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (status, _REASONS[status], len(body), body)
            )


def _head(head: bytes) -> tuple[str, dict[str, str]]:
    """Return the request line, and the headers by their names in lower case."""
    line, *rest = head.decode("latin-1").split("\r\n")
    return line, _headers(rest)


def _headers(lines: list[str]) -> dict[str, str]:
    parted = (line.partition(":") for line in lines)
    return {name.lower(): value.strip() for name, _, value in parted}


def _fields(content_type: str, body: bytes) -> Fields:
    """Return the parameters of a request; files are left out."""
    if not body:
        return {}
    if content_type.startswith("application/json"):
        told: dict[str, Any] = json.loads(body)
        return {name: _text(value) for name, value in told.items() if value is not None}
    if content_type.startswith("multipart/form-data"):
        return _multipart(content_type, body)
    return dict(parse_qsl(body.decode(), keep_blank_values=True))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _multipart(content_type: str, body: bytes) -> Fields:
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    fields = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        named = _headers(head.decode().split("\r\n"))["content-disposition"]
        if "filename=" not in named:
            fields[named.partition('name="')[2].partition('"')[0]] = content[:-2].decode()
    return fields


# ---- the process ----------------------------------------------------------------------


async def _serve(pipe: Connection, setup: Setup) -> None:
    loop = asyncio.get_running_loop()
    server = _Server(setup)
    listening = await loop.create_server(lambda: _Connection(server), "127.0.0.1", 0)
    pipe.send(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}")

    def asked() -> None:
        try:
            pipe.recv()
            pipe.send(server.seen())
        except (EOFError, OSError):  # the parent has closed its end, or has died
            loop.remove_reader(pipe.fileno())
            server.ended.set()

    loop.add_reader(pipe.fileno(), asked)
    await server.ended.wait()
    listening.close()


def _run(pipe: Connection, setup: Setup) -> None:
    if setup.core is not None:
        os.sched_setaffinity(0, {setup.core})
    asyncio.run(_serve(pipe, setup))


@dataclass(frozen=True, slots=True)
class Loopback:
    """A Bot API that runs: where, and what it has seen."""

    url: str
    _pipe: Connection

    def report(self) -> Seen:
        """Return what it has seen so far."""
        self._pipe.send(None)
        seen: Seen = self._pipe.recv()
        return seen


@contextmanager
def served(setup: Setup | None = None) -> Iterator[Loopback]:
    """Run a Bot API beside the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, setup or Setup()), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Loopback(ours.recv(), ours)
    finally:
        ours.close()
        process.join(5)
        if process.is_alive():
            process.kill()
            process.join()
        with contextlib.suppress(ValueError):
            process.close()
