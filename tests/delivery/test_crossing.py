"""A letter's way onto a real wire: called off, out of time, or answered late."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest
from aiohttp import web
from telegram.error import NetworkError, TimedOut

from bot.delivery import carrier
from bot.delivery.crossing import Crossing, aboard
from bot.delivery.transport import AiohttpRequest, NotSent, NotSentTimedOut
from tests.delivery import faulty_api
from tests.delivery.faulty_api import MESSAGE, TOKEN, FaultyApi, Received

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)


def crossing(seconds: float, *, listens: bool = True) -> Crossing:
    """Return the crossing of a letter that has so long to live, by a clock that stands still."""
    return Crossing(lambda: AT, AT + timedelta(seconds=seconds), listens=listens)


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    """Open a transport with one connection and the usual limits."""
    async with AiohttpRequest(connection_pool_size=1) as request:
        yield request


@pytest.fixture
def deaf() -> Iterator[tuple[socket.socket, str]]:
    """Listen with a full queue: what wants to connect is not even heard."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        with socket.create_connection(address):
            yield listener, f"http://127.0.0.1:{address[1]}"


@pytest.fixture
def mute() -> Iterator[str]:
    """Take a connection where TLS is expected, and say nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


async def sends(request: AiohttpRequest, base: str, way: Crossing) -> tuple[int, bytes]:
    """Send a message by a crossing."""
    with aboard(way):
        return await request.do_request(f"{base}/bot{TOKEN}/sendMessage", "POST")


async def called_off(
    sending: "asyncio.Task[tuple[int, bytes]]", way: Crossing, seconds: float = 0.1
) -> NetworkError:
    """Call a letter off after a moment; return what its sending raised."""
    await asyncio.wait({sending}, timeout=seconds)
    assert not sending.done()
    way.call_off()
    with pytest.raises(NetworkError) as caught:
        await asyncio.wait_for(sending, 1)
    return caught.value


async def test_f122_a_lost_syn_is_called_off(
    request_: AiohttpRequest, deaf: tuple[socket.socket, str]
) -> None:
    """Connecting hangs: the letter is called off at once, and nobody who listens hears of it."""
    listener, base = deaf
    way = crossing(3)
    error = await called_off(asyncio.create_task(sends(request_, base, way)), way)
    assert isinstance(error, NotSent)
    assert way.left_at is None
    listener.accept()[0].close()  # the one that filled the queue: now there is room
    listener.settimeout(1.5)
    with pytest.raises(TimeoutError):
        listener.accept()


async def test_f122_a_slow_handshake_is_called_off(request_: AiohttpRequest, mute: str) -> None:
    """TLS belongs to connecting."""
    way = crossing(3)
    error = await called_off(asyncio.create_task(sends(request_, mute, way)), way)
    assert (isinstance(error, NotSent), way.left_at) == (True, None)


async def test_f122_a_letter_that_waits_for_a_connection_is_called_off(
    request_: AiohttpRequest, api: FaultyApi
) -> None:
    """The pool is full: the letter leaves the queue, and its place is free for the next one."""
    api.answer = faulty_api.hang
    first, second = crossing(3), crossing(3)
    busy = asyncio.create_task(sends(request_, api.url, first))
    while not api.received:
        await asyncio.wait({busy}, timeout=0.01)
    error = await called_off(asyncio.create_task(sends(request_, api.url, second)), second)
    assert (isinstance(error, NotSent), second.left_at) == (True, None)
    busy.cancel()
    await asyncio.gather(busy, return_exceptions=True)
    api.answer = faulty_api.result(MESSAGE)
    assert (await sends(request_, api.url, crossing(3)))[0] == 200
    assert len(api.received) == 2


@pytest.mark.parametrize("where", ["deaf", "mute", "full"])
async def test_f122_connecting_has_what_is_left(
    request_: AiohttpRequest,
    api: FaultyApi,
    deaf: tuple[socket.socket, str],
    mute: str,
    where: str,
) -> None:
    """A quarter of a second is left: nothing was sent after it, wherever the letter hung."""
    base = {"deaf": deaf[1], "mute": mute, "full": api.url}[where]
    busy = None
    if where == "full":
        api.answer = faulty_api.hang
        busy = asyncio.create_task(sends(request_, api.url, crossing(3)))
        while not api.received:
            await asyncio.wait({busy}, timeout=0.01)
    begun = asyncio.get_running_loop().time()
    with pytest.raises(NotSentTimedOut):
        await sends(request_, base, crossing(0.25))
    assert 0.2 < asyncio.get_running_loop().time() - begun < 1.5
    if busy is not None:
        busy.cancel()
        await asyncio.gather(busy, return_exceptions=True)


@pytest.mark.parametrize("kept", [False, True])
async def test_f122_a_letter_whose_time_is_over_does_not_leave(
    request_: AiohttpRequest, api: FaultyApi, *, kept: bool
) -> None:
    """The connection stands, and the deadline has passed meanwhile: not a byte is written."""
    if kept:
        await sends(request_, api.url, crossing(3))
    asked = count()

    def now() -> datetime:
        """Return a time that has passed once the letter was on its way."""
        return AT if next(asked) < 2 else AT + timedelta(seconds=9)

    late = Crossing(now, AT + timedelta(seconds=3), listens=True)
    with pytest.raises(NotSent):
        await sends(request_, api.url, late)
    assert len(api.received) == int(kept)


async def test_f122_what_has_left_is_not_called_off(
    request_: AiohttpRequest, api: FaultyApi
) -> None:
    """Nobody can call it back: its answer is waited for."""
    api.answer, release = held()
    way = crossing(3)
    sending = asyncio.create_task(sends(request_, api.url, way))
    while not api.received:
        await asyncio.wait({sending}, timeout=0.01)
    way.call_off()
    await asyncio.wait({sending}, timeout=0.1)
    release()
    assert carrier.heard(await sending) == MESSAGE["message_id"]
    assert way.left_at == AT


async def test_f122_a_late_answer_is_listened_for(api: FaultyApi) -> None:
    """Given up as unknown after the transport's own limit; then it comes."""
    api.answer, release = held()
    async with AiohttpRequest(read_timeout=0.2) as request:
        way = crossing(3)
        with pytest.raises(TimedOut) as caught:
            await sends(request, api.url, way)
        assert not isinstance(caught.value, NotSent)
        assert way.late is not None
        release()
        assert carrier.heard(await way.late) == MESSAGE["message_id"]


