"""What was said, as plain text that a test can keep and compare."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from telegram_sandbox.keyboards import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telegram_sandbox.chats import Json, Message
    from telegram_sandbox.log import Entry

_INDENT = "    "


def render(entries: Iterable[Entry], *, timestamps: bool = True, zone: tzinfo = UTC) -> str:
    """Return one paragraph for each entry that a chat shows."""
    return "\n".join(_line(e, zone if timestamps else None) for e in entries if e.who)


def _line(entry: Entry, zone: tzinfo | None) -> str:
    line = entry.line(f" {entry.at.astimezone(zone):%H:%M:%S}" if zone else "")
    problem = f"\n! {entry.error}" if entry.error else ""
    return (line + problem).replace("\n", f"\n{_INDENT}")


def sent(message: Message) -> tuple[str, str]:
    """Return who speaks and what is said when the bot sends a message."""
    who = "Bot (silent)" if message.silent else "Bot (rings)"
    return who, _whole(message)


def edited(message: Message) -> tuple[str, str]:
    """Return the same for an edit of a text or a caption."""
    return "Bot edits", _whole(message)


def rebuttoned(message: Message) -> tuple[str, str]:
    """Return the same for an edit of the buttons alone."""
    shown = buttons(message.markup)
    of = f'"{title(message)}"'
    return "Bot edits", f"the buttons of {of}\n{shown}" if shown else f"no more buttons at {of}"


def title(message: Message) -> str:
    """Return the first line of a message, or what it carries."""
    return message.text.partition("\n")[0] or f"[{message.kind}]"


def buttons(markup: Json | None) -> str:
    """Return the rows of a keyboard, one a line."""
    return "\n".join(" ".join(f"[{button.label}]" for button in row) for row in rows(markup))


def _whole(message: Message) -> str:
    parts = [_media(message), message.text, buttons(message.markup)]
    keyboard = buttons(message.reply_markup)
    if keyboard:
        parts.append("\n".join(f"keyboard: {row}" for row in keyboard.splitlines()))
    return "\n".join(part for part in parts if part)


def _media(message: Message) -> str:
    media = message.media
    if media is None:
        return ""
    if media.kind == "photo":
        return f"[photo {media.width}×{media.height}]"
    named = {"document": media.file.name, "audio": media.title}.get(media.kind, "")
    return f"[{media.kind} {named}]" if named else f"[{media.kind}]"
