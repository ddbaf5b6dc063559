"""Reads a call's raw parameters, as strings or as JSON, into values of the declared types."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from telegram_sandbox.errors import ApiError, bad_request
from telegram_sandbox.schema import METHODS, TYPES, Fields, Param

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Args = dict[str, Any]
_WHOLE = re.compile(r"[+-]?\d{1,19}")
_WORDS = {"true": True, "1": True, "false": False, "0": False}
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "audio": "there is no audio in the request",
    "video": "there is no video in the request",
    "animation": "there is no animation in the request",
    "voice": "there is no voice in the request",
    "file_id": "file_id not specified",
    "action": "wrong parameter action in request",
}


@dataclass(frozen=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    data: bytes = field(repr=False)


def read(method: str, raw: Mapping[str, Any], uploads: Mapping[str, Upload]) -> Args:
    """Return a method's arguments, typed; refuse unknown, missing and mistyped ones."""
    fields = METHODS[method]
    args: Args = {}
    for name, value in raw.items():
        if name not in fields:
            raise bad_request(f'unknown parameter "{name}"')
        args[name] = _value(name, value, fields[name])
    _attach(args, fields, uploads)
    for name, param in fields.items():
        if param.required and args.get(name) in (None, ""):
            raise _missing(method, name)
    return args


def _missing(method: str, name: str) -> ApiError:
    if name == "url" and method == "setWebhook":
        # An empty address takes the webhook away; only a missing one is refused.
        return bad_request('parameter "url" is required')
    return bad_request(_MISSING.get(name, f'parameter "{name}" is required'))


def _attach(args: Args, fields: Fields, uploads: Mapping[str, Upload]) -> None:
    """Put the uploaded files where the call names them; refuse one that nothing names."""
    used = set()
    for name in (n for n, param in fields.items() if "InputFile" in param.types):
        key = name if name in uploads else _reference(args.get(name))
        if key is not None:
            args[name] = _found(key, uploads)
            used.add(key)
    media = args.get("media", [])
    for item in media if isinstance(media, list) else [media]:
        if (key := _reference(item.get("media"))) is not None:
            item["media"] = _found(key, uploads)
            used.add(key)
    if strangers := uploads.keys() - used:
        raise bad_request(f'unknown parameter "{min(strangers)}"')


def _found(key: str, uploads: Mapping[str, Upload]) -> Upload:
    if key not in uploads:
        raise bad_request(f'file "{key}" that an attach:// reference names is not in the request')
    return uploads[key]


def _reference(value: Any) -> str | None:
    if isinstance(value, str) and value.startswith("attach://"):
        return value.removeprefix("attach://")
    return None


def _value(name: str, value: Any, param: Param) -> Any:
    for kind in param.types:
        try:
            return _READERS.get(kind, _structure)(value, kind)
        except (ValueError, TypeError, KeyError):
            continue
    raise bad_request(f'parameter "{name}" must be {" or ".join(param.types)}')


def _integer(value: Any, _: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        return int(value)
    raise ValueError(value)


def _string(value: Any, _: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(value)


def _boolean(value: Any, _: str) -> bool:
    return value if isinstance(value, bool) else _WORDS[str(value).lower()]


def _upload(value: Any, _: str) -> Upload:
    if isinstance(value, Upload):
        return value
    raise ValueError(value)


def _structure(value: Any, kind: str) -> Any:
    """Read a list or an object, given as JSON text or as itself, and check what it holds."""
    decoded = json.loads(value) if isinstance(value, str) else value
    return _checked(decoded, kind)


def _checked(value: Any, kind: str) -> Any:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            raise TypeError(value)
        inner = kind.removeprefix("Array of ")
        return [_checked(item, inner) for item in value]
    if kind in _READERS:
        return _READERS[kind](value, kind)
    if not isinstance(value, dict):
        raise TypeError(value)
    return _check_fields(dict(value), kind) if kind in TYPES else dict(value)


def _check_fields(value: dict[str, Any], kind: str) -> dict[str, Any]:
    fields = TYPES[kind]
    for name, param in fields.items():
        if param.required and name not in value:
            raise KeyError(name)
    for name, item in value.items():
        if name not in fields:
            raise bad_request(f'unknown field "{name}" in {kind}')
        if _is_plain(fields[name]):
            value[name] = _value(f"{kind}.{name}", item, fields[name])
    return value


def _is_plain(param: Param) -> bool:
    """Tell whether a field holds a word, a number or a switch rather than an object."""
    return all(kind in _READERS for kind in param.types)


_READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "Integer": _integer,
    "String": _string,
    "Boolean": _boolean,
    "InputFile": _upload,
}
