"""The Bot API over HTTP: ways to send parameters, addresses, polling."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import FormData

from telegram_sandbox import Person, Sandbox, SandboxError, Server, serve

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from .conftest import Api, Clock


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_four_ways(maria: Person, http: ClientSession, way: str) -> None:
    """Query string, form, JSON and multipart say the same."""
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    plain: dict[str, str] = {
        "chat_id": "1001",
        "text": "STEP ü",
        "disable_notification": "true",
        "reply_markup": json.dumps(keyboard),
    }
    form = FormData(plain, default_to_multipart=True)
    ways: dict[str, dict[str, Any]] = {
        "query": {"params": plain},
        "form": {"data": plain},
        "json": {"json": {**plain, "chat_id": 1001, "reply_markup": keyboard}},
        "multipart": {"data": form},
    }
    async with http.post("/bot1:SANDBOX/sendMessage", **ways[way]) as answer:
        assert (await answer.json())["ok"]
    assert (maria.last.text, maria.last.silent, maria.last.labels) == ("STEP ü", True, ["Go"])


async def test_files_come_by_name_or_reference(maria: Person, http: ClientSession) -> None:
    """A file may be the parameter itself or be attached under another name."""
    for field, reference in (("document", None), ("f1", "attach://f1")):
        form = FormData({"chat_id": "1001"})
        if reference:
            form.add_field("document", reference)
        form.add_field(field, b"1,2", filename="a.csv", content_type="text/csv")
        async with http.post("/bot1:SANDBOX/sendDocument", data=form) as answer:
            assert (await answer.json())["ok"]
        assert maria.last.document
        assert (maria.last.document.name, maria.last.document.data) == ("a.csv", b"1,2")


async def test_a_file_is_sent_again_by_its_identifier(maria: Person, api: Api) -> None:
    """The file_id of a message carries the file without an upload."""
    maria.send_document("list.txt", b"step")
    updates = await api("getUpdates")
    file_id = updates["result"][0]["message"]["document"]["file_id"]
    told = await api("sendDocument", chat_id=1001, document=file_id)
    assert told["ok"]
    assert maria.last.document
    assert maria.last.document.data == b"step"
    refused = await api("sendDocument", chat_id=1001, document="https://e.org/a.pdf")
    assert refused["description"] == ("Bad Request: wrong file identifier/HTTP URL specified")


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        ("/bot1:SANDBOX/sendHug", 404, "Not Found"),
        ("/bot2:OTHER/getMe", 401, "Unauthorized"),
        ("/bot1:SANDBOX/getFile", 400, "Bad Request: file_id not specified"),
    ],
)
async def test_wrong_addresses(http: ClientSession, path: str, code: int, text: str) -> None:
    """Unknown methods and wrong tokens get Telegram's answers."""
    async with http.get(path) as answer:
        assert answer.status == code
        assert await answer.json() == {"ok": False, "error_code": code, "description": text}


async def test_it_listens_here_only(sandbox: Sandbox) -> None:
    """Any address but 127.0.0.1 is refused before anything listens."""
    with pytest.raises(SandboxError, match=r"listens on 127\.0\.0\.1 only"):
        await serve(sandbox, host="0.0.0.0")  # noqa: S104  # refused, as the test shows


async def test_a_taken_port_is_told(sandbox: Sandbox, server: Server) -> None:
    """A port in use ends in one sentence."""
    with pytest.raises(SandboxError, match="cannot listen on"):
        await serve(sandbox, server.port)


async def test_updates_are_confirmed_by_offset(maria: Person, api: Api) -> None:
    """Unconfirmed updates come again; an offset ends that; a negative one keeps the newest."""
    for word in ("a", "b", "c"):
        maria.say(word)
    first = (await api("getUpdates", limit=2))["result"]
    assert [u["message"]["text"] for u in first] == ["a", "b"]
    again = (await api("getUpdates", offset=first[1]["update_id"]))["result"]
    assert [u["message"]["text"] for u in again] == ["b", "c"]
    newest = (await api("getUpdates", offset=-1))["result"]
    assert [u["message"]["text"] for u in newest] == ["c"]
    assert (await api("getUpdates", offset=newest[0]["update_id"] + 1))["result"] == []


async def test_a_long_poll_ends_with_the_first_update(
    sandbox: Sandbox, maria: Person, api: Api
) -> None:
    """A waiting request is answered as soon as something comes."""
    waiting = asyncio.create_task(api("getUpdates", timeout=30))
    await sandbox.updates.until_polled()
    maria.say("hi")
    told = await asyncio.wait_for(waiting, 5)
    assert [u["message"]["text"] for u in told["result"]] == ["hi"]


async def test_a_second_poller_is_a_conflict(sandbox: Sandbox, api: Api) -> None:
    """A newer request ends an older one with a 409, as Telegram does."""
    first = asyncio.create_task(api("getUpdates", timeout=30))
    await sandbox.updates.until_polled()
    second = asyncio.create_task(api("getUpdates", timeout=30))
    told = await asyncio.wait_for(first, 5)
    assert (told["error_code"], told["description"]) == (
        409,
        (
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running"
        ),
    )
    second.cancel()


async def test_unwanted_kinds_of_updates_stay_away(maria: Person, api: Api) -> None:
    """What allowed_updates leaves out is not queued."""
    await api("getUpdates", allowed_updates=["callback_query"])
    maria.say("hi")
    assert (await api("getUpdates"))["result"] == []


async def test_updates_are_kept_for_a_day(maria: Person, api: Api, clock: Clock) -> None:
    """An update that nobody fetched for 24 hours is gone."""
    maria.say("old")
    clock.forward(hours=23)
    maria.say("new")
    clock.forward(hours=2)
    told = await api("getUpdates")
    assert [u["message"]["text"] for u in told["result"]] == ["new"]


async def test_file_download(
    sandbox: Sandbox, maria: Person, api: Api, http: ClientSession
) -> None:
    """GetFile tells a path, and the file lies there."""
    maria.send_voice(b"OggS voice")
    update = (await api("getUpdates"))["result"][0]
    told = await api("getFile", file_id=update["message"]["voice"]["file_id"])
    path = told["result"]["file_path"]
    async with http.get(f"/file/bot{sandbox.token}/{path}") as answer:
        assert await answer.read() == b"OggS voice"
    async with http.get(f"/file/bot2:OTHER/{path}") as answer:
        assert answer.status == 401


async def test_an_audio_keeps_its_title(maria: Person, api: Api, http: ClientSession) -> None:
    """Sent again by its name, it is called what it was called when it was uploaded."""
    form = FormData({"chat_id": "1001", "title": "One", "performer": "Me", "duration": "7"})
    form.add_field("audio", b"mp3", filename="one.mp3", content_type="audio/mpeg")
    async with http.post("/bot1:SANDBOX/sendAudio", data=form) as answer:
        first = (await answer.json())["result"]["audio"]
    assert (first["title"], first["performer"], first["duration"]) == ("One", "Me", 7)
    told = await api("sendAudio", chat_id=1001, audio=first["file_id"], title="Two", caption="hi")
    assert told["result"]["audio"] == first
    assert (maria.last.kind, maria.last.text) == ("audio", "hi")
    missing = await api("sendAudio", chat_id=1001)
    assert "there is no audio in the request" in missing["description"]
