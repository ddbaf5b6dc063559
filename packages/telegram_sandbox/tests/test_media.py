"""Pictures in the place of others, and videos."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from telegram_sandbox import ApiError
from telegram_sandbox.arguments import Upload

if TYPE_CHECKING:
    from telegram_sandbox import Person, Sandbox


def png(side: int) -> Upload:
    """Return a black square, so many pixels wide."""
    store = io.BytesIO()
    Image.new("RGB", (side, side)).save(store, "PNG")
    return Upload("square.png", "image/png", store.getvalue())


def edit(sandbox: Sandbox, number: int, media: dict[str, Any], **uploads: Upload) -> Any:
    """Put something else into Maria's message."""
    args = {"chat_id": 1001, "message_id": number, "media": media}
    return sandbox.call("editMessageMedia", args, uploads)


def test_a_picture_takes_the_place_of_a_text_and_of_another(
    sandbox: Sandbox, maria: Person
) -> None:
    """Uploaded, or by its identifier; the caption and the buttons come with it."""
    number = sandbox.call("sendMessage", {"chat_id": 1001, "text": "hello"})["message_id"]
    first = {"type": "photo", "media": "attach://one", "caption": "one"}
    told = edit(sandbox, number, first, one=png(8))
    assert (maria.last.kind, maria.last.text, maria.last.photo) == ("photo", "one", png(8).data)
    edit(sandbox, number, {"type": "photo", "media": "attach://two"}, two=png(9))
    assert (maria.last.photo, maria.last.edited) == (png(9).data, 2)
    again = {"type": "photo", "media": told["photo"][-1]["file_id"], "caption": "<b>1</b>"}
    edit(sandbox, number, {**again, "parse_mode": "HTML"})
    assert (maria.last.photo, maria.last.text) == (png(8).data, "1")
    assert len(maria.chat) == 1


def test_what_is_no_change_or_not_known_is_refused(sandbox: Sandbox, maria: Person) -> None:
    """In Telegram's words where it has some."""
    sent = sandbox.call("sendPhoto", {"chat_id": 1001, "caption": "one"}, {"photo": png(8)})
    same = {"type": "photo", "media": sent["photo"][-1]["file_id"], "caption": "one"}
    wrong = (
        (same, "message is not modified"),
        ({**same, "media": "nothing"}, "wrong file identifier"),
        ({**same, "type": "video"}, "only photos and documents"),
        ({**same, "captoin": "x"}, 'unknown field "captoin"'),
    )
    for media, why in wrong:
        with pytest.raises(ApiError) as refused:
            edit(sandbox, sent["message_id"], media)
        assert why in refused.value.description
    assert maria.last.text == "one"


def test_a_video_goes_both_ways(sandbox: Sandbox, maria: Person) -> None:
    """What a person sends, the bot can send by its identifier."""
    maria.send_video(b"moving", caption="like this")
    told = sandbox.updates.pending[-1]["message"]
    assert (told["video"]["mime_type"], told["caption"]) == ("video/mp4", "like this")
    sandbox.call("sendVideo", {"chat_id": 1001, "video": told["video"]["file_id"]})
    assert maria.last.from_bot
    assert maria.last.document is not None
    assert (maria.last.kind, maria.last.document.data) == ("video", b"moving")
