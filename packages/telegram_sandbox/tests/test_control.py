"""The control routes, their client, and the sandbox as a process."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from telegram_sandbox import Sandbox, SandboxError
from telegram_sandbox.client import SandboxClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientSession

    from telegram_sandbox import Person, Server

    from .conftest import Api

_BUTTON = {"inline_keyboard": [[{"text": "STOP", "callback_data": "stop"}]]}


@pytest.fixture
async def remote(server: Server) -> AsyncIterator[SandboxClient]:
    """Return a client of the running server."""
    async with SandboxClient(server.url) as client:
        yield client


async def test_the_client_mirrors_the_verbs(
    sandbox: Sandbox, remote: SandboxClient, api: Api
) -> None:
    """A person elsewhere writes, taps, shares, blocks, and sees the same chat."""
    lena = await remote.person("Lena", id=2001, role="guest")
    await lena.say("/start")
    await api("sendMessage", chat_id=2001, text="STEP", reply_markup=_BUTTON)
    entry = await remote.wait_for("STEP")
    assert entry.message_id == (await lena.last()).id
    query = await lena.tap("stop")
    await api("answerCallbackQuery", callback_query_id=query, text="Stopped")
    assert [toast.text for toast in await lena.toasts()] == ["Stopped"]
    await lena.send_location(52.5, 13.4)
    await lena.send_document("a.txt", b"abc")
    await lena.press("forged", on=await lena.last())
    await lena.block()
    here = sandbox.people[2001]
    assert here.blocked
    assert await lena.chat() == here.chat
    assert await remote.transcript(lena) == sandbox.transcript(here)
    with pytest.raises(SandboxError, match="has blocked the bot"):
        await lena.say("hi")


async def test_faults_and_limits_from_elsewhere(
    maria: Person, remote: SandboxClient, api: Api
) -> None:
    """Faults and rate rules are set over HTTP; nonsense is refused."""
    await remote.add_fault("blocked", method="sendMessage")
    assert (await api("sendMessage", chat_id=1001, text="x"))["error_code"] == 403
    await remote.set_limits(per_second=1)
    await api("sendMessage", chat_id=1001, text="x")
    assert (await api("sendMessage", chat_id=1001, text="x"))["error_code"] == 429
    assert await remote.violations() == 1
    with pytest.raises(SandboxError, match="unknown fault"):
        await remote.add_fault("gremlin")
    await remote.clear_faults()


async def test_a_remote_wait(remote: SandboxClient, sandbox: Sandbox, maria: Person) -> None:
    """The log is waited on over HTTP, and a vain wait shows what happened."""
    waiting = asyncio.create_task(remote.wait_for("STEP", after=0))
    await asyncio.sleep(0.05)
    sandbox.call("sendMessage", {"chat_id": 1001, "text": "STEP 1"})
    assert (await waiting).text == "STEP 1"
    with pytest.raises(AssertionError, match=r"'FINISH' did not come (.|\n)*STEP 1"):
        await remote.wait_for("FINISH", timeout=0.05)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Content-Type": "text/plain"},
    ],
)
async def test_another_site_cannot_drive_it(
    http: ClientSession, maria: Person, headers: dict[str, str]
) -> None:
    """A foreign origin, a rebound name and a form's content type are refused."""
    sent = {"Content-Type": "application/json", **headers}
    async with http.post("/_/people/1001/say", data=b'{"text":"x"}', headers=sent) as answer:
        assert answer.status in {403, 415}
    assert maria.chat == []


async def test_another_site_cannot_play_the_bot(http: ClientSession, maria: Person) -> None:
    """The Bot API itself takes nothing from a foreign page either."""
    sent = {"chat_id": "1001", "text": "x"}
    foreign = {"Origin": "https://evil.example"}
    async with http.post("/bot1:SANDBOX/sendMessage", data=sent, headers=foreign) as answer:
        assert answer.status == 403
    assert maria.chat == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_/people/9/say", {"text": "x"}),
        ("/_/people/1001/fly", {}),
        ("/_/people/1001/say", {}),
        ("/_/people/1001/location", {"latitude": "north", "longitude": 1}),
        ("/_/people", {"name": " "}),
        ("/_/people", {"name": "Twin", "id": 1001}),
        ("/_/settings", {"limits": {"per_fortnight": 1}}),
    ],
)
async def test_impossible_acts_are_told(
    http: ClientSession, maria: Person, path: str, body: dict[str, object]
) -> None:
    """What cannot be done is a 400 with a reason."""
    async with http.post(path, json=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]


async def test_events_resume(http: ClientSession, sandbox: Sandbox, maria: Person) -> None:
    """The stream goes on after the last event seen; a mark of another run starts anew."""
    start = sandbox.feed.mark()
    maria.say("one")
    seen = await _events(http, start, 2)
    assert seen[0][1] == "message"
    maria.say("two")
    assert '"text": "two"' in (await _events(http, seen[-1][0], 1))[0][2]
    assert (await _events(http, "another-7", 1))[0][1] == "reset"


async def _events(http: ClientSession, after: str, count: int) -> list[tuple[str, str, str]]:
    """Read some events: mark, kind, data."""
    found: list[tuple[str, str, str]] = []
    async with http.get("/_/events", headers={"Last-Event-ID": after}) as answer:
        lines: dict[str, str] = {}
        async for raw in answer.content:
            name, _, value = raw.decode().rstrip("\n").partition(": ")
            lines[name] = value
            if not name and "data" in lines:
                found.append((lines["id"], lines["event"], lines["data"]))
                lines = {}
            if len(found) >= count or (not name and found and found[-1][1] == "message"):
                return found
    return found


async def test_files_that_are_no_pictures_are_saved(
    http: ClientSession, maria: Person, sandbox: Sandbox
) -> None:
    """A web page that somebody sent cannot run inside the chat page."""
    maria.send_document("x.html", b"<script>1</script>", "text/html")
    path = maria.chat[-1]
    assert path.document
    async with http.get("/_/state") as answer:
        state = await answer.json()
    url = state["people"][0]["messages"][0]["file"]["url"]
    async with http.get(url) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"


async def test_it_runs_alone() -> None:
    """Python -m telegram_sandbox prints where the page is, and ends when told to."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "telegram_sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 20)).decode()
        url = line.removeprefix("Telegram sandbox: ").strip()
        async with SandboxClient(url) as client:
            names = [person.name for person in await client.people()]
    finally:
        process.terminate()
        await process.communicate()
    assert names == ["Maria", "Jonas", "Ada"]
    assert process.returncode == 0
