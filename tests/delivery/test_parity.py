"""The transport beside PTB's own: the same Bot calls, the same server, the same outcome."""

import io
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from telegram import Bot, InputFile, InputMediaPhoto
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest

from bot.delivery.transport import AiohttpRequest, MaybeSent, NotSent
from tests.delivery import faulty_api
from tests.delivery.faulty_api import MESSAGE, TOKEN, Answer, FaultyApi, Received

pytestmark = pytest.mark.one_database("of no database")

Call = Callable[[Bot], Awaitable[object]]
Make = Callable[[], BaseRequest]
ME = {"id": 1, "is_bot": True, "first_name": "Hold", "username": "holdfast_bot"}


@dataclass(frozen=True, slots=True)
class Row:
    """A call, and how the server answers it."""

    call: Call
    answer: Answer


async def send(bot: Bot) -> object:
    """Send a text."""
    return await bot.send_message(1, "hi", read_timeout=0.2)


async def send_unicode(bot: Bot) -> object:
    """Send a text that needs every kind of escaping."""
    return await bot.send_message(1, "Zähne & 50 % = „½“ + 🦵\r\nzwei", disable_notification=True)


async def send_photo(bot: Bot) -> object:
    """Upload one picture with a name that is not ASCII."""
    return await bot.send_photo(1, b"\x89PNG\r\n--x", caption="Größe", filename='Übung "1" 🦵.png')


async def send_handle(bot: Bot) -> object:
    """Upload an open file without reading it first."""
    handle = io.BytesIO(b"0123456789")
    handle.seek(3)
    sent = await bot.send_document(1, InputFile(handle, "t.txt", read_file_handle=False))
    assert not handle.closed
    return sent


async def send_group(bot: Bot) -> object:
    """Upload two pictures in one request."""
    media = [InputMediaPhoto(b"one", filename="1.png"), InputMediaPhoto(b"two", filename="ü.jpg")]
    return await bot.send_media_group(1, media)


async def get_me(bot: Bot) -> object:
    """Call a method without parameters."""
    return await bot.get_me()


async def get_updates(bot: Bot) -> object:
    """Poll."""
    return await bot.get_updates(offset=5, timeout=0, allowed_updates=["message"])


async def retrieve(bot: Bot) -> object:
    """Fetch a file by GET."""
    url = bot.base_file_url + "/voice/fíle 1.oga"
    return await bot.request.retrieve(url, read_timeout=0.2)


UPDATE = {"update_id": 5, "message": MESSAGE}
ROWS = {
    "ok": Row(send, faulty_api.result(MESSAGE)),
    "unicode": Row(send_unicode, faulty_api.result(MESSAGE)),
    "chunked": Row(send, faulty_api.chunked),
    "gzip": Row(send, faulty_api.gzipped),
    "photo": Row(send_photo, faulty_api.result(MESSAGE)),
    "handle": Row(send_handle, faulty_api.result(MESSAGE)),
    "group": Row(send_group, faulty_api.result([MESSAGE, MESSAGE])),
    "me": Row(get_me, faulty_api.result(ME)),
    "updates": Row(get_updates, faulty_api.result([UPDATE])),
    "no updates": Row(get_updates, faulty_api.result([])),
    "file": Row(retrieve, faulty_api.text(200, "bytes of a file")),
    "no file": Row(retrieve, faulty_api.error(404, "Not Found")),
    "400": Row(send, faulty_api.error(400, "Bad Request: chat not found")),
    "401": Row(send, faulty_api.error(401, "Unauthorized")),
    "403": Row(send, faulty_api.error(403, "Forbidden: bot was blocked by the user")),
    "404": Row(send, faulty_api.error(404, "Not Found")),
    "409": Row(get_updates, faulty_api.error(409, "Conflict: terminated by other getUpdates")),
    "413": Row(send, faulty_api.error(413, "Request Entity Too Large")),
    "429": Row(send, faulty_api.error(429, "Too Many Requests: retry after 300", retry_after=300)),
    "migrated": Row(send, faulty_api.error(400, "Bad Request: moved", migrate_to_chat_id=-100)),
    "500": Row(send, faulty_api.error(500, "Internal Server Error")),
    "502 html": Row(send, faulty_api.text(502, "<html>Bad Gateway</html>")),
    "504 empty": Row(send, faulty_api.text(504, "")),
    "200 html": Row(send, faulty_api.text(200, "<html>Blocked by your provider</html>")),
    "200 empty": Row(send, faulty_api.text(200, "")),
    "302": Row(send, faulty_api.redirect("/elsewhere")),
    "file moved": Row(retrieve, faulty_api.redirect("/elsewhere")),
    "reset": Row(send, faulty_api.reset),
    "cut": Row(send, faulty_api.cut),
    "hang": Row(send, faulty_api.hang),
    "file hangs": Row(retrieve, faulty_api.hang),
}


