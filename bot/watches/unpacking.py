"""What is in a file that was sent: itself, or the one file in a gzip or zip archive.

An archive says little of how large it becomes. So it is unpacked bit by bit and given up where it
gets too large; nothing in an archive is unpacked a second time.
"""

import io
import zipfile
import zlib
from typing import Final

from bot.protocol.load.activities import UnreadFile, Why

PACKED: Final = 20 * 1024 * 1024
"""The largest file that Telegram hands to a bot."""
UNPACKED: Final = 64 * 1024 * 1024
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_PIECE: Final = 1024 * 1024
_OF_THE_SYSTEM: Final = ("__MACOSX/", ".")
_READ: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


class UnpackError(Exception):
    """There is no one file in it to be read; `why` says more."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.unread = UnreadFile(why)


def unpacked(data: bytes) -> tuple[bytes, bool]:
    """Return what is in it, and whether that breaks off. Raises UnpackError."""
    if len(data) > PACKED:
        raise UnpackError(Why.TOO_LARGE)
    if data.startswith(_GZIP):
        return _gunzipped(data)
    if data.startswith(_ZIP):
        return _unzipped(data), False
    return data, False


def _gunzipped(data: bytes) -> tuple[bytes, bool]:
    """Return what is in it; of one that was cut, what comes before the cut."""
    unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
    found = bytearray()
    try:
        found += unpack.decompress(data, UNPACKED + 1)
    except zlib.error as error:
        raise UnpackError(Why.BROKEN) from error
    if len(found) > UNPACKED:
        raise UnpackError(Why.TOO_LARGE)
    if not found:
        raise UnpackError(Why.BROKEN)
    return bytes(found), not unpack.eof


def _unzipped(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [one for one in archive.infolist() if _is_file(one)]
            if len(inside) != 1:
                raise UnpackError(Why.SEVERAL if inside else Why.BROKEN)
            if inside[0].file_size > UNPACKED:
                raise UnpackError(Why.TOO_LARGE)
            with archive.open(inside[0]) as one:
                found = one.read(UNPACKED + 1)
    except (*_READ, RuntimeError) as error:
        raise UnpackError(Why.BROKEN) from error
    if len(found) > UNPACKED:
        raise UnpackError(Why.TOO_LARGE)
    return found


def _is_file(one: zipfile.ZipInfo) -> bool:
    return not (one.is_dir() or one.filename.startswith(_OF_THE_SYSTEM))