async def test_f122_other_letters_are_not_listened_for(api: FaultyApi) -> None:
    """A repeatable letter is sent once more instead."""
    api.answer = faulty_api.hang
    async with AiohttpRequest(read_timeout=0.2) as request:
        way = crossing(3, listens=False)
        with pytest.raises(TimedOut) as caught:
            await sends(request, api.url, way)
    assert not isinstance(caught.value, NotSent)
    assert way.late is None


async def test_f122_what_was_given_up_is_not_sent_on_by_the_machine() -> None:
    """The peer takes nothing for a while: what waits in the socket is forgotten, not sent later."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with AiohttpRequest(read_timeout=0.2) as request:
            with pytest.raises(TimedOut):
                await sends(request, base, crossing(3, listens=False))
        peer, _ = listener.accept()
        with peer, pytest.raises(ConnectionResetError):
            b"".join(iter(partial(peer.recv, 65536), b""))


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b'{"ok": false}', b'{"ok": true, "result": true}', b'{"ok": true}'],
)
def test_an_answer_without_a_message_tells_of_none(body: bytes) -> None:
    """A refusal, or what is no answer of Telegram's: there is nothing to take back."""
    assert carrier.heard((200, body)) is None


def held() -> tuple[faulty_api.Answer, Callable[[], None]]:
    """Return an answer that waits, and what lets it go."""
    go = asyncio.Event()
    good = faulty_api.result(MESSAGE)

    async def answer(received: Received, request: web.Request) -> web.StreamResponse:
        await go.wait()
        return await good(received, request)

    return answer, go.set
