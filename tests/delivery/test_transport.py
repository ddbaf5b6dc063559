"""What the transport promises beyond PTB's contract: sent or not, once, in silence."""

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.delivery.transport import (
    POOL_TIMEOUT_MESSAGE,
    AiohttpRequest,
    MaybeSent,
    NotSent,
    NotSentTimedOut,
)
from tests.delivery import faulty_api
from tests.delivery.faulty_api import TOKEN, FaultyApi, Received

pytestmark = pytest.mark.one_database("of no database")


def upload(size: int) -> RequestData:
    """Return a request with one file of this many bytes."""
    file = InputFile(b"x" * size, "big.bin")
    return RequestData([RequestParameter("document", None, [file])])


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    """Open a transport with short limits."""
    async with AiohttpRequest(read_timeout=0.2, connect_timeout=5, pool_timeout=0.05) as request:
        yield request


@pytest.fixture
def deaf() -> Iterator[str]:
    """Listen with a full queue: connecting hangs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        with socket.create_connection(address):
            yield f"http://127.0.0.1:{address[1]}/bot{TOKEN}/sendMessage"


@pytest.fixture
async def stuck() -> AsyncIterator[str]:
    """Accept connections and never read from them."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/bot{TOKEN}/sendMessage"


@pytest.fixture
async def mute() -> AsyncIterator[str]:
    """Take a TCP connection where TLS is expected and say nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/bot{TOKEN}/sendMessage"


def url(api: FaultyApi) -> str:
    """Return the address of a method, token and all."""
    return f"{api.url}/bot{TOKEN}/sendMessage"


async def failure(request: AiohttpRequest, url: str, **timeouts: Any) -> NetworkError:
    """Return what one failing request raised."""
    with pytest.raises(NetworkError) as caught:
        await request.do_request(url, "POST", **timeouts)
    return caught.value


async def test_refused_is_not_sent(request_: AiohttpRequest, unused_tcp_port: int) -> None:
    """F52: nobody listening means nothing was sent."""
    error = await failure(request_, f"http://127.0.0.1:{unused_tcp_port}/bot{TOKEN}/x")
    assert type(error) is NotSent
    assert str(error) == "Connection refused"


async def test_unknown_name_is_not_sent(request_: AiohttpRequest) -> None:
    """F58: a name that cannot be looked up means nothing was sent."""
    error = await failure(request_, f"http://no.such.host.invalid/bot{TOKEN}/x", connect_timeout=5)
    assert type(error) is NotSent


async def test_connect_timeout_is_not_sent(request_: AiohttpRequest, deaf: str) -> None:
    """A connection not made in time is a time-out with nothing sent."""
    error = await failure(request_, deaf, connect_timeout=0.1)
    assert type(error) is NotSentTimedOut
    assert isinstance(error, TimedOut)
    assert str(error) == "Timed out"


async def test_silent_tls_is_not_sent(request_: AiohttpRequest, mute: str) -> None:
    """F58: the handshake belongs to connecting, so its silence means nothing sent."""
    assert type(await failure(request_, mute)) is NotSentTimedOut


async def test_foreign_protocol_is_not_sent(request_: AiohttpRequest, api: FaultyApi) -> None:
    """A server that speaks no TLS where TLS is due gets no request."""
    error = await failure(request_, url(api).replace("http:", "https:"), connect_timeout=2)
    assert type(error) is NotSent
    assert api.received == []


async def test_malformed_address_is_not_sent(request_: AiohttpRequest) -> None:
    """An address that is none means nothing was sent, and is not repeated in the error."""
    assert type(await failure(request_, f"http://[::1/bot{TOKEN}/x")) is NotSent


async def test_full_pool_is_not_sent(api: FaultyApi) -> None:
    """With every connection busy the next request times out unsent, in PTB's words."""
    api.answer = faulty_api.hang
    async with AiohttpRequest(connection_pool_size=1, pool_timeout=0.05) as request:
        busy = asyncio.create_task(request.do_request(url(api), "POST", read_timeout=0.4))
        while not api.received:
            await asyncio.wait([busy], timeout=0.01)
        error = await failure(request, url(api))
        with pytest.raises(TimedOut):
            await busy
    assert (type(error), str(error)) == (NotSentTimedOut, POOL_TIMEOUT_MESSAGE)
    assert len(api.received) == 1


async def test_pool_waits_in_turn(api: FaultyApi) -> None:
    """Requests over the pool's size wait for a connection instead of failing."""
    async with AiohttpRequest(connection_pool_size=2, pool_timeout=5) as request:
        answers = await asyncio.gather(*(request.do_request(url(api), "POST") for _ in range(50)))
    assert [code for code, _ in answers] == [200] * 50
    assert len({received.connection for received in api.received}) <= 2