def told(error: TelegramError) -> tuple[str, str]:
    """Return PTB's class of an error and its text; a transport's own words are its own."""
    types = [t for t in type(error).__mro__ if t.__module__ == "telegram.error"]
    ours = isinstance(error, NotSent | MaybeSent) and not isinstance(error, TimedOut)
    own_words = ours or error.message.startswith(("httpx.", "aiohttp."))
    message = error.message.partition(". Parsing the server response")[0]
    return types[0].__name__, "" if own_words else message


async def outcome(call: Call, make: Make, api: FaultyApi) -> tuple[object, list[Received]]:
    """Return what the call gave or raised through this transport, and what the server got."""
    api.received.clear()
    bot = Bot(
        TOKEN,
        base_url=f"{api.url}/bot",
        base_file_url=f"{api.url}/file/bot",
        request=make(),
        get_updates_request=make(),
    )
    async with bot.request, bot._request[0]:
        try:
            got: object = await call(bot)
        except TelegramError as error:
            got = told(error)
    return got, list(api.received)


def as_telegram_reads(request: Received) -> object:
    """Return what counts of a request, with the random names of attached files made equal."""
    names = {name: f"file{n}" for n, name in enumerate(request.files)}
    fields = dict(request.fields)
    for name, plain in names.items():
        fields = {key: value.replace(name, plain) for key, value in fields.items()}
    files = {names[name]: file for name, file in request.files.items()}
    # Without files, ours are JSON and PTB's a form, which Telegram reads alike.
    kind = request.headers.get("content-type", "").partition(";")[0]
    kind = "plain" if kind in {"application/json", "application/x-www-form-urlencoded"} else kind
    return request.verb, request.method, fields, files, kind, request.headers["user-agent"]


@pytest.mark.parametrize("name", ROWS)
async def test_same_as_httpx(name: str, api: FaultyApi) -> None:
    """Through both transports a call gives the same and the server receives the same.

    But for a page that is none of the Bot API's: theirs repeats it in the error, ours never does.
    """
    api.answer = ROWS[name].answer
    theirs, at_theirs = await outcome(ROWS[name].call, HTTPXRequest, api)
    ours, at_ours = await outcome(ROWS[name].call, AiohttpRequest, api)
    assert ours == theirs
    assert [as_telegram_reads(r) for r in at_ours] == [as_telegram_reads(r) for r in at_theirs]


@pytest.mark.parametrize("make", [AiohttpRequest, HTTPXRequest])
async def test_refused_connection(make: Make, unused_tcp_port: int) -> None:
    """Nobody listening is PTB's NetworkError and no time-out."""
    api = FaultyApi(f"http://127.0.0.1:{unused_tcp_port}", faulty_api.hang)
    got, _ = await outcome(send, make, api)
    assert got == (NetworkError.__name__, "")


@pytest.mark.parametrize("make", [AiohttpRequest, HTTPXRequest])
async def test_default_read_timeout(make: Callable[..., BaseRequest], api: FaultyApi) -> None:
    """The constructor's read timeout holds unless the call names one; None is no limit."""
    api.answer = faulty_api.hang
    request = make(read_timeout=0.05)
    async with request:
        assert request.read_timeout == 0.05
        with pytest.raises(TimedOut):
            await request.do_request(api.url, "POST")
        with pytest.raises(TimedOut):
            await request.do_request(api.url, "POST", write_timeout=None, read_timeout=0.1)


@pytest.mark.parametrize("make", [AiohttpRequest, HTTPXRequest])
async def test_life(make: Make, api: FaultyApi) -> None:
    """Opening and closing twice is harmless, a closed transport says so, and it opens again."""
    request = make()
    await request.initialize()
    await request.initialize()
    await request.shutdown()
    await request.shutdown()
    with pytest.raises(RuntimeError, match="is not initialized!"):
        await request.do_request(api.url, "POST")
    async with request:
        assert (await request.do_request(api.url, "POST"))[0] == 200
