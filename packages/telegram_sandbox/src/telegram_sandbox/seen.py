"""Messages as a person sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from telegram_sandbox.keyboards import Button, Rows
from telegram_sandbox.text import Entity


@dataclass(frozen=True)
class ChatMessage:
    """A message as a person sees it at one moment; it does not change afterwards."""

    id: int
    chat_id: int
    date: datetime
    from_bot: bool
    sender: str
    text: str
    """The text, or the caption of what it carries."""
    entities: tuple[Entity, ...]
    buttons: Rows
    """The inline keyboard."""
    silent: bool
    kind: str
    """What it is: "text", "photo", "document", "animation", "video", "audio", "location", …"""
    photo: bytes | None = field(repr=False)
    document: Document | None
    edited: int
    """How often its text or caption was edited."""
    edits: tuple[str, ...] = field(repr=False)
    """The texts that it had before, oldest first."""
    deleted: bool
    reply_to: int | None

    @property
    def rings(self) -> bool:
        """Whether its arrival makes a sound."""
        return self.from_bot and not self.silent

    @property
    def labels(self) -> list[str]:
        """The labels of its inline buttons, in reading order."""
        return [button.label for row in self.buttons for button in row]

    def button(self, label: str) -> Button | None:
        """Return the inline button with exactly this label."""
        return next((b for row in self.buttons for b in row if b.label == label), None)


@dataclass(frozen=True)
class Document:
    """A file that a person can save."""

    name: str
    mime: str
    data: bytes = field(repr=False)
