"""The routes under /_/: people's verbs, faults and the log, for the page and for tests."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from telegram_sandbox import views
from telegram_sandbox.errors import SandboxError
from telegram_sandbox.faults import Fault
from telegram_sandbox.http_api import SANDBOX
from telegram_sandbox.limits import Limits
from telegram_sandbox.seen import ChatMessage

if TYPE_CHECKING:
    from telegram_sandbox.people import Person
    from telegram_sandbox.sandbox import Sandbox

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})
_LONGEST_WAIT = 30.0


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse whoever is not a program or the page on this machine: no other site may drive it."""
    api = request.path.startswith(("/bot", "/file/bot"))
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "none")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    named = api or urlsplit(f"//{request.host}").hostname in _LOCAL_NAMES
    if foreign or not named or site not in {"none", "same-origin"}:
        return web.json_response({"error": "only this machine's own page may do that"}, status=403)
    if api:
        return await handler(request)
    if request.method == "POST" and request.content_type != "application/json":
        return web.json_response({"error": "application/json is expected"}, status=415)
    try:
        return await handler(request)
    except SandboxError as error:
        return web.json_response({"error": str(error)}, status=400)


def add_routes(app: web.Application) -> None:
    """Add the control routes."""
    app.router.add_post("/_/people", _add_person)
    app.router.add_post("/_/people/{id:\\d+}/{verb}", _act)
    app.router.add_get("/_/people/{id:\\d+}", _one_person)
    app.router.add_post("/_/faults", _add_fault)
    app.router.add_delete("/_/faults", _clear_faults)
    app.router.add_post("/_/settings", _settings)
    app.router.add_get("/_/log", _log)
    app.router.add_get("/_/state", _state)
    app.router.add_get("/_/transcript/{id:-?\\d+}", _transcript)
    app.router.add_get("/_/file/{path:.+}", _file)


async def _body(request: web.Request) -> Json:
    try:
        told = await request.json() if request.can_read_body else {}
    except ValueError:
        raise SandboxError("the body is not JSON") from None
    if not isinstance(told, dict):
        raise SandboxError("the body must be a JSON object")
    return told


async def _add_person(request: web.Request) -> web.Response:
    sandbox = request.app[SANDBOX]
    told = await _body(request)
    known = ("id", "username", "role", "language_code", "last_name", "started")
    name = str(told.get("name", "")).strip()
    if not name:
        raise SandboxError("a person needs a name")
    person = sandbox.person(name, **{key: told[key] for key in known if key in told})
    return web.json_response(views.person(sandbox, person))


def _person(request: web.Request) -> Person:
    number = int(request.match_info["id"])
    person = request.app[SANDBOX].people.get(number)
    if person is None:
        raise SandboxError(f"there is no person {number}")
    return person


async def _one_person(request: web.Request) -> web.Response:
    person = _person(request)
    told = views.person(request.app[SANDBOX], person)
    return web.json_response({**told, "messages": views.messages(person)})


async def _act(request: web.Request) -> web.Response:
    person, told = _person(request), await _body(request)
    verb = _VERBS.get(request.match_info["verb"])
    if verb is None:
        raise SandboxError(f"nobody can {request.match_info['verb']}")
    try:
        done = verb(person, told)
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"missing or wrong: {error}") from error
    if isinstance(done, ChatMessage):
        done = {"message_id": done.id}
    return web.json_response({"result": done, "seq": request.app[SANDBOX].log.seq})


def _say(person: Person, told: Json) -> ChatMessage:
    if "reply_to" in told:
        return person.reply(int(told["reply_to"]), str(told["text"]))
    return person.say(str(told["text"]))


def _tap(person: Person, told: Json) -> Any:
    on = told.get("message_id")
    if "data" in told:
        return person.press(str(told["data"]), int(told["message_id"]))
    return person.tap(str(told["label"]), on=None if on is None else int(on))


