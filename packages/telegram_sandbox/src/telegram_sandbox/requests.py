"""Reads a Bot API request in any of the four ways that Telegram takes parameters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from telegram_sandbox.arguments import Upload
from telegram_sandbox.errors import bad_request

if TYPE_CHECKING:
    from aiohttp import MultipartReader

Raw = dict[str, Any]
Uploads = dict[str, Upload]


async def read_request(request: web.Request) -> tuple[Raw, Uploads]:
    """Return the parameters and the files of a request; the body wins over the query string."""
    raw: Raw = dict(request.query)
    uploads: Uploads = {}
    if not request.can_read_body:
        return raw, uploads
    kind = request.content_type
    if kind == "application/json":
        raw.update(await _json(request))
    elif kind == "application/x-www-form-urlencoded":
        raw.update({k: v for k, v in (await request.post()).items() if isinstance(v, str)})
    elif kind == "multipart/form-data":
        await _multipart(await request.multipart(), raw, uploads)
    elif await request.read():
        raise bad_request(f"content type {kind} is not understood")
    return raw, uploads


async def _json(request: web.Request) -> Raw:
    body = await request.read()
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse the JSON body") from None
    if not isinstance(told, dict):
        raise bad_request("the JSON body must be an object")
    return {name: value for name, value in told.items() if value is not None}


async def _multipart(reader: MultipartReader, raw: Raw, uploads: Uploads) -> None:
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse the multipart body")
        data = bytes(await part.read(decode=True))
        if part.filename is None:
            raw[part.name] = data.decode()
        else:
            mime = part.headers.get("Content-Type", "")
            uploads[part.name] = Upload(part.filename, mime, data)
