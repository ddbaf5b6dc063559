"""Calls that send a drawing, put one into a message, or send a coach's own photo or video."""

from functools import partial
from typing import Any

from bot.drawings import files
from bot.drawings.files import Picture
from bot.kept import KeptFile, OwnPicture

Call = tuple[str, dict[str, Any]]


def drawn(picture: Picture, known: str | None, caption: str, target: int | None) -> Call:
    """Return the call that sends a drawing, or puts it into the message `target`.

    `known` is what is stored of it: it is uploaded once, then sent by Telegram's name of it.
    """
    kept = KeptFile(
        files.key(picture), f"{picture.name}.png", partial(files.content, picture), known
    )
    said = {"caption": caption, "parse_mode": "HTML"}
    if target is None:
        return "send_photo", {"photo": kept, **said}
    return "edit_message_media", {"media": kept, "message_id": target, **said}


def own(picture: OwnPicture, caption: str) -> Call:
    """Return the call that sends what a coach has sent."""
    said = {"caption": caption, "parse_mode": "HTML", "disable_notification": True}
    return f"send_{picture.kind}", {picture.kind: picture.file, **said}
