"""The fast Bot API of the benchmarks, against python-telegram-bot and the sandbox."""

import io
import json
import time
import urllib.request
from collections.abc import Iterator

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import InvalidToken, RetryAfter
from telegram.request import BaseRequest, HTTPXRequest

from bot.delivery.transport import AiohttpRequest
from telegram_sandbox import Limits, Sandbox, serve
from testkit.bot_api import TOKEN
from testkit.loopback import Loopback, Setup, served

CHAT = 1001
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Start", callback_data="1:o:7:start")]])
TRANSPORTS = pytest.mark.parametrize("transport", [AiohttpRequest, HTTPXRequest])


@pytest.fixture(scope="module")
def api() -> Iterator[Loopback]:
    """A Bot API without limits."""
    with served(Setup(seconds=60)) as running:
        yield running


def _bot(url: str, request: BaseRequest, token: str = TOKEN) -> Bot:
    return Bot(token, base_url=f"{url}/bot", request=request, get_updates_request=AiohttpRequest())


async def _talk(bot: Bot, query: str) -> list[object]:
    """Make each kind of call, and return what python-telegram-bot reads from the answers."""
    first = await bot.send_message(CHAT, "<b>HOLD</b> 1 &amp; 2", "HTML", reply_markup=BUTTONS)
    edited = await bot.edit_message_text("Rest.", CHAT, first.message_id, reply_markup=BUTTONS)
    bare = await bot.edit_message_reply_markup(CHAT, first.message_id)
    photo = await bot.send_photo(CHAT, _png(), caption="A week")
    assert isinstance(edited, Message)
    assert isinstance(bare, Message)
    return [
        _read(first),
        first.message_id == edited.message_id == bare.message_id,
        photo.message_id - first.message_id,
        _read(edited),
        bare.reply_markup,
        (photo.caption, len(photo.photo) > 0, photo.chat.id),
        await bot.answer_callback_query(query, "Noted"),
        await bot.set_my_commands([BotCommand("today", "Today")]),
        await bot.delete_webhook(),
        (bot.username, bot.first_name, bot.can_join_groups),
    ]


def _read(message: Message) -> tuple[object, ...]:
    assert message.from_user is not None
    return (
        message.text,
        message.chat.id,
        message.chat.type,
        message.from_user.is_bot,
        message.reply_markup,
        message.edit_date is not None,
    )


def _png() -> io.BytesIO:
    # The smallest picture there is: what the sandbox reads of it is its size.
    size = (800).to_bytes(4, "big") + (450).to_bytes(4, "big")
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size + b"\x08\x02\x00\x00\x00IEND\xae"
    )


@TRANSPORTS
async def test_it_answers_as_the_sandbox_does(api: Loopback, transport: type[BaseRequest]) -> None:
    """What python-telegram-bot reads from the answers is the same."""
    sandbox = Sandbox(TOKEN, "bench_bot", name="Holdfast")
    athlete = sandbox.person("Athlete", id=CHAT, started=True)
    server = await serve(sandbox)
    try:
        async with _bot(server.url, transport()) as bot:
            sent = await bot.send_message(CHAT, "Ready?", reply_markup=BUTTONS)
            query = athlete.tap("Start", on=sent.message_id)
            expected = await _talk(bot, str(query))
    finally:
        await server.close()
    async with _bot(api.url, transport()) as bot:
        assert await _talk(bot, "1") == expected


@TRANSPORTS
async def test_it_refuses_as_telegram_does(transport: type[BaseRequest]) -> None:
    """The limits are enforced, with the seconds to wait; each call is in the report."""
    with served(Setup(limits=Limits(3, None, 1, None), seconds=60)) as strict:
        before = time.monotonic()
        async with _bot(strict.url, transport()) as bot:
            for chat in (1, 2, 3):
                await bot.send_message(chat, "x")
            with pytest.raises(RetryAfter) as refused:
                await bot.send_message(4, "x")
        seen = strict.report().api
    assert getattr(refused.value.retry_after, "total_seconds", lambda: 0)() == 1
    assert (seen.over_all, seen.over_chat, seen.refused) == (1, 0, 1)
    assert (seen.calls["sendMessage"], seen.calls["getMe"], seen.busiest_second) == (4, 1, 4)
    assert list(seen.record.about) == [0, 1, 2, 3, 4]
    assert before < seen.record.at[0] <= seen.record.at[-1] < time.monotonic()


async def test_another_token_is_unknown(api: Loopback) -> None:
    """A wrong token is refused as Telegram refuses it."""
    bot = _bot(api.url, AiohttpRequest(), "2:OTHER")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()


def test_json_is_read_too(api: Loopback) -> None:
    """A JSON body is a form as good as any; an unknown method is not found."""
    told = json.dumps({"chat_id": -5, "text": "hi", "reply_markup": {"inline_keyboard": []}})
    request = urllib.request.Request(  # noqa: S310 - on loopback
        f"{api.url}/bot{TOKEN}/sendMessage", told.encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310 - the same
        answer = json.load(response)["result"]
    assert (answer["chat"]["id"], answer["chat"]["type"], answer["text"]) == (
        -5,
        "supergroup",
        "hi",
    )
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{api.url}/bot{TOKEN}/sendDice?chat_id=1")  # noqa: S310 - the same


async def test_updates_come_at_their_rate_and_are_confirmed_by_the_offset() -> None:
    """A long poll waits for the next update; what is not confirmed is handed out again."""
    updates = [{"update_id": n, "message": _text(n)} for n in range(10, 16)]
    with served(Setup(updates=updates, updates_per_s=50, seconds=60)) as feed:
        async with _bot(feed.url, AiohttpRequest()) as bot:
            first = await bot.get_updates(timeout=5)
            again = await bot.get_updates(timeout=5)
            assert (first[0].update_id, again[0].update_id) == (10, 10)
            got: list[Update] = []
            while len(got) < len(updates):
                offset = got[-1].update_id + 1 if got else 0
                got += await bot.get_updates(offset=offset, timeout=5)
            rest = await bot.get_updates(offset=16, timeout=0)
        seen = feed.report()
    assert [update.update_id for update in got] == list(range(10, 16))
    assert rest == ()
    assert seen.begun is not None
    late = [at - seen.begun - n / 50 for n, at in enumerate(seen.handed)]
    assert len(late) == len(updates)
    assert min(late) > -0.001


def _text(number: int) -> dict[str, object]:
    person = {"id": CHAT, "is_bot": False, "first_name": "Athlete"}
    chat = {"id": CHAT, "type": "private", "first_name": "Athlete"}
    return {"message_id": number, "date": 1, "from": person, "chat": chat, "text": "3"}


async def test_it_ends_by_itself_after_its_calls() -> None:
    """The last call allowed is answered, and then there is nobody."""
    with served(Setup(calls=2, seconds=60)) as short:
        bot = _bot(short.url, AiohttpRequest())
        await bot.initialize()
        await bot.send_message(1, "x")
        with pytest.raises(EOFError):
            short._pipe.recv()
        await bot.shutdown()
