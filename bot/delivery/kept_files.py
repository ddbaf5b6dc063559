"""Files that are sent again and again: uploaded once for each bot, then sent by Telegram's name."""

from typing import Any

from telegram import Bot, InputFile, Message

from bot.delivery.ports import Call
from bot.sound.kept import KeptFile


def kept_in(call: Call) -> KeptFile | None:
    """Return the kept file that a call sends, if it sends one."""
    return next((one for one in call[1].values() if isinstance(one, KeptFile)), None)


def resolved(bot: Bot, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return arguments with the name that this bot knows in the place of a kept file, or it."""
    return {
        name: _sent(bot, value) if isinstance(value, KeptFile) else value
        for name, value in arguments.items()
    }


def note(bot: Bot, call: Call, made: Any) -> None:
    """A call has sent a file: keep the name that Telegram gave it, if it is new."""
    kept = kept_in(call)
    if kept is None or not isinstance(made, Message) or made.audio is None:
        return
    name = f"{_id(bot)} {made.audio.file_id}"
    kept.fresh = None if name == kept.known else name


def forgotten(call: Call) -> bool:
    """Telegram refused a call: let it upload its file anew. False where it did, or has none."""
    kept = kept_in(call)
    if kept is None or kept.known is None:
        return False
    kept.known = None
    return True


def _sent(bot: Bot, kept: KeptFile) -> str | InputFile:
    of, _, name = (kept.known or "").partition(" ")
    if name and of == _id(bot):
        return name
    kept.known = None
    return InputFile(kept.content(), kept.file_name)


def _id(bot: Bot) -> str:
    """Return the bot's id, which its token begins with."""
    return bot.token.partition(":")[0]