async def test_hang_is_ambiguous(request_: AiohttpRequest, api: FaultyApi) -> None:
    """F52: no answer in time is PTB's own TimedOut, for the message may have been shown."""
    api.answer = faulty_api.hang
    assert type(await failure(request_, url(api))) is TimedOut
    assert len(api.received) == 1


@pytest.mark.parametrize("answer", [faulty_api.reset, faulty_api.cut])
async def test_broken_answer_is_ambiguous(
    answer: faulty_api.Answer, request_: AiohttpRequest, api: FaultyApi
) -> None:
    """A connection lost after the request left is MaybeSent, and the request went out once."""
    api.answer = answer
    assert type(await failure(request_, url(api))) is MaybeSent
    assert len(api.received) == 1


async def test_garbage_is_ambiguous(request_: AiohttpRequest) -> None:
    """An answer that is no HTTP is MaybeSent."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(request_, f"http://127.0.0.1:{port}/bot{TOKEN}/x")
    assert type(error) is MaybeSent


async def test_stalled_upload_times_out(request_: AiohttpRequest, stuck: str) -> None:
    """A peer that stops taking bytes is a time-out after the write limit, not a wait for ever."""
    began = asyncio.get_running_loop().time()
    error = await failure(
        request_, stuck, request_data=upload(30_000_000), write_timeout=0.2, read_timeout=None
    )
    assert type(error) is TimedOut
    assert 0.2 <= asyncio.get_running_loop().time() - began < 2


async def test_media_write_timeout(stuck: str) -> None:
    """Uploads have a write limit of their own, and a limit named by the call goes before it."""
    async with AiohttpRequest(write_timeout=0.05, media_write_timeout=0.3) as request:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await failure(request, stuck, request_data=upload(20_000_000))
        assert loop.time() - began >= 0.3
    async with AiohttpRequest(media_write_timeout=600) as request, asyncio.timeout(60):
        await failure(request, stuck, request_data=upload(20_000_000), write_timeout=0.05)


async def test_slow_upload_is_no_stall(request_: AiohttpRequest) -> None:
    """A body that keeps moving may take longer than the write limit."""

    async def sip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left = 12
        while left:
            await reader.readexactly(1_000_000)
            left -= 1
            await asyncio.sleep(0.05)
        await reader.read(1_000_000)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    body = upload(12_000_000)
    async with await asyncio.start_server(sip, "127.0.0.1", 0, limit=1_000_000) as server:
        port = server.sockets[0].getsockname()[1]
        target = f"http://127.0.0.1:{port}/x"
        code, _ = await request_.do_request(target, "POST", body, 2.0, write_timeout=0.3)
    assert code == 200


async def test_write_limit_ends_with_the_body(request_: AiohttpRequest, api: FaultyApi) -> None:
    """Waiting for the answer is not writing: a long poll outlives the write limit."""

    async def later(received: Received, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return await faulty_api.result([])(received, request)

    api.answer = later
    poll = RequestData([RequestParameter("timeout", 1, None)])
    code, _ = await request_.do_request(url(api), "POST", poll, 2.0, write_timeout=0.05)
    assert code == 200


async def test_zero_is_at_once(request_: AiohttpRequest, api: FaultyApi) -> None:
    """A limit of 0 seconds means at once, not never."""
    api.answer = faulty_api.hang
    assert type(await failure(request_, url(api), read_timeout=0)) is TimedOut
    assert type(await failure(request_, url(api), connect_timeout=0)) in {TimedOut, NotSentTimedOut}


async def test_one_connection_is_kept(request_: AiohttpRequest, api: FaultyApi) -> None:
    """Requests in a row share one connection."""
    for _ in range(5):
        await request_.do_request(url(api), "POST")
    assert len({received.connection for received in api.received}) == 1


async def test_many_at_once(request_: AiohttpRequest, api: FaultyApi) -> None:
    """A hundred requests at once each get their own answer."""

    async def echo(received: Received, request: web.Request) -> web.StreamResponse:
        return await faulty_api.result(received.fields["n"])(received, request)

    api.answer = echo
    data = [RequestData([RequestParameter("n", str(n), None)]) for n in range(100)]
    answers = await asyncio.gather(
        *(request_.post(url(api), d, 5, connect_timeout=5) for d in data)
    )
    expected: list[object] = [str(n) for n in range(100)]
    assert answers == expected


@pytest.mark.parametrize("lost", ["reset", "closed"])
async def test_stale_connection_is_not_repeated(request_: AiohttpRequest, lost: str) -> None:
    """A POST on a kept connection that dies is reported, never silently sent again."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        if lost == "reset":
            writer.transport.abort()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        target = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot{TOKEN}/x"
        await request_.do_request(target, "POST")
        assert type(await failure(request_, target)) is MaybeSent
    assert len(seen) == 2


