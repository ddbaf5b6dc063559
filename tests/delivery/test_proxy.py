"""F107: what a proxy does to a request: led through, refused, broken; never sent in doubt."""

import pytest

from bot.delivery.transport import AiohttpRequest, MaybeSent, NotSent, NotSentTimedOut
from tests.delivery import faulty_api
from tests.delivery.faulty_api import TOKEN, FaultyApi
from tests.delivery.test_transport import failure, url
from tests.proxy import proxy

pytestmark = pytest.mark.one_database("of no database")

SECRET = "proxy-password"
FAR = f"https://api.telegram.invalid/bot{TOKEN}/sendMessage"


def through(at: str, login: str = "") -> AiohttpRequest:
    """Return a transport that goes through a proxy."""
    return AiohttpRequest(proxy=f"http://{login}{at}", connect_timeout=2, read_timeout=2)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "the proxy refused with 403"),
        ({"login": f"me:{SECRET}"}, "the proxy refused with 407, it wants a name and password"),
        ({"breaks": True}, "aiohttp.ServerDisconnectedError"),
    ],
)
async def test_f107_a_proxy_that_refuses_is_named(values: dict[str, object], told: str) -> None:
    """The log says that it was the proxy; the request has not left, so it is safe to repeat."""
    async with proxy(**values) as met, through(met.at, "me:wrong@") as request:
        error = await failure(request, FAR)
    assert type(error) is NotSent
    assert error.message == told
    assert met.asked == ["CONNECT api.telegram.invalid:443 HTTP/1.1"]
    assert SECRET not in repr(error)


async def test_f107_name_and_password_are_handed_to_the_proxy() -> None:
    """With the right ones the proxy leads on: to a server that is not there, here."""
    async with proxy(login=f"me:{SECRET}") as met, through(met.at, f"me:{SECRET}@") as request:
        error = await failure(request, FAR)
    assert error.message == "the proxy refused with 403"


async def test_f107_a_proxy_that_is_not_there(unused_tcp_port: int) -> None:
    """Its host and port are told, and no password."""
    at = f"127.0.0.1:{unused_tcp_port}"
    async with through(at, f"me:{SECRET}@") as request:
        error = await failure(request, FAR)
    assert type(error) is NotSent
    assert error.message == f"the proxy {at} cannot be reached, Connection refused"


async def test_f107_a_proxy_without_a_name_in_the_world() -> None:
    """Its name is told: it is not Telegram's that was not found."""
    async with through("no.such.proxy.invalid:3128", f"me:{SECRET}@") as request:
        error = await failure(request, FAR, connect_timeout=5)
    assert error.message == "the proxy's name no.such.proxy.invalid was not found"


async def test_f107_a_server_without_tls_behind_the_proxy(api: FaultyApi) -> None:
    """The handshake fails after the tunnel stands: nothing has left, and TLS is named."""
    port = int(api.url.rpartition(":")[2])
    async with proxy(port=port) as met, through(met.at) as request:
        error = await failure(request, FAR)
    assert type(error) is NotSent
    assert error.message.startswith("TLS: ")
    assert api.received == []


async def test_f107_a_proxy_that_says_nothing() -> None:
    """It is a connection that was not made in time, and nothing has left."""
    async with (
        proxy(silent=True) as met,
        AiohttpRequest(proxy=f"http://{met.at}", connect_timeout=0.2) as request,
    ):
        assert type(await failure(request, FAR)) is NotSentTimedOut


async def test_f107_what_is_lost_after_it_left_is_in_doubt(api: FaultyApi) -> None:
    """A request that went through the proxy and was not answered may have been obeyed."""
    api.answer = faulty_api.reset
    async with AiohttpRequest(proxy=api.url, read_timeout=1) as request:
        assert type(await failure(request, url(api))) is MaybeSent
