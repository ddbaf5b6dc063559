"""The sandbox's state as JSON, for the chat page and for tests of another process."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from telegram_sandbox.keyboards import rows
from telegram_sandbox.methods.profile import commands_for

if TYPE_CHECKING:
    from telegram_sandbox.chats import Message
    from telegram_sandbox.files import Media
    from telegram_sandbox.log import Entry
    from telegram_sandbox.people import Person
    from telegram_sandbox.sandbox import Sandbox

Json = dict[str, Any]

NEWEST = 300


def state(sandbox: Sandbox) -> Json:
    """Return everything that the page shows, and the number of the newest change."""
    return {
        "bot": sandbox.me,
        "last": sandbox.feed.mark(),
        "now": sandbox.now().timestamp(),
        "people": [
            {**person(sandbox, p), "messages": messages(p)} for p in sandbox.people.values()
        ],
    }


def person(sandbox: Sandbox, one: Person) -> Json:
    """Return one person's chat without its messages."""
    return {
        "id": one.id,
        "name": one.name,
        "username": one.user.get("username"),
        "role": one.role,
        "started": one.started,
        "blocked": one.blocked,
        "deactivated": one.deactivated,
        "keyboard": [[asdict(button) for button in row] for row in one.keyboard],
        "commands": commands_for(sandbox, one),
        "pinned": one.pinned,
        "waiting": [
            {"id": q.id, "chat_id": q.chat_id, "message_id": q.message_id, "data": q.data}
            for q in one.queries
            if sandbox.now() - q.at <= sandbox.callback_max_age
        ],
        "toasts": [asdict(toast) for toast in one.toasts],
        "about": sandbox.profile.descriptions.get(("description", ""), ""),
    }


def messages(one: Person) -> list[Json]:
    """Return the newest messages of a person's chat, oldest first."""
    return [message(m) for m in one.stored[-NEWEST:]]


def message(one: Message) -> Json:
    """Return a message as the page draws it."""
    quoted = one.reply_to
    return {
        "id": one.id,
        "chat_id": one.chat.id,
        "date": one.date.timestamp(),
        "from_bot": one.from_bot,
        "sender": one.sender["first_name"],
        "text": one.text,
        "entities": one.entities,
        "buttons": [[asdict(button) for button in row] for row in rows(one.markup)],
        "silent": one.silent,
        "kind": one.kind,
        "album": one.album,
        "file": _file(one.media) if one.media else None,
        "location": one.extra.get("location"),
        "contact": one.extra.get("contact"),
        "edited": len(one.edits),
        "edits": one.edits,
        "deleted": one.deleted,
        "reply_to": {"id": quoted.id, "text": quoted.text or f"[{quoted.kind}]"}
        if quoted
        else None,
    }


def _file(media: Media) -> Json:
    return {
        "url": f"/_/file/{media.file.path}",
        "name": media.file.name,
        "mime": media.file.mime,
        "size": len(media.file.data),
        "width": media.width,
        "height": media.height,
        "title": media.title,
    }


def entry(one: Entry) -> Json:
    """Return an entry of the log."""
    return {
        "seq": one.seq,
        "at": one.at.isoformat(),
        "kind": one.kind,
        "chat_id": one.chat_id,
        "method": one.method,
        "who": one.who,
        "text": one.text,
        "spoken": one.spoken,
        "params": dict(one.params),
        "result": one.result,
        "error": one.error,
    }