def _share_file(person: Person, told: Json) -> ChatMessage:
    data = base64.b64decode(told["data"], validate=True)
    caption = str(told.get("caption", ""))
    if told.get("photo"):
        return person.send_photo(data, caption=caption)
    return person.send_document(str(told["name"]), data, str(told.get("mime", "")), caption=caption)


_VERBS: dict[str, Callable[[Person, Json], Any]] = {
    "say": _say,
    "tap": _tap,
    "file": _share_file,
    "location": lambda person, told: person.send_location(
        float(told["latitude"]), float(told["longitude"])
    ),
    "contact": lambda person, told: person.send_contact(str(told["phone"]), told.get("name")),
    "sticker": lambda person, _: person.send_sticker(),
    "voice": lambda person, _: person.send_voice(),
    "edit": lambda person, told: person.edit(int(told["message_id"]), str(told["text"])),
    "block": lambda person, _: person.block(),
    "unblock": lambda person, _: person.unblock(),
    "deactivate": lambda person, _: person.deactivate(),
}


async def _add_fault(request: web.Request) -> web.Response:
    told = await _body(request)
    try:
        fault = Fault(**told)
    except TypeError as error:
        raise SandboxError(str(error)) from None
    request.app[SANDBOX].faults.add(fault)
    return web.json_response({"faults": len(request.app[SANDBOX].faults)})


async def _clear_faults(request: web.Request) -> web.Response:
    request.app[SANDBOX].faults.clear()
    return web.json_response({"faults": 0})


async def _settings(request: web.Request) -> web.Response:
    """Set the limits, or how many seconds a tap stays answerable."""
    sandbox, told = request.app[SANDBOX], await _body(request)
    try:
        if "limits" in told:
            sandbox.limits = Limits(**told["limits"])
        if "callback_max_age" in told:
            sandbox.callback_max_age = timedelta(seconds=float(told["callback_max_age"]))
    except (TypeError, ValueError) as error:
        raise SandboxError(str(error)) from None
    return web.json_response({"violations": sandbox.violations})


async def _log(request: web.Request) -> web.Response:
    """Return the entries after a number; with `wait`, as soon as there is one."""
    sandbox = request.app[SANDBOX]
    try:
        after = int(request.query.get("after", "0"))
        wait = min(float(request.query.get("wait", "0")), _LONGEST_WAIT)
    except ValueError:
        raise SandboxError("after and wait are numbers") from None
    if wait > 0 and not sandbox.log.after(after):
        await _next_entry(sandbox, wait)
    entries = [views.entry(entry) for entry in sandbox.log.after(after)]
    text = json.dumps({"entries": entries, "seq": sandbox.log.seq}, default=repr)
    return web.Response(text=text, content_type="application/json")


async def _next_entry(sandbox: Sandbox, wait: float) -> None:
    try:
        async with asyncio.timeout(wait):
            await sandbox.log.wait_for(lambda _: True, after=sandbox.log.seq, timeout=wait + 1)
    except TimeoutError:
        return


async def _state(request: web.Request) -> web.Response:
    return web.json_response(views.state(request.app[SANDBOX]))


async def _transcript(request: web.Request) -> web.Response:
    sandbox, number = request.app[SANDBOX], int(request.match_info["id"])
    person = sandbox.people.get(number)
    if person is None:
        raise SandboxError(f"there is no person {number}")
    stamped = request.query.get("timestamps", "1") != "0"
    return web.Response(text=sandbox.transcript(person, timestamps=stamped))


async def _file(request: web.Request) -> web.Response:
    file = request.app[SANDBOX].files.at(request.match_info["path"])
    if file is None:
        raise SandboxError("there is no such file")
    # Only pictures are shown in place; anything else is saved, so that none can run as a page.
    shown = file.mime in {"image/png", "image/jpeg", "image/gif"}
    headers = {"X-Content-Type-Options": "nosniff"}
    if not shown:
        headers["Content-Disposition"] = "attachment"
    mime = file.mime if shown else "application/octet-stream"
    return web.Response(body=file.data, content_type=mime, headers=headers)
