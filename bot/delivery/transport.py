"""HTTP to the Bot API on aiohttp, and whether a failed request can have arrived.

python-telegram-bot's own transport does a fraction of the sends per second (docs/benchmarks.md),
and its errors do not tell a connection that was never made from an answer that was never heard.
This one obeys the same contract (``telegram.request.BaseRequest``) and answers that question by
the type of its errors:

=====================  ============================  ==================================
raised                 is also                       the request
=====================  ============================  ==================================
``NotSent``            ``NetworkError``              never left: repeating it is safe
``NotSentTimedOut``    ``NotSent``, ``TimedOut``     never left: repeating it is safe
``MaybeSent``          ``NetworkError``              may have been obeyed
``TimedOut``           ``NetworkError``              may have been obeyed
=====================  ============================  ==================================

The bot's token stands in every URL, so no error carries the library's own text or exception.
"""

import asyncio
import io
import json
import math
import os
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from http import HTTPStatus
from typing import IO, Any

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.delivery import crossing
from bot.delivery.crossing import LISTEN_S, Crossing, HeldBackError, UnansweredError
from bot.delivery.uploads import AT_ONCE_S, keeps_moving

POOL_TIMEOUT_MESSAGE = (
    "Pool timeout: All connections in the connection pool are occupied. Request was *not* sent "
    "to Telegram. Consider adjusting the connection pool size or the pool timeout."
)
# How browsers and PTB's own transport write what would end a name.
_NAME_ESCAPES = str.maketrans({chr(c): f"%{c:02X}" for c in (*range(0x20), ord('"'))})
# So small a body is taken by the connection's own buffer: writing it never stands still.
_AT_ONCE_BYTES = 32 * 1024
# SO_LINGER, on and of no time.
_FORGETS = struct.pack("ii", 1, 0)


class NotSent(NetworkError):  # noqa: N818 - named for what it tells, like PTB's TimedOut
    """No byte of the request left this machine: it is safe to repeat."""

    __slots__ = ()


class NotSentTimedOut(NotSent, TimedOut):
    """No connection was to be had in time; no byte of the request left: it is safe to repeat."""

    __slots__ = ()


