"""People's verbs, what they see, groups, the log and the transcript."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from telegram_sandbox import Button, SandboxError

if TYPE_CHECKING:
    from telegram_sandbox import Person, Sandbox

    from .conftest import Clock


def send(sandbox: Sandbox, text: str, *labels: str, **more: Any) -> int:
    """Have the bot write to Maria with one row of buttons."""
    row = [{"text": label, "callback_data": f"data {label}"} for label in labels]
    markup = {"reply_markup": {"inline_keyboard": [row]}} if row else {}
    told = sandbox.call("sendMessage", {"chat_id": 1001, "text": text, **markup, **more})
    return int(told["message_id"])


def newest(sandbox: Sandbox, kind: str = "message") -> dict[str, Any]:
    """Return the payload of the newest update."""
    payload: dict[str, Any] = sandbox.updates.pending[-1][kind]
    return payload


def test_saying_a_command(sandbox: Sandbox) -> None:
    """A command has its entity, and makes the person known to the bot."""
    lena = sandbox.person("Lena", username="lena")
    assert not lena.started
    lena.say("/start abc")
    told = newest(sandbox)
    assert told["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert (told["from"]["username"], told["chat"]["type"]) == ("lena", "private")
    assert lena.started


def test_tapping_finds_the_best_label(sandbox: Sandbox, maria: Person) -> None:
    """Exact labels win over beginnings, beginnings over parts; newer messages over older."""
    send(sandbox, "old", "3", "stop")
    send(sandbox, "new", "3 – mild", "13", "STOP now")

    def tapped(label: str) -> str:
        maria.tap(label)
        return str(newest(sandbox, "callback_query")["data"])

    assert tapped("3") == "data 3"
    assert tapped("3 –") == "data 3 – mild"
    assert tapped("now") == "data STOP now"
    assert tapped("Stop") == "data stop"
    with pytest.raises(SandboxError, match=r"no button '7'; there is \[3 – mild\], \[13\]"):
        maria.tap("7")


def test_tapping_a_stale_screen(sandbox: Sandbox, maria: Person) -> None:
    """A button that is gone meanwhile can be tapped on a message held from before."""
    number = send(sandbox, "Guests?", "3")
    before = maria.last
    sandbox.call("editMessageReplyMarkup", {"chat_id": 1001, "message_id": number})
    with pytest.raises(SandboxError):
        maria.tap("3", on=number)
    maria.tap("3", on=before)
    maria.press("v1:forged", on=before)
    assert maria.waiting == ["data 3", "v1:forged"]


def test_reply_keyboards(sandbox: Sandbox, maria: Person) -> None:
    """A reply keyboard's button writes its label, or shares a place; a used one-time one goes."""
    keys = [["Berlin"], [{"text": "My place", "request_location": True}]]
    markup = {"keyboard": keys, "one_time_keyboard": True}
    send(sandbox, "City?", reply_markup=markup)
    assert maria.keyboard == (
        (Button("Berlin"),),
        (Button("My place", request="location"),),
    )
    maria.tap("place")
    assert newest(sandbox)["location"] == {"latitude": 52.52, "longitude": 13.405}
    assert list(maria.keyboard) == []


def test_other_things_to_send(sandbox: Sandbox, maria: Person) -> None:
    """Stickers, voices, contacts, replies and edits become their updates."""
    maria.send_sticker()
    assert newest(sandbox)["sticker"]["type"] == "regular"
    maria.send_contact("+49")
    assert newest(sandbox)["contact"]["user_id"] == 1001
    send(sandbox, "Guests?")
    answer = maria.reply(maria.last, "2")
    assert newest(sandbox)["reply_to_message"]["text"] == "Guests?"
    maria.edit(answer, "7")
    assert newest(sandbox, "edited_message")["text"] == "7"
    assert maria.message(answer).edits == ("2",)
    with pytest.raises(SandboxError, match="only what Maria wrote"):
        maria.edit(maria.last, "x")


def test_blocking(sandbox: Sandbox, maria: Person) -> None:
    """Blocking and unblocking are told once each; a blocker cannot write."""
    maria.block()
    maria.block()
    with pytest.raises(SandboxError, match="unblock it first"):
        maria.say("hi")
    maria.unblock()
    states = [
        (u["my_chat_member"]["old_chat_member"]["status"], u["my_chat_member"]["new_chat_member"])
        for u in sandbox.updates.pending
    ]
    assert [(old, new["status"]) for old, new in states] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


