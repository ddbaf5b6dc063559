"""Files that are sent again and again: uploaded once for each bot, then sent by Telegram's name."""

from typing import Any, Final

from telegram import Bot, InputFile, InputMediaPhoto, Message

from bot.delivery.ports import Call
from bot.kept import KeptFile

_NEW_PICTURE: Final = "edit_message_media"
_OF_PICTURE: Final = frozenset({"media", "caption", "parse_mode"})
"""What a call that puts another picture into a message says of that one."""


def kept_in(call: Call) -> KeptFile | None:
    """Return the kept file that a call sends, if it sends one."""
    return next((one for one in call[1].values() if isinstance(one, KeptFile)), None)


def resolved(bot: Bot, call: Call) -> dict[str, Any]:
    """Return a call's arguments with the name that this bot knows for a kept file, or with it."""
    method, arguments = call
    kept = kept_in(call)
    if kept is None:
        return arguments
    name = _name(bot, kept)
    if method != _NEW_PICTURE:
        sent = name or InputFile(kept.content(), kept.file_name)
        return {key: sent if value is kept else value for key, value in arguments.items()}
    picture = InputMediaPhoto(
        name or kept.content(),
        caption=arguments["caption"],
        parse_mode=arguments["parse_mode"],
        filename=kept.file_name,
    )
    others = {key: value for key, value in arguments.items() if key not in _OF_PICTURE}
    return {**others, "media": picture}


def note(bot: Bot, call: Call, made: Any) -> None:
    """A call has sent a file: keep the name that Telegram gave it, if it is new."""
    kept = kept_in(call)
    if kept is None or not isinstance(made, Message):
        return
    sent = made.audio or (made.photo[-1] if made.photo else None)
    if sent is not None:
        name = f"{_id(bot)} {sent.file_id}"
        kept.fresh = None if name == kept.known else name


def forgotten(call: Call) -> bool:
    """Telegram refused a call: let it upload its file anew. False where it did, or has none."""
    kept = kept_in(call)
    if kept is None or kept.known is None:
        return False
    kept.known = None
    return True


def _name(bot: Bot, kept: KeptFile) -> str | None:
    """Return the name that this bot may send; what another bot knows is of no use to it."""
    of, _, name = (kept.known or "").partition(" ")
    if name and of == _id(bot):
        return name
    kept.known = None
    return None


def _id(bot: Bot) -> str:
    """Return the bot's id, which its token begins with."""
    return bot.token.partition(":")[0]
