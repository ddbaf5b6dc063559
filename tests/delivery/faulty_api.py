"""A Bot API that misbehaves as it is told, and remembers what it was sent.

Not `testkit.loopback`: that one has to be fast and good; this one hangs, cuts, and compresses.
"""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from testkit.bot_api import refusal

TOKEN = "123456:TOPSECRET-token_of_the_tests"
MESSAGE = {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "hi"}

Answer = Callable[["Received", web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as Telegram would read it."""

    verb: str
    method: str
    fields: dict[str, str]
    files: dict[str, tuple[str | None, str, bytes]]
    headers: dict[str, str]
    connection: int


@dataclass(slots=True)
class FaultyApi:
    """The server's address, its next answers' maker, and its memory."""

    url: str
    answer: Answer
    received: list[Received] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Read a request whole, remember it, answer as told."""
        fields: dict[str, str] = {}
        files: dict[str, tuple[str | None, str, bytes]] = {}
        if request.content_type == "application/json":
            told = await request.json()
            fields.update({k: v if isinstance(v, str) else json.dumps(v) for k, v in told.items()})
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = (value.filename, value.content_type, value.file.read())
            else:
                fields[name] = str(value)
        received = Received(
            verb=request.method,
            method=request.path.rsplit("/", 1)[-1],
            fields=fields,
            files=files,
            headers={name.lower(): value for name, value in request.headers.items()},
            connection=id(request.transport),
        )
        self.received.append(received)
        return await self.answer(received, request)


async def start(answer: Answer) -> tuple[FaultyApi, web.AppRunner]:
    """Serve on a free port of 127.0.0.1 until the runner is cleaned up."""
    api = FaultyApi(url="", answer=answer)
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{rest:.*}", api.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    return api, runner


def result(value: object) -> Answer:
    """Answer 200 with this result."""
    return status(200, ok=True, result=value)


def status(code: int, **body: Any) -> Answer:
    """Answer this status with this JSON."""

    async def answer(_received: Received, _request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=code)

    return answer


def error(code: int, description: str, **parameters: int) -> Answer:
    """Answer a refusal in Telegram's form."""
    return text(*refusal(code, description, **parameters), content_type="application/json")


def text(code: int, body: str | bytes, content_type: str = "text/html") -> Answer:
    """Answer this status with this body."""
    whole = body.encode() if isinstance(body, str) else body

    async def answer(_received: Received, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, body=whole, content_type=content_type)

    return answer


def redirect(location: str) -> Answer:
    """Answer 302."""

    async def answer(_received: Received, _request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    return answer


async def reset(_received: Received, request: web.Request) -> web.StreamResponse:
    """Drop the connection instead of answering."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang(_received: Received, _request: web.Request) -> web.StreamResponse:
    """Never answer."""
    await asyncio.Event().wait()
    return web.Response()


async def cut(_received: Received, request: web.Request) -> web.StreamResponse:
    """Drop the connection in the middle of the answer's body."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"ok": true')
    assert request.transport is not None
    request.transport.abort()
    return response


async def chunked(_received: Received, request: web.Request) -> web.StreamResponse:
    """Answer a message in small chunks."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.enable_chunked_encoding()
    await response.prepare(request)
    for part in (b'{"ok": true, "result": {"message_id": 7, "date": 1, ', b'"chat": {"id": 1, '):
        await response.write(part)
    await response.write(b'"type": "private"}, "text": "chunked"}}')
    await response.write_eof()
    return response


async def gzipped(_received: Received, _request: web.Request) -> web.StreamResponse:
    """Answer a message compressed."""
    body = b'{"ok": true, "result": {"message_id": 7, "date": 1, "chat": {"id": 1, '
    body = gzip.compress(body + b'"type": "private"}, "text": "gzip"}}')
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    return web.Response(body=body, headers=headers)