def test_what_a_person_sees(sandbox: Sandbox, maria: Person, clock: Clock) -> None:
    """A message shows its edits, its silence and its time; a held one does not change."""
    number = send(sandbox, "STEP 10", "STOP", disable_notification=True)
    before = maria.last
    clock.forward(seconds=5)
    sandbox.call("editMessageText", {"chat_id": 1001, "message_id": number, "text": "STEP 5"})
    now = maria.last
    assert (before.text, before.edited, before.labels) == ("STEP 10", 0, ["STOP"])
    assert (now.text, now.edited, now.edits, now.labels) == ("STEP 5", 1, ("STEP 10",), [])
    assert (now.silent, now.rings, now.date) == (True, False, before.date)
    sandbox.call("deleteMessage", {"chat_id": 1001, "message_id": number})
    assert maria.chat == []
    assert [m.deleted for m in maria.history] == [True]


def test_groups(sandbox: Sandbox, maria: Person) -> None:
    """In a group the bot sees commands and replies to itself, not the talk of others."""
    group = sandbox.group("Runners", [maria])
    assert newest(sandbox, "my_chat_member")["new_chat_member"]["status"] == "member"
    count = len(sandbox.updates)
    maria.say("good morning", to=group)
    maria.say("/step@other_bot", to=group)
    assert len(sandbox.updates) == count
    maria.say("/step@sandbox_bot", to=group)
    assert newest(sandbox)["chat"] == {"id": group.id, "type": "supergroup", "title": "Runners"}
    sent = sandbox.call("sendMessage", {"chat_id": group.id, "text": "Privately, please"})
    maria.reply(sent["message_id"], "ok", to=group)
    assert newest(sandbox)["text"] == "ok"
    assert [m.text for m in group.messages][-2:] == ["Privately, please", "ok"]


def test_a_group_that_migrates(sandbox: Sandbox, maria: Person) -> None:
    """The old address of an upgraded group names the new one."""
    group = sandbox.group("Runners", [maria], kind="group")
    fresh = group.upgrade()
    with pytest.raises(Exception, match="upgraded to a supergroup chat") as caught:
        sandbox.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert vars(caught.value)["parameters"] == {"migrate_to_chat_id": fresh.id}


def test_the_transcript(sandbox: Sandbox, maria: Person, clock: Clock) -> None:
    """Everything that a chat shows stands there in plain text, with times or without."""
    maria.say("/step")
    clock.forward(seconds=15)
    number = send(sandbox, "STEP 3 of 5\n15 s", "STOP")
    maria.tap("stop")
    sandbox.call("editMessageReplyMarkup", {"chat_id": 1001, "message_id": number})
    send(sandbox, "Wait", disable_notification=True)
    assert sandbox.transcript(maria) == (
        "Maria 07:30:00: /step\n"
        "Bot (rings) 07:30:15: STEP 3 of 5\n"
        "    15 s\n"
        "    [STOP]\n"
        "Maria 07:30:15 taps [STOP]\n"
        'Bot edits 07:30:15: no more buttons at "STEP 3 of 5"\n'
        "Bot (silent) 07:30:15: Wait"
    )
    assert sandbox.transcript(maria, timestamps=False, after=4) == "Bot (silent): Wait"


async def test_waiting_for_the_log(sandbox: Sandbox, maria: Person) -> None:
    """A wait ends with the first match since the latest act, there already or yet to come."""
    send(sandbox, "STEP 1")
    maria.say("next")
    waiting = asyncio.create_task(sandbox.log.wait_for("STEP"))
    await asyncio.sleep(0)
    send(sandbox, "STEP 2")
    entry = await waiting
    assert entry.text == "STEP 2"
    assert await sandbox.log.wait_for("STEP") is entry
    assert (await sandbox.log.wait_for("STEP", after=0)).text == "STEP 1"
    assert entry.message_id == maria.last.id


async def test_a_vain_wait_shows_what_happened(sandbox: Sandbox, maria: Person) -> None:
    """The time-out's message holds the transcript."""
    maria.say("hello")
    with pytest.raises(AssertionError, match=r"'STEP' did not come (.|\n)*Maria .*: hello"):
        await sandbox.log.wait_for("STEP", timeout=0.01)


def test_between_and_none(sandbox: Sandbox, maria: Person) -> None:
    """Nothing between two entries, and nothing after one, can be shown."""
    first, second, third = maria.say("a"), maria.say("b"), maria.say("c")
    assert (first.text, second.text, third.text) == ("a", "b", "c")
    assert [e.text for e in sandbox.log.between(1, 3)] == ["b"]
    assert sandbox.log.none("STEP", after=1)
    assert not sandbox.log.none(lambda e: e.text == "c", after=1)


def test_listening(sandbox: Sandbox, maria: Person) -> None:
    """A listener hears every entry."""
    heard: list[str] = []
    sandbox.on_activity(lambda entry: heard.append(entry.summary))
    maria.say("3")
    assert heard == ["Maria: 3"]
