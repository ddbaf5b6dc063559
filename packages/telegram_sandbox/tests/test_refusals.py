"""What Telegram refuses, in its words: parameters, keyboards, edits, answers, people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from telegram_sandbox import ApiError
from telegram_sandbox.arguments import Upload

if TYPE_CHECKING:
    from telegram_sandbox import Person, Sandbox

    from .conftest import Clock

_SAME = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def refusal(sandbox: Sandbox, method: str, **params: Any) -> tuple[int, str]:
    """Make a call that is refused; return its code and reason."""
    with pytest.raises(ApiError) as caught:
        sandbox.call(method, params)
    return caught.value.code, caught.value.description


def reason(sandbox: Sandbox, method: str, **params: Any) -> str:
    """Make a call that is refused with a 400; return its reason."""
    code, text = refusal(sandbox, method, **params)
    assert code == 400
    return text


def send(sandbox: Sandbox, text: str = "hello", **more: Any) -> int:
    """Send Maria a message; return its number."""
    told = sandbox.call("sendMessage", {"chat_id": 1001, "text": text, **more})
    return int(told["message_id"])


def button(**fields: Any) -> dict[str, Any]:
    """Return a keyboard of one button."""
    return {"inline_keyboard": [[{"text": "x", **fields}]]}


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"chat_id": 1001, "text": "x", "txet": 1}, 'unknown parameter "txet"'),
        ({"chat_id": 1001}, "message text is empty"),
        ({"text": "x"}, "chat_id is empty"),
        ({"chat_id": 7, "text": "x"}, "chat not found"),
        ({"chat_id": "@nobody", "text": "x"}, "chat not found"),
        (
            {"chat_id": 1001, "text": "x", "disable_notification": "maybe"},
            'parameter "disable_notification" must be Boolean',
        ),
        (
            {"chat_id": 1001, "text": "x", "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
    ],
)
def test_parameters(sandbox: Sandbox, maria: Person, params: dict[str, Any], text: str) -> None:
    """Unknown, missing and mistyped parameters are refused."""
    assert reason(sandbox, "sendMessage", **params) == f"Bad Request: {text}"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (button(callback_data=""), "BUTTON_DATA_INVALID"),
        (button(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
        (button(callback_data="ü" * 33), "BUTTON_DATA_INVALID"),
        (button(), "Text buttons are unallowed in the inline keyboard"),
        (button(callback_data="a", url="https://e.org"), "exactly one action"),
        (button(callback_data="a", style="red"), 'unknown style "red"'),
        (button(callback_data="a", colour="red"), 'unknown field "colour"'),
        (button(url="e.org"), "Wrong HTTP URL"),
        ({"inline_keyboard": [[{"text": " ", "callback_data": "a"}]]}, "non-empty"),
        ({"inline_keyboard": [{"text": "x"}]}, "array of arrays"),
        ({"keys": []}, 'parameter "reply_markup" must be'),
    ],
)
def test_keyboards(sandbox: Sandbox, maria: Person, markup: dict[str, Any], text: str) -> None:
    """A keyboard that Telegram would not show is refused."""
    assert text in reason(sandbox, "sendMessage", chat_id=1001, text="x", reply_markup=markup)


def test_64_bytes_of_data_fit(sandbox: Sandbox, maria: Person) -> None:
    """The limit of callback data is 64 bytes, inclusive."""
    send(sandbox, reply_markup=button(callback_data="ü" * 32, style="success"))
    assert maria.last.buttons[0][0].data == "ü" * 32


def test_an_edit_must_change_something(sandbox: Sandbox, maria: Person) -> None:
    """The same text and keyboard again are refused; a new keyboard alone is a change."""
    number = send(sandbox, reply_markup=button(callback_data="a"))
    target = {"chat_id": 1001, "message_id": number}
    same = {**target, "text": "hello", "reply_markup": button(callback_data="a")}
    assert reason(sandbox, "editMessageText", **same) == _SAME
    sandbox.call("editMessageText", {**target, "text": "hello"})
    assert reason(sandbox, "editMessageReplyMarkup", **target) == _SAME
    assert (maria.last.labels, maria.last.edited) == ([], 0)


def test_edits_need_their_message(sandbox: Sandbox, maria: Person) -> None:
    """Gone, foreign and keyboard-bearing messages cannot be edited; kinds must fit."""
    mine = maria.say("hi").id
    keyed = send(sandbox, "city?", reply_markup={"keyboard": [["Berlin"]]})
    number = send(sandbox)

    def edit(message_id: int) -> str:
        return reason(sandbox, "editMessageText", chat_id=1001, message_id=message_id, text="x")

    assert edit(999) == "Bad Request: message to edit not found"
    assert edit(mine) == "Bad Request: message can't be edited"
    assert edit(keyed) == "Bad Request: message can't be edited"
    target = {"chat_id": 1001, "message_id": number}
    assert reason(sandbox, "editMessageCaption", **target, caption="x") == (
        "Bad Request: there is no caption in the message to edit"
    )
    assert reason(sandbox, "editMessageText", chat_id=1001, text="x") == (
        "Bad Request: message identifier is not specified"
    )


def test_deleting(sandbox: Sandbox, maria: Person, clock: Clock) -> None:
    """A message can be deleted once, within 48 hours."""
    first, second = send(sandbox), send(sandbox)
    sandbox.call("deleteMessage", {"chat_id": 1001, "message_id": first})
    assert [m.id for m in maria.chat] == [second]
    assert reason(sandbox, "deleteMessage", chat_id=1001, message_id=first) == (
        "Bad Request: message to delete not found"
    )
    clock.forward(hours=49)
    assert reason(sandbox, "deleteMessage", chat_id=1001, message_id=second) == (
        "Bad Request: message can't be deleted for everyone"
    )


def test_a_tap_is_answered_once_and_soon(sandbox: Sandbox, maria: Person, clock: Clock) -> None:
    """A second answer, a late one and a made-up one are refused."""
    send(sandbox, reply_markup=button(callback_data="a"))
    query = maria.tap("x")
    sandbox.call("answerCallbackQuery", {"callback_query_id": query})
    assert reason(sandbox, "answerCallbackQuery", callback_query_id=query) == _OLD
    late = maria.tap("x")
    clock.forward(seconds=31)
    assert reason(sandbox, "answerCallbackQuery", callback_query_id=late) == _OLD
    assert reason(sandbox, "answerCallbackQuery", callback_query_id="1") == _OLD


def test_people_who_cannot_be_reached(sandbox: Sandbox, maria: Person) -> None:
    """Strangers, blockers and deleted accounts give the three known 403."""
    stranger = sandbox.person("Lena")
    assert refusal(sandbox, "sendMessage", chat_id=stranger.id, text="x") == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    maria.block()
    assert refusal(sandbox, "sendMessage", chat_id=1001, text="x") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    maria.unblock()
    send(sandbox)
    maria.deactivate()
    assert refusal(sandbox, "sendMessage", chat_id=1001, text="x") == (
        403,
        "Forbidden: user is deactivated",
    )


@pytest.mark.parametrize(
    "command",
    [
        {"command": "Step", "description": "x"},
        {"command": "x" * 33, "description": "x"},
        {"command": "", "description": "x"},
        {"command": "step", "description": ""},
        {"command": "step", "description": "x" * 257},
    ],
)
def test_commands_are_checked(sandbox: Sandbox, command: dict[str, str]) -> None:
    """Names are lower case and short, descriptions neither empty nor long."""
    got = reason(sandbox, "setMyCommands", commands=[command])
    assert got == "Bad Request: BOT_COMMAND_INVALID"


def test_command_scopes(sandbox: Sandbox, maria: Person) -> None:
    """Each scope and language has its own list; the default one stays."""
    step = [{"command": "step", "description": "Start"}]
    scope = {"type": "chat", "chat_id": 1001}
    sandbox.call("setMyCommands", {"commands": step})
    sandbox.call("setMyCommands", {"commands": [], "scope": scope, "language_code": "de"})
    assert sandbox.call("getMyCommands", {}) == step
    assert sandbox.call("getMyCommands", {"scope": scope}) == []
    sandbox.call("deleteMyCommands", {})
    assert sandbox.call("getMyCommands", {}) == []
    assert "BotCommandScope" in reason(sandbox, "getMyCommands", scope={"type": "planet"})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"hello", "IMAGE_PROCESS_FAILED"),
        (b"\x89PNG\r\n\x1a\n broken", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
    ],
)
def test_a_photo_is_a_picture(sandbox: Sandbox, maria: Person, data: bytes, text: str) -> None:
    """Only a real picture is taken as a photo."""
    with pytest.raises(ApiError, match=text):
        sandbox.call("sendPhoto", {"chat_id": 1001}, {"photo": Upload("a.png", "", data)})


def test_captions_and_albums(sandbox: Sandbox, maria: Person) -> None:
    """A caption has 1024 units; an album two to ten files of one kind, all or none."""
    file = {"document": Upload("a.csv", "text/csv", b"1")}
    with pytest.raises(ApiError, match="message caption is too long"):
        sandbox.call("sendDocument", {"chat_id": 1001, "caption": "x" * 1025}, file)
    items = [{"type": "document", "media": f"attach://f{n}", "caption": str(n)} for n in (1, 2)]
    uploads = {f"f{n}": Upload(f"{n}.csv", "text/csv", b"1") for n in (1, 2)}
    with pytest.raises(ApiError, match="2-10"):
        sandbox.call("sendMediaGroup", {"chat_id": 1001, "media": items[:1]}, {"f1": uploads["f1"]})
    told = sandbox.call("sendMediaGroup", {"chat_id": 1001, "media": items}, uploads)
    assert [m["caption"] for m in told] == ["1", "2"]
    assert told[0]["media_group_id"] == told[1]["media_group_id"]


def test_pins(sandbox: Sandbox, maria: Person) -> None:
    """A message is pinned and unpinned; unpinning nothing is refused."""
    number = send(sandbox)
    sandbox.call("pinChatMessage", {"chat_id": 1001, "message_id": number})
    assert maria.pinned == [number]
    assert sandbox.call("getChat", {"chat_id": 1001})["pinned_message"]["message_id"] == number
    sandbox.call("unpinChatMessage", {"chat_id": 1001})
    assert reason(sandbox, "unpinChatMessage", chat_id=1001) == (
        "Bad Request: message to unpin not found"
    )


def test_refusals_are_logged(sandbox: Sandbox, maria: Person) -> None:
    """A refused call stands in the log with its reason, and in the transcript."""
    with pytest.raises(ApiError):
        sandbox.call("sendMessage", {"chat_id": 1001, "text": "x" * 5000})
    (entry,) = sandbox.refusals
    assert entry.error == "400 Bad Request: message is too long"
    assert "! 400 Bad Request: message is too long" in sandbox.transcript(maria)
