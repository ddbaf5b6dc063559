"""Faults and rate rules: what a bot must survive."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientError, ClientTimeout

from telegram_sandbox import ApiError, Fault, FaultKind, Limits, Person, Sandbox, SandboxError

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from .conftest import Api, Clock

_SEND = "/bot1:SANDBOX/sendMessage"
_BODY = {"chat_id": 1001, "text": "STEP"}


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (
            Fault("429", retry_after=3),
            {
                "error_code": 429,
                "description": "Too Many Requests: retry after 3",
                "parameters": {"retry_after": 3},
            },
        ),
        (Fault("5xx"), {"error_code": 502, "description": "Bad Gateway"}),
        (
            Fault("blocked"),
            {"error_code": 403, "description": "Forbidden: bot was blocked by the user"},
        ),
        (
            Fault("deactivated"),
            {"error_code": 403, "description": "Forbidden: user is deactivated"},
        ),
        (
            Fault("refused", status=403, description="Forbidden: something new"),
            {"error_code": 403, "description": "Forbidden: something new"},
        ),
        (
            Fault("migrated", migrate_to=-1005),
            {
                "error_code": 400,
                "description": "Bad Request: group chat was upgraded to a supergroup chat",
                "parameters": {"migrate_to_chat_id": -1005},
            },
        ),
    ],
)
async def test_refusing_faults_strike_once(
    sandbox: Sandbox, maria: Person, api: Api, fault: Fault, answer: dict[str, Any]
) -> None:
    """The first call gets the fault and has no effect, the next one passes."""
    armed = sandbox.faults.add(fault)
    assert await api("sendMessage", **_BODY) == {"ok": False, **answer}
    assert maria.chat == []
    assert (await api("sendMessage", **_BODY))["ok"]
    assert (armed.hits, armed.spent) == (1, True)


async def test_a_server_error_may_be_a_web_page(sandbox: Sandbox, http: ClientSession) -> None:
    """HTML instead of JSON."""
    sandbox.faults.add(Fault("5xx", status=503, description="Service Unavailable", html=True))
    async with http.post(_SEND, json=_BODY) as answer:
        assert (answer.status, answer.content_type) == (503, "text/html")
        assert "<h1>503 Service Unavailable</h1>" in await answer.text()


async def test_rules_choose_their_calls(sandbox: Sandbox, maria: Person, api: Api) -> None:
    """A rule may name a method, a chat and a condition; getUpdates only when it is named."""
    sandbox.person("Jonas", id=1002, started=True)
    armed = sandbox.faults.add(
        Fault(
            FaultKind.BLOCKED,
            method="sendMessage",
            chat_id=1001,
            times=None,
            when=lambda call: "STEP" in call.params["text"],
        )
    )
    assert (await api("getUpdates"))["ok"]
    assert (await api("sendMessage", chat_id=1002, text="STEP"))["ok"]
    assert (await api("sendMessage", chat_id=1001, text="Wait"))["ok"]
    assert not (await api("sendMessage", chat_id=1001, text="STEP 1"))["ok"]
    assert not (await api("sendMessage", chat_id=1001, text="STEP 2"))["ok"]
    sandbox.faults.remove(armed)
    assert (await api("sendMessage", chat_id=1001, text="STEP 3"))["ok"]


def test_an_unknown_fault_is_told(sandbox: Sandbox) -> None:
    """A misspelt kind does not wait in vain."""
    with pytest.raises(SandboxError, match="unknown fault 'hang'"):
        sandbox.faults.add(Fault("hang"))


@pytest.mark.parametrize(("kind", "texts"), [("reset", []), ("reset_after", ["STEP"])])
async def test_a_broken_connection(
    sandbox: Sandbox, maria: Person, http: ClientSession, kind: str, texts: list[str]
) -> None:
    """The connection breaks, before the effect or after it."""
    sandbox.faults.add(Fault(kind))
    with pytest.raises(ClientError):
        await http.post(_SEND, json=_BODY)
    assert [m.text for m in maria.chat] == texts


@pytest.mark.parametrize(("kind", "texts"), [("hang_before", []), ("hang_after", ["STEP"])])
async def test_no_answer(
    sandbox: Sandbox, maria: Person, http: ClientSession, kind: str, texts: list[str]
) -> None:
    """The answer stays out; the message is there only if the hang came after it."""
    sandbox.faults.add(Fault(kind))
    with pytest.raises(TimeoutError):
        await http.post(_SEND, json=_BODY, timeout=ClientTimeout(total=0.2))
    assert [m.text for m in maria.chat] == texts


async def test_a_released_hang_answers(sandbox: Sandbox, maria: Person, api: Api) -> None:
    """A hang after the effect ends with the true answer."""
    armed = sandbox.faults.add(Fault("hang_after"))
    call = asyncio.create_task(api("sendMessage", **_BODY))
    await sandbox.log.wait_for("STEP")
    assert not call.done()
    armed.release()
    assert (await asyncio.wait_for(call, 5))["ok"]


async def test_a_hang_may_have_its_time(sandbox: Sandbox, maria: Person, api: Api) -> None:
    """A hang of some seconds ends by itself."""
    sandbox.faults.add(Fault("hang_after", seconds=0.05))
    assert (await asyncio.wait_for(api("sendMessage", **_BODY), 5))["ok"]


async def test_an_update_may_come_twice(sandbox: Sandbox, maria: Person, api: Api) -> None:
    """A duplicate has the same identifier and comes although it was confirmed."""
    sandbox.faults.add(Fault("duplicate_update"))
    maria.say("3")
    first = (await api("getUpdates"))["result"]
    second = (await api("getUpdates", offset=first[0]["update_id"] + 1))["result"]
    assert first == second
    assert (await api("getUpdates", offset=first[0]["update_id"] + 1))["result"] == []


async def test_updates_may_change_places(sandbox: Sandbox, maria: Person, api: Api) -> None:
    """Re-ordering waits for two updates."""
    armed = sandbox.faults.add(Fault("reordered_updates"))
    maria.say("a")
    await api("getUpdates")
    assert armed.hits == 0
    maria.say("b")
    told = (await api("getUpdates"))["result"]
    assert [u["message"]["text"] for u in told] == ["b", "a"]


def waits(sandbox: Sandbox, chat_id: int) -> int:
    """Send a message; return the seconds that a 429 asks for, 0 if it passed."""
    try:
        sandbox.call("sendMessage", {"chat_id": chat_id, "text": "x"})
    except ApiError as error:
        return error.parameters["retry_after"]
    return 0


def test_no_limits_by_default(sandbox: Sandbox, maria: Person) -> None:
    """Nothing is limited until asked for."""
    assert {waits(sandbox, 1001) for _ in range(200)} == {0}


def test_messages_a_second_over_all_chats(sandbox: Sandbox, maria: Person, clock: Clock) -> None:
    """The 31st message of a second is refused, and so is every one until the second is over."""
    sandbox.limits = Limits(per_second=30)
    assert [waits(sandbox, 1001) for _ in range(31)] == [0] * 30 + [1]
    clock.forward(seconds=0.5)
    assert waits(sandbox, 1001) == 1
    clock.forward(seconds=0.5)
    assert waits(sandbox, 1001) == 0
    assert sandbox.violations == 2


def test_a_chat_takes_a_burst(sandbox: Sandbox, maria: Person, clock: Clock) -> None:
    """One a second, three at once; another chat is not concerned; edits count."""
    sandbox.person("Jonas", id=1002, started=True)
    sandbox.limits = Limits(chat_per_second=1, chat_burst=3)
    assert [waits(sandbox, 1001) for _ in range(4)] == [0, 0, 0, 1]
    assert waits(sandbox, 1002) == 0
    with pytest.raises(ApiError, match="retry after 1"):
        sandbox.call("editMessageText", {"chat_id": 1001, "message_id": 1, "text": "y"})
    clock.forward(seconds=1)
    assert [waits(sandbox, 1001) for _ in range(2)] == [0, 1]


def test_a_group_takes_twenty_a_minute(sandbox: Sandbox, maria: Person, clock: Clock) -> None:
    """The 21st message of a minute in a group is refused until the first is a minute old."""
    group = sandbox.group("Runners", [maria])
    sandbox.limits = Limits(group_per_minute=20)
    for _ in range(20):
        assert waits(sandbox, group.id) == 0
        clock.forward(seconds=1)
    assert waits(sandbox, group.id) == 40
    assert waits(sandbox, 1001) == 0
    clock.forward(seconds=40)
    assert waits(sandbox, group.id) == 0
