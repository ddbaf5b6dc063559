"""The chat page: its static files, and the stream of changes that keeps it live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web

from telegram_sandbox import views
from telegram_sandbox.http_api import SANDBOX

if TYPE_CHECKING:
    from telegram_sandbox.feed import Change
    from telegram_sandbox.sandbox import Sandbox

_STATIC = Path(__file__).parent / "static"
_KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_BEAT = 15.0
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def add_routes(app: web.Application) -> None:
    """Add the page, its files and its events."""
    app.router.add_get("/", _index)
    app.router.add_get("/static/{name:[a-z_]+\\.[a-z]+}", _static)
    app.router.add_get("/_/events", _events)


async def _index(_: web.Request) -> web.Response:
    return _read("index.html")


async def _static(request: web.Request) -> web.Response:
    return _read(request.match_info["name"])


def _read(name: str) -> web.Response:
    path = _STATIC / name
    if path.suffix not in _KINDS or not path.is_file():
        return web.Response(status=404)
    return web.Response(
        body=path.read_bytes(),
        content_type=_KINDS[path.suffix],
        charset="utf-8",
        headers=_HEADERS,
    )


async def _events(request: web.Request) -> web.StreamResponse:
    """Stream changes as server-sent events, from the reader's last one on."""
    sandbox = request.app[SANDBOX]
    answer = web.StreamResponse(headers={**_HEADERS, "Content-Type": "text/event-stream"})
    await answer.prepare(request)
    await answer.write(b"retry: 1000\n\n")
    asked = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    start = sandbox.feed.number(asked) if asked else sandbox.feed.last
    async for changes in sandbox.feed.follow(start, beat=_BEAT):
        await answer.write(_told(sandbox, changes))
    return answer


def _told(sandbox: Sandbox, changes: list[Change] | None) -> bytes:
    if changes is None:
        # The reader missed more than is remembered, or the sandbox was started anew.
        return f"id: {sandbox.feed.mark()}\nevent: reset\ndata: {{}}\n\n".encode()
    if not changes:
        return b": alive\n\n"
    return b"".join(_event(sandbox, change) for change in changes)


def _event(sandbox: Sandbox, change: Change) -> bytes:
    data = json.dumps({**_data(sandbox, change), "now": sandbox.now().timestamp()})
    return f"id: {sandbox.feed.mark(change.id)}\nevent: {change.kind}\ndata: {data}\n\n".encode()


def _data(sandbox: Sandbox, change: Change) -> dict[str, Any]:
    if change.message is not None:
        return views.message(change.message)
    if change.kind == "chat" and change.chat_id in sandbox.people:
        return views.person(sandbox, sandbox.people[change.chat_id])
    return {"chat_id": change.chat_id, **(change.data or {})}
