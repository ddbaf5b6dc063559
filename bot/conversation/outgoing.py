"""Putting messages into the outbox."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.conversation.message import Message, dump
from bot.store import outbox
from bot.store.outbox import Letter


def post(
    db: Db,
    chat_id: int | None,
    intent: Message,
    now: datetime,
    *,
    key: str,
    due: datetime | None = None,
    edits: str | None = None,
    session_id: int | None = None,
    life_from: datetime | None = None,
) -> None:
    """Put `intent` into the outbox for `chat_id`, once for ever under `key`.

    Nothing happens for someone without a chat. `due` is when to send, `life_from` when its
    life begins (both default to now).
    """
    if chat_id is None:
        return
    written = letter(
        chat_id,
        intent,
        due or now,
        key=key,
        edits=edits,
        session_id=session_id,
        life_from=life_from,
    )
    outbox.put(db, written)


def posted(db: Db, chat_id: int | None, intent: Message, now: datetime, *, key: str) -> bool:
    """Put `intent` into the outbox to go now; whether it is new there, and has a chat to go to."""
    return chat_id is not None and outbox.put_new(db, letter(chat_id, intent, now, key=key))


def letter(
    chat_id: int,
    intent: Message,
    due: datetime,
    *,
    key: str,
    edits: str | None = None,
    session_id: int | None = None,
    life_from: datetime | None = None,
) -> Letter:
    """Return `intent` as a letter that is sent at `due`, as `post` puts it into the outbox."""
    return Letter(
        key=key,
        chat_id=chat_id,
        kind=intent.kind(),
        body=dump(intent),
        priority=intent.priority,
        due=due,
        not_after=None if intent.life is None else (life_from or due) + intent.life,
        repeatable=intent.repeatable,
        edits=edits,
        session_id=session_id,
    )