async def test_no_cookie_and_no_redirect(request_: AiohttpRequest, api: FaultyApi) -> None:
    """A cookie is not returned and a redirect not followed."""

    async def move(_received: Received, _request: web.Request) -> web.StreamResponse:
        headers = {"Location": "/elsewhere", "Set-Cookie": "a=b"}
        return web.Response(status=307, headers=headers)

    api.answer = move
    for _ in range(2):
        assert (await request_.do_request(url(api), "POST"))[0] == 307
    assert [received.method for received in api.received] == ["sendMessage"] * 2
    assert not any("cookie" in received.headers for received in api.received)


async def test_f107_the_environments_proxy_is_not_the_transports_business(
    api: FaultyApi, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings decide which proxy is used; the transport takes the one it is given."""
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    target = f"http://telegram.invalid:{unused_tcp_port}/bot{TOKEN}/x"
    async with AiohttpRequest(proxy=api.url, connect_timeout=5) as request:
        assert (await request.do_request(target, "POST"))[0] == 200
    async with AiohttpRequest(connect_timeout=5) as request:
        assert (await request.do_request(url(api), "POST"))[0] == 200
    assert len(api.received) == 2


async def test_cancelled_request_frees_its_place(api: FaultyApi) -> None:
    """A request given up by its caller leaves the pool whole."""
    api.answer = faulty_api.hang
    async with AiohttpRequest(connection_pool_size=1, pool_timeout=0.5) as request:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await request.do_request(url(api), "POST", read_timeout=None)
        api.answer = faulty_api.result({})
        assert (await request.do_request(url(api), "POST"))[0] == 200


async def test_shutdown_ends_what_hangs(api: FaultyApi) -> None:
    """Closing the transport ends a request under way as ambiguous."""
    api.answer = faulty_api.hang
    request = AiohttpRequest()
    await request.initialize()
    task = asyncio.create_task(failure(request, url(api), read_timeout=None))
    while not api.received:
        await asyncio.wait([task], timeout=0.01)
    await request.shutdown()
    assert type(await task) is MaybeSent


async def test_before_initialize_is_a_runtime_error(api: FaultyApi) -> None:
    """Using the transport before it is opened is the caller's error."""
    with pytest.raises(RuntimeError, match="not initialized"):
        await AiohttpRequest().do_request(url(api), "POST")


Provoke = Callable[[FaultyApi], Awaitable[str]]


def _answering(answer: faulty_api.Answer) -> Provoke:
    async def provoke(api: FaultyApi) -> str:
        api.answer = answer
        return api.url

    return provoke


async def _nobody(_api: FaultyApi) -> str:
    return "http://127.0.0.1:1"


async def _no_tls(api: FaultyApi) -> str:
    return api.url.replace("http:", "https:")


async def _no_name(_api: FaultyApi) -> str:
    return "http://no.such.host.invalid"


async def _no_url(_api: FaultyApi) -> str:
    return "http://[::1"


async def _no_scheme(_api: FaultyApi) -> str:
    return "ftp://127.0.0.1"


PROVOCATIONS: dict[str, Provoke] = {
    "refused": _nobody,
    "no tls": _no_tls,
    "no name": _no_name,
    "no url": _no_url,
    "no scheme": _no_scheme,
    "hang": _answering(faulty_api.hang),
    "reset": _answering(faulty_api.reset),
    "cut": _answering(faulty_api.cut),
    "html": _answering(faulty_api.text(502, "<html>")),
    "redirect": _answering(faulty_api.redirect("/elsewhere")),
    "forbidden": _answering(faulty_api.error(403, "Forbidden: bot was blocked by the user")),
}


@pytest.mark.parametrize("name", PROVOCATIONS)
async def test_token_never_shows(
    name: str, request_: AiohttpRequest, api: FaultyApi, caplog: pytest.LogCaptureFixture
) -> None:
    """No error's text, cause, context or log line holds the token or the method's address."""
    base = await PROVOCATIONS[name](api)
    bot = Bot(TOKEN, base_url=f"{base}/bot", request=request_, get_updates_request=request_)
    caplog.set_level(logging.DEBUG)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it is silent
        await bot.send_message(1, "hi")
    seen: BaseException | None = caught.value
    printed = "".join(traceback.format_exception(caught.value)) + caplog.text
    while seen is not None:
        printed += f"{seen!r} {seen.args} "
        seen = seen.__cause__ or seen.__context__
    assert TOKEN not in printed
    assert "TOPSECRET" not in printed
    assert base.partition("//")[2] not in printed
