"""Chats and messages: as the sandbox keeps them, and as the Bot API tells them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from telegram_sandbox.files import File, Media
from telegram_sandbox.keyboards import rows
from telegram_sandbox.seen import ChatMessage, Document
from telegram_sandbox.text import Entity

Json = dict[str, Any]


@dataclass(slots=True, eq=False)
class Message:
    """A message as the sandbox keeps it."""

    id: int
    chat: Chat
    sender: Json
    date: datetime
    text: str = ""
    entities: list[Entity] = field(default_factory=list)
    media: Media | None = None
    markup: Json | None = None
    """The inline keyboard that it has now."""
    reply_markup: Json | None = None
    """The reply keyboard that it brought, if any."""
    silent: bool = False
    reply_to: Message | None = None
    extra: Json = field(default_factory=dict)
    """Fields told as they are: location, contact, link preview options, service events."""
    album: str | None = None
    edited_at: datetime | None = None
    edits: list[str] = field(default_factory=list)
    deleted: bool = False

    @property
    def from_bot(self) -> bool:
        """Whether the bot wrote it."""
        return bool(self.sender["is_bot"])

    @property
    def kind(self) -> str:
        """What it carries, in one word."""
        if self.media is not None:
            return self.media.kind
        shown = ("location", "contact", "sticker")
        return next((name for name in shown if name in self.extra), "text")

    def as_json(self) -> Json:
        """Return the Bot API's Message."""
        told: Json = {
            "message_id": self.id,
            "from": self.sender,
            "chat": self.chat.as_json(),
            "date": int(self.date.timestamp()),
            **self.extra,
        }
        captioned = self.media is not None
        if self.media is not None:
            told[self.media.kind] = self.media.as_json()
            if self.media.kind == "animation":
                told["document"] = {**self.media.as_json()}
        if self.text:
            told["caption" if captioned else "text"] = self.text
        if self.entities:
            told["caption_entities" if captioned else "entities"] = self.entities
        if self.reply_to is not None:
            told["reply_to_message"] = {
                k: v for k, v in self.reply_to.as_json().items() if k != "reply_to_message"
            }
        if self.markup:
            told["reply_markup"] = self.markup
        if self.album:
            told["media_group_id"] = self.album
        if self.edited_at is not None:
            told["edit_date"] = int(self.edited_at.timestamp())
        return told

    def seen(self) -> ChatMessage:
        """Return the message as a person sees it now."""
        file = self.media.file if self.media else None
        photo = file.data if file and self.kind == "photo" else None
        return ChatMessage(
            id=self.id,
            chat_id=self.chat.id,
            date=self.date,
            from_bot=self.from_bot,
            sender=self.sender["first_name"],
            text=self.text,
            entities=tuple(self.entities),
            buttons=rows(self.markup),
            silent=self.silent,
            kind=self.kind,
            photo=photo,
            document=_document(file) if file and photo is None else None,
            edited=len(self.edits),
            edits=tuple(self.edits),
            deleted=self.deleted,
            reply_to=self.reply_to.id if self.reply_to else None,
        )


def _document(file: File) -> Document:
    return Document(file.name, file.mime, file.data)


@dataclass(eq=False)
class Chat:
    """A private chat with one person, or a group."""

    id: int
    type: str
    """ "private", "group" or "supergroup"."""
    names: Json
    """The fields that name it: first_name, username, title."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """Where its message identifiers come from; private chats share one source."""
    messages: dict[int, Message] = field(default_factory=dict)
    keyboard: Json | None = None
    """The reply keyboard that is open now."""
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None

    @property
    def private(self) -> bool:
        """Whether it is a chat with one person."""
        return self.type == "private"

    def as_json(self) -> Json:
        """Return the Bot API's Chat."""
        return {"id": self.id, "type": self.type, **self.names}

    def add(self, message: Message) -> None:
        """Append a message, and open or close the reply keyboard that it speaks of."""
        self.messages[message.id] = message
        told = message.reply_markup
        if told and "keyboard" in told:
            self.keyboard = told
        elif told and "remove_keyboard" in told:
            self.keyboard = None

    def visible(self, message_id: int) -> Message | None:
        """Return a message that is still there."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def newest_first(self) -> Iterator[Message]:
        """Yield the messages that are still there, newest first."""
        return (m for m in reversed(self.messages.values()) if not m.deleted)