class MaybeSent(NetworkError):  # noqa: N818 - the same
    """The connection broke after the request had begun to leave: it may have been obeyed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class _Limits:
    """Seconds a request may wait for each thing; None waits for ever."""

    read: float | None
    write: float | None
    connect: float | None
    pool: float | None


class AiohttpRequest(BaseRequest):
    """Requests to the Bot API over one kept-alive aiohttp session.

    Timeouts are in seconds, None means no limit, and each has HTTPXRequest's meaning and default:
    ``pool`` waits for one of ``connection_pool_size`` connections, ``connect`` covers name, TCP and
    TLS together, ``write`` and ``read`` bound the time without progress, ``media_write`` replaces
    ``write`` for uploads. ``proxy`` is an http:// address, which may hold a name and password.
    ``watch`` is told of each request whether an answer came, whatever it said. No POST is ever sent
    twice (aiohttp repeats a GET whose kept connection proves dead, which fetches a file anew and
    does no harm), no redirect is followed, no cookie kept.
    """

    __slots__ = (
        "_limits",
        "_media_write_timeout",
        "_pool_size",
        "_proxy",
        "_session",
        "_slots",
        "_watch",
    )

    def __init__(
        self,
        *,
        connection_pool_size: int = 256,
        read_timeout: float | None = 5.0,
        write_timeout: float | None = 5.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 1.0,
        media_write_timeout: float | None = 20.0,
        proxy: str | None = None,
        watch: Callable[[bool], None] | None = None,
    ) -> None:
        self._watch = watch
        self._limits = _Limits(
            read=read_timeout, write=write_timeout, connect=connect_timeout, pool=pool_timeout
        )
        self._media_write_timeout = media_write_timeout
        self._pool_size = connection_pool_size
        self._proxy = proxy or None
        self._session: aiohttp.ClientSession | None = None
        self._slots = asyncio.Semaphore(connection_pool_size)

    @property
    def read_timeout(self) -> float | None:
        """The read timeout in seconds of a request that names none."""
        return self._limits.read

    async def initialize(self) -> None:
        """Open the session on the running loop; does nothing when it is open."""
        if self._session is None:
            self._slots = asyncio.Semaphore(self._pool_size)
            self._session = _open_session(self._proxy)

    async def shutdown(self) -> None:
        """Close every connection; does nothing when that is done."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return an answer as values; raises TelegramError, without a word of what came instead."""
        try:
            found = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise TelegramError("Invalid server response")
        return found

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request and return its HTTP status and body, whatever the status.

        Raises RuntimeError outside initialize and shutdown, and else what the module's table says.
        """
        if self._session is None:
            raise RuntimeError("This AiohttpRequest is not initialized!")
        uploads = bool(request_data and request_data.contains_files)
        write_default = self._media_write_timeout if uploads else self._limits.write
        limits = _Limits(
            read=_given(read_timeout, self._limits.read),
            write=_given(write_timeout, write_default),
            connect=_given(connect_timeout, self._limits.connect),
            pool=_given(pool_timeout, self._limits.pool),
        )
        body = await _encode(request_data) if request_data else None
        way = crossing.of_this_call()
        if way is None:
            return await self._exchange(method, url, body, limits)
        heard = replace(limits, read=LISTEN_S) if way.listens else limits
        try:
            return await way.carry(self._exchange(method, url, body, heard, way), limits.read)
        except HeldBackError:
            raise NotSentTimedOut from None
        except UnansweredError:
            raise TimedOut from None

    async def _exchange(
        self,
        method: str,
        url: str,
        body: aiohttp.Payload | None,
        limits: _Limits,
        way: Crossing | None = None,
    ) -> tuple[int, bytes]:
        """Wait for a place, and make the request once."""
        assert self._session is not None
        slots, leaving = self._slots, _Leaving(way)
        await _acquire(slots, limits.pool)
        try:
            answer = await _exchange(self._session, method, url, body, limits, leaving)
        except Exception as error:  # noqa: BLE001 - whatever it is, its text may hold the URL
            if not (way is not None and way.called_off):
                self._tell(heard=False)
            failure = _explain(error, left=leaving.left, proxied=self._proxy is not None)
        else:
            self._tell(heard=True)
            return answer
        finally:
            slots.release()
        # Raised outside the handler, so that no __context__ leads back to the URL.
        raise failure

    def _tell(self, *, heard: bool) -> None:
        if self._watch is not None:
            self._watch(heard)


def _given(timeout: ODVInput[float], default: float | None) -> float | None:
    """Return the timeout passed with the call, None included, or else the default."""
    return default if isinstance(timeout, DefaultValue) else timeout


@dataclass(slots=True)
class _Leaving:
    """Whether a request's first byte may have left; its crossing decides whether it may."""

    way: Crossing | None
    left: bool = False


def _open_session(proxy: str | None) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        # The pool's size is kept by the slots: aiohttp's own queue counts as connecting.
        connector=aiohttp.TCPConnector(limit=0, socket_factory=_socket),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": BaseRequest.USER_AGENT},
        trust_env=False,
        proxy=proxy,
        trace_configs=[_leavings()],
    )


def _socket(address: tuple[Any, ...]) -> socket.socket:
    """Return a socket that forgets what it has not sent when it is closed.

    Without that the machine would go on sending a request that was given up.
    """
    made = socket.socket(*address[:3])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _FORGETS)
    return made


def _leavings() -> aiohttp.TraceConfig:
    """Return what notes that a request leaves, or holds it back; aiohttp calls it before it writes.

    It is not called for what is said to a proxy, before the request itself.
    """

    async def leave(_session: object, context: Any, _headers: object) -> None:
        leaving: _Leaving = context.trace_request_ctx
        if leaving.way is not None:
            leaving.way.leave()
        leaving.left = True

    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(leave)
    return config


async def _encode(data: RequestData) -> aiohttp.Payload | None:
    """Return the parameters as JSON, or as a multipart form if there are files."""
    if not data.contains_files:
        plain = json.dumps(data.parameters).encode()
        return (
            aiohttp.BytesPayload(plain, content_type="application/json")
            if data.parameters
            else None
        )
    parameters, files = data.json_parameters, data.multipart_data
    # Names go out as UTF-8: Telegram does not undo percent signs.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mimetype) in files.items():
        form.add_field(
            name,
            # Written piece by piece; bytes would be copied in one go.
            io.BytesIO(await _read(content)),
            filename=filename.translate(_NAME_ESCAPES),
            content_type=mimetype,
        )
    return form()


