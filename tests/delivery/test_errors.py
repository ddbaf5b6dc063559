"""The error table, row by row: from errors as PTB makes them, and from answers over HTTP."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.errors import UNREACHABLE_FORBIDDEN, UNTOLD_WAIT_S, Kind, SendOutcome, classify
from bot.delivery.transport import AiohttpRequest, MaybeSent, NotSent, NotSentTimedOut
from tests.delivery import faulty_api
from tests.delivery.faulty_api import TOKEN, Answer, FaultyApi

pytestmark = pytest.mark.one_database("of no database")

BY_ERROR: list[tuple[TelegramError, Kind]] = [
    *((Forbidden(f"Forbidden: {text}"), Kind.UNREACHABLE) for text in UNREACHABLE_FORBIDDEN),
    (Forbidden("FORBIDDEN: BOT WAS BLOCKED BY THE USER"), Kind.UNREACHABLE),
    (Forbidden("Forbidden: not enough rights to send text messages"), Kind.FORBIDDEN_UNKNOWN),
    (Forbidden(""), Kind.FORBIDDEN_UNKNOWN),
    (InvalidToken("Unauthorized"), Kind.BAD_TOKEN),
    (Conflict("Conflict: terminated by other getUpdates request"), Kind.CONFLICT),
    (EndPointNotFound("Endpoint 'x' not found"), Kind.REFUSED),
    (BadRequest("Bad Request: chat not found"), Kind.UNREACHABLE),
    (BadRequest("Bad Request: user not found"), Kind.UNREACHABLE),
    (BadRequest("Bad Request: PEER_ID_INVALID"), Kind.UNREACHABLE),
    (BadRequest("Bad Request: message is not modified: specified new"), Kind.DONE),
    (BadRequest("Bad Request: message to delete not found"), Kind.DONE),
    (BadRequest("Bad Request: message can't be deleted for everyone"), Kind.DONE),
    (BadRequest("Bad Request: message to edit not found"), Kind.SEND_ANEW),
    (BadRequest("Bad Request: message can't be edited"), Kind.SEND_ANEW),
    (BadRequest("Bad Request: query is too old and response timeout"), Kind.STALE_QUERY),
    (BadRequest("Bad Request: can't parse entities"), Kind.REFUSED),
    (BadRequest(""), Kind.REFUSED),
    (NotSent("aiohttp.ClientConnectorError"), Kind.NOT_SENT),
    (NotSentTimedOut(), Kind.NOT_SENT),
    (TimedOut(), Kind.AMBIGUOUS),
    (MaybeSent("aiohttp.ServerDisconnectedError"), Kind.AMBIGUOUS),
    (NetworkError("Internal Server Error"), Kind.SERVER_TROUBLE),
    (NetworkError("Request Entity Too Large"), Kind.REFUSED),
    (TelegramError("Invalid server response"), Kind.SERVER_TROUBLE),
]


@pytest.mark.parametrize(("error", "kind"), BY_ERROR, ids=repr)
def test_kind(error: TelegramError, kind: Kind) -> None:
    """F50, F52, F54, F55: every row of the table gives its kind."""
    assert classify(error) == SendOutcome(kind)


@pytest.mark.parametrize("setting", ["true", "false"])
@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_wait_is_in_seconds(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """F51: the wait is told in seconds whichever type PTB is set to give."""
    monkeypatch.setenv("PTB_TIMEDELTA", setting)
    assert classify(RetryAfter(300)) == SendOutcome(Kind.RETRY_AFTER, seconds=300.0)


def test_new_chat_is_told() -> None:
    """A migrated group's new id comes with the outcome."""
    assert classify(ChatMigrated(-1001)) == SendOutcome(Kind.MIGRATED, new_chat_id=-1001)


def test_only_the_unheard_may_have_arrived() -> None:
    """F52: only an unheard answer and a failing server leave open whether the person was told."""
    assert {kind for kind in Kind if SendOutcome(kind).may_have_arrived} == {
        Kind.AMBIGUOUS,
        Kind.SERVER_TROUBLE,
    }


OVER_HTTP: dict[str, tuple[Answer, SendOutcome]] = {
    "blocked": (
        faulty_api.error(403, "Forbidden: bot was blocked by the user"),
        SendOutcome(Kind.UNREACHABLE),
    ),
    "no chat": (
        faulty_api.error(400, "Bad Request: chat not found"),
        SendOutcome(Kind.UNREACHABLE),
    ),
    "unknown 403": (faulty_api.error(403, "Forbidden: no"), SendOutcome(Kind.FORBIDDEN_UNKNOWN)),
    "401": (faulty_api.error(401, "Unauthorized"), SendOutcome(Kind.BAD_TOKEN)),
    "404": (faulty_api.error(404, "Not Found"), SendOutcome(Kind.BAD_TOKEN)),
    "409": (faulty_api.error(409, "Conflict: other"), SendOutcome(Kind.CONFLICT)),
    "413": (faulty_api.error(413, "Request Entity Too Large"), SendOutcome(Kind.REFUSED)),
    "429": (
        faulty_api.error(429, "Too Many Requests: retry after 3", retry_after=3),
        SendOutcome(Kind.RETRY_AFTER, seconds=3.0),
    ),
    "429 without a time": (
        faulty_api.error(429, "Too Many Requests"),
        SendOutcome(Kind.RETRY_AFTER, seconds=UNTOLD_WAIT_S),
    ),
    "500": (faulty_api.error(500, "Internal Server Error"), SendOutcome(Kind.SERVER_TROUBLE)),
    "502 html": (faulty_api.text(502, "<html>"), SendOutcome(Kind.SERVER_TROUBLE)),
    "504 empty": (faulty_api.text(504, ""), SendOutcome(Kind.SERVER_TROUBLE)),
    "200 html": (faulty_api.text(200, "<html>"), SendOutcome(Kind.SERVER_TROUBLE)),
    "302": (faulty_api.redirect("/elsewhere"), SendOutcome(Kind.SERVER_TROUBLE)),
    "reset": (faulty_api.reset, SendOutcome(Kind.AMBIGUOUS)),
    "hang": (faulty_api.hang, SendOutcome(Kind.AMBIGUOUS)),
}


@pytest.fixture
async def bot_(api: FaultyApi) -> AsyncIterator[Bot]:
    """Open a bot on the faulty server."""
    async with AiohttpRequest(read_timeout=0.1) as request:
        yield Bot(TOKEN, base_url=f"{api.url}/bot", request=request)


@pytest.mark.parametrize("name", OVER_HTTP)
async def test_over_http(name: str, api: FaultyApi, bot_: Bot) -> None:
    """F50-F58: what the server does to a send leads to its row of the table."""
    api.answer, expected = OVER_HTTP[name]
    with pytest.raises(TelegramError) as caught:
        await bot_.send_message(1, "hi")
    assert classify(caught.value) == expected


async def test_nobody_there(unused_tcp_port: int) -> None:
    """F52: a connection refused is safe to repeat."""
    async with AiohttpRequest() as request:
        bot = Bot(TOKEN, base_url=f"http://127.0.0.1:{unused_tcp_port}/bot", request=request)
        with pytest.raises(NetworkError) as caught:
            await bot.send_message(1, "hi")
    assert classify(caught.value) == SendOutcome(Kind.NOT_SENT)
