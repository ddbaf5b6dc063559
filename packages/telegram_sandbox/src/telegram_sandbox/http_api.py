"""The Bot API over HTTP: reads a call, lets faults strike it, answers as Telegram answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from telegram_sandbox.arguments import Upload, read
from telegram_sandbox.errors import ApiError
from telegram_sandbox.faults import Armed, Call, FaultKind
from telegram_sandbox.requests import read_request
from telegram_sandbox.sandbox import Sandbox
from telegram_sandbox.schema import METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

SANDBOX = web.AppKey("sandbox", Sandbox)

_NOT_FOUND = ApiError(404, "Not Found")
_UNAUTHORIZED = ApiError(401, "Unauthorized")
_HTML = "<html><head><title>{0} {1}</title></head><body><h1>{0} {1}</h1></body></html>"


def add_routes(app: web.Application) -> None:
    """Add the Bot API's two addresses: methods and files."""
    app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", _method)
    app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", _file)


async def _method(request: web.Request) -> web.Response:
    sandbox = request.app[SANDBOX]
    method = request.match_info["method"]
    if request.match_info["token"] != sandbox.token:
        return _refusal(_UNAUTHORIZED)
    if method not in METHODS or request.method not in {"GET", "POST"}:
        return _refusal(_NOT_FOUND)
    try:
        raw, uploads = await read_request(request)
    except ApiError as error:
        sandbox.refused(method, None, {}, error)
        return _refusal(error)
    call = Call(method, _number(raw.get("chat_id")), raw)
    armed = sandbox.faults.strike(call)
    if armed is None:
        return await _carried_out(sandbox, call, uploads)
    return await _struck(request, armed, call, uploads)


async def _struck(
    request: web.Request, armed: Armed, call: Call, uploads: Mapping[str, Upload]
) -> web.Response:
    sandbox, kind = request.app[SANDBOX], armed.fault.kind
    if (error := armed.fault.error()) is not None:
        sandbox.refused(call.method, call.chat_id, call.params, error)
        return _web_page(error) if armed.fault.html else _refusal(error)
    if kind in {FaultKind.HANG_BEFORE, FaultKind.RESET}:
        error = ApiError(0, f"no answer ({kind})")
        sandbox.refused(call.method, call.chat_id, call.params, error)
        if kind == FaultKind.HANG_BEFORE:
            await armed.hang()
        return _cut(request)
    answer = await _carried_out(sandbox, call, uploads)
    if kind == FaultKind.RESET_AFTER:
        return _cut(request)
    await armed.hang()
    return answer


async def _carried_out(sandbox: Sandbox, call: Call, uploads: Mapping[str, Upload]) -> web.Response:
    try:
        if call.method == "getUpdates":
            result: Any = await _updates(sandbox, call)
        else:
            result = sandbox.call(call.method, call.params, uploads)
    except ApiError as error:
        return _refusal(error)
    return _json({"ok": True, "result": result})


async def _updates(sandbox: Sandbox, call: Call) -> Any:
    try:
        return await sandbox.updates.poll(read("getUpdates", call.params, {}))
    except ApiError as error:
        sandbox.refused("getUpdates", None, call.params, error)
        raise


async def _file(request: web.Request) -> web.Response:
    sandbox = request.app[SANDBOX]
    if request.match_info["token"] != sandbox.token:
        return _refusal(_UNAUTHORIZED)
    file = sandbox.files.at(request.match_info["path"])
    if file is None:
        return _refusal(_NOT_FOUND)
    return web.Response(body=file.data, content_type="application/octet-stream")


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        body=json.dumps(body).encode(), status=status, content_type="application/json"
    )


def _refusal(error: ApiError) -> web.Response:
    return _json(error.as_json(), error.code)


def _web_page(error: ApiError) -> web.Response:
    text = _HTML.format(error.code, error.description)
    return web.Response(text=text, status=error.code, content_type="text/html")


def _cut(request: web.Request) -> web.Response:
    """Break the connection; the returned answer goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