async def _read(content: bytes | IO[bytes]) -> bytes:
    """Return the content; a handle is read whole from its start, off the loop, and left open."""
    if isinstance(content, bytes):
        return content

    def rewind_and_read() -> bytes:
        if content.seekable():
            content.seek(0)
        return content.read()

    return await asyncio.to_thread(rewind_and_read)


async def _acquire(slots: asyncio.Semaphore, limit: float | None) -> None:
    """Wait for a connection's place, up to ``limit`` seconds."""
    if not slots.locked():
        await slots.acquire()
        return
    try:
        async with asyncio.timeout(limit):
            await slots.acquire()
    except TimeoutError:
        raise NotSentTimedOut(POOL_TIMEOUT_MESSAGE) from None


async def _exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    body: aiohttp.Payload | None,
    limits: _Limits,
    leaving: _Leaving,
) -> tuple[int, bytes]:
    """Send the request once and read the whole answer."""
    options: dict[str, Any] = {
        "data": body,
        "trace_request_ctx": leaving,
        # An empty POST has no content and so names no type, as with HTTPXRequest.
        "skip_auto_headers": ("Content-Type",) if body is None else (),
        "timeout": _client_timeout(limits.connect, limits.read),
        "allow_redirects": False,
    }
    if body is None or not body.size or body.size <= _AT_ONCE_BYTES or limits.write is None:
        async with session.request(method, url, **options) as response:
            return await _answer(response)
    upload = options["upload_tracker"] = aiohttp.UploadTracker()
    async with (
        keeps_moving(upload, body.size, limits.write, limits.connect or 0.0),
        session.request(method, url, **options) as response,
    ):
        return await _answer(response)


async def _answer(response: aiohttp.ClientResponse) -> tuple[int, bytes]:
    """Return the status and the body; of a failure's body only what the Bot API says.

    Another page says nothing that helps, may hold the address, and would be told in an error.
    """
    content = await response.read()
    if response.ok or _is_object(content):
        return response.status, content
    return response.status, b"{}"


def _is_object(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content), dict)
    except (ValueError, RecursionError):
        return False


@cache
def _client_timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(
        connect=_positive(connect),
        sock_read=_positive(read),
        # Without it, limits over 5 s are rounded up to the loop clock's next second.
        ceil_threshold=math.inf,
    )


def _positive(limit: float | None) -> float | None:
    return None if limit is None else max(limit, AT_ONCE_S)


def _explain(error: Exception, *, left: bool, proxied: bool) -> NetworkError:
    """Return the contract's error for the library's, without a word of its text."""
    if isinstance(error, TimeoutError):
        return TimedOut() if left else NotSentTimedOut()
    reason = _reason(error, proxied=proxied)
    return MaybeSent(reason) if left else NotSent(reason)


def _reason(error: Exception, *, proxied: bool) -> str:
    """Return in words what broke, without what stands in a URL; a proxy is named by its host."""
    match error:
        case aiohttp.ClientHttpProxyError():
            denied = error.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
            wants = ", it wants a name and password" if denied else ""
            return f"the proxy refused with {error.status}{wants}"
        case aiohttp.ClientProxyConnectionError():
            return f"the proxy {error.host}:{error.port} cannot be reached, {_of_machine(error)}"
        case aiohttp.ClientConnectorDNSError():
            return f"the proxy's name {error.host} was not found" if proxied else "name not found"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return f"TLS: {_of_handshake(error)}"
        case _:
            return _of_machine(error)


def _of_handshake(error: aiohttp.ClientConnectorError | ssl.CertificateError) -> str:
    """Return what was wrong with a certificate or a handshake."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return str(getattr(error.certificate_error, "verify_message", "the certificate is refused"))
    found = getattr(error, "os_error", None)
    return str(getattr(found, "reason", None) or "no handshake")


def _of_machine(error: Exception) -> str:
    """Return the machine's own word for an error, or else its type."""
    if isinstance(error, OSError) and error.errno and error.errno > 0:
        return os.strerror(error.errno)
    return f"{type(error).__module__.partition('.')[0]}.{type(error).__name__}"
