"""The files that were sent: kept in memory, found again by their identifiers."""

from __future__ import annotations

import hashlib
import itertools
import mimetypes
from dataclasses import dataclass, field
from typing import Any

from telegram_sandbox import pictures
from telegram_sandbox.arguments import Upload
from telegram_sandbox.errors import ApiError, bad_request

_MB = 1024 * 1024
PHOTO_LIMIT = 10 * _MB
UPLOAD_LIMIT = 50 * _MB
DOWNLOAD_LIMIT = 20 * _MB
_SIDES_LIMIT = 10_000
_RATIO_LIMIT = 20


@dataclass(frozen=True)
class File:
    """A stored file; `path` is where getFile says it lies."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """Return the fields that every Telegram file has."""
        return {
            "file_id": self.id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
        }


@dataclass(frozen=True)
class Media:
    """What a message carries besides words: a photo, document, video, voice and so on.

    `performer` and `title` are what a player shows of an audio: those of its upload.
    """

    kind: str
    file: File
    width: int = 0
    height: int = 0
    duration: int = 0
    performer: str = ""
    title: str = ""

    def as_json(self) -> Any:
        """Return the value of the message's field of this kind."""
        base = self.file.as_json()
        if self.kind == "photo":
            return [{**base, "width": self.width, "height": self.height}]
        if self.kind == "sticker":
            flags = {"is_animated": False, "is_video": False, "type": "regular", "emoji": "🙂"}
            return {**base, "width": 512, "height": 512, **flags}
        base["mime_type"] = self.file.mime
        if self.kind == "voice":
            return {**base, "duration": self.duration}
        base["file_name"] = self.file.name
        if self.kind == "audio":
            named = {"performer": self.performer, "title": self.title}
            told = {name: text for name, text in named.items() if text}
            return {**base, "duration": self.duration, **told}
        if self.kind in {"animation", "video"}:
            return {**base, "width": self.width, "height": self.height, "duration": self.duration}
        return base


class Files:
    """The store: takes uploads, finds files by identifier or path."""

    def __init__(self) -> None:
        self._by_id: dict[str, File] = {}
        self._by_path: dict[str, File] = {}
        self._facts: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count(1)

    def keep(self, kind: str, upload: Upload) -> File:
        """Store an upload; refuse more than 50 MB."""
        if len(upload.data) > UPLOAD_LIMIT:
            raise ApiError(413, "Request Entity Too Large")
        number = next(self._numbers)
        digest = hashlib.sha256(upload.data).hexdigest()[:16]
        suffix = upload.name.rpartition(".")[2] if "." in upload.name else "bin"
        file = File(
            id=f"SANDBOX-{kind}-{number}-{digest}",
            unique_id=digest,
            path=f"{kind}s/file_{number}.{suffix}",
            name=upload.name,
            mime=_mime(upload),
            data=upload.data,
        )
        self._by_id[file.id] = self._by_path[file.path] = file
        return file

    def find(self, file_id: str) -> File:
        """Return the file of an identifier, or refuse it."""
        if file_id not in self._by_id:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return self._by_id[file_id]

    def at(self, path: str) -> File | None:
        """Return the file that lies at a path, if any."""
        return self._by_path.get(path)

    def media(self, kind: str, source: Any, **facts: Any) -> Media:
        """Return what a send method carries: a fresh upload, or a file sent before.

        An audio keeps what was told of it when it was uploaded.
        """
        if isinstance(source, Upload):
            if not source.data:
                raise bad_request("file must be non-empty")
            if kind == "photo":
                _check_photo(source.data)
            file = self.keep(kind, source)
            self._facts[file.id] = facts
        elif source in self._by_id:
            file = self._by_id[source]
        else:
            raise bad_request("wrong file identifier/HTTP URL specified")
        width, height = pictures.size(file.data) or (0, 0)
        told = self._facts.get(file.id, {}) if kind == "audio" else facts
        return Media(kind, file, **{"width": width, "height": height, **told})


def _mime(upload: Upload) -> str:
    if upload.mime and upload.mime != "application/octet-stream":
        return upload.mime
    if pictures.size(upload.data):
        return pictures.mime(upload.data)
    return mimetypes.guess_type(upload.name)[0] or "application/octet-stream"


def _check_photo(data: bytes) -> None:
    shape = pictures.size(data)
    if shape is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if len(data) > PHOTO_LIMIT:
        raise bad_request("file is too big for a photo")
    if sum(shape) > _SIDES_LIMIT or max(shape) > _RATIO_LIMIT * min(shape):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
