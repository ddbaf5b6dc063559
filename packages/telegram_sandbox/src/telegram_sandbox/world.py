"""What the sandbox knows: people, chats, files, questions that wait for an answer, the log."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from telegram_sandbox.chats import Message
from telegram_sandbox.errors import SandboxError, bad_request, forbidden
from telegram_sandbox.faults import Faults, migrated
from telegram_sandbox.feed import Feed
from telegram_sandbox.files import Files
from telegram_sandbox.limits import Limits, RateRules
from telegram_sandbox.log import ACT, CALL, Log
from telegram_sandbox.updates import Updates

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram_sandbox.chats import Chat
    from telegram_sandbox.people import Person

Json = dict[str, Any]


def system_clock() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


@dataclass
class Query:
    """A tap on an inline button that the bot has not answered yet."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    data: str
    at: datetime


@dataclass(frozen=True)
class Webhook:
    """Where updates are posted instead of being polled for."""

    url: str
    secret_token: str | None = None
    max_connections: int = 40
    elsewhere: bool = False
    """Whether another program has set it: the sandbox keeps the updates and posts none."""


@dataclass
class Profile:
    """What the bot says about itself: commands, descriptions, menu buttons."""

    commands: dict[tuple[Any, ...], list[Json]] = field(default_factory=dict)
    """By scope type, chat, user and language."""
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    """By kind and language."""
    menu_buttons: dict[int | None, Json] = field(default_factory=dict)


class World:
    """The state that calls and people's acts change."""

    def __init__(
        self,
        token: str = "1:SANDBOX",  # noqa: S107  # an example, not a secret
        username: str = "sandbox_bot",
        now: Callable[[], datetime] | None = None,
        *,
        name: str = "Sandbox bot",
    ) -> None:
        self.token = token
        self.now = now or system_clock
        if self.now().tzinfo is None:
            raise SandboxError("the sandbox's clock must tell aware times")
        self.me: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        self.limits = Limits()
        self.rates = RateRules()
        self.faults = Faults()
        self.feed = Feed()
        self.files = Files()
        self.log = Log()
        self.updates = Updates(self.now, self.faults)
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.callback_max_age = timedelta(seconds=30)
        self.delete_max_age = timedelta(hours=48)
        self.webhook: Webhook | None = None
        self.webhook_error: tuple[datetime, str] | None = None
        self.profile = Profile()
        self.numbers = itertools.count(1)
        self.query_numbers = itertools.count(1)
        self.album_numbers = itertools.count(1)

    def use_webhook(self, hook: Webhook) -> None:
        """Have updates posted there; whoever polls is refused from now on."""
        self.webhook, self.webhook_error = hook, None
        self.updates.webhook_active = True
        self.updates.end_poll("terminated by setWebhook request")
        self.updates.wake()

    def chat(self, address: int | str) -> Chat:
        """Return the chat of an identifier or @username, or refuse it."""
        chat = self.chats.get(address) if isinstance(address, int) else self._named(address)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        return chat

    def _named(self, address: str) -> Chat | None:
        # A bot may address public groups by name, never a person.
        groups = (chat for chat in self.chats.values() if not chat.private)
        return next((c for c in groups if f"@{c.names.get('username')}" == address), None)

    def reachable(self, address: int | str) -> Chat:
        """Return a chat that the bot may write to, or refuse it."""
        chat = self.chat(address)
        person = self.people.get(chat.id)
        if person is None:
            return chat
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    def record_call(self, method: str, chat_id: int | None, params: Json, **more: Any) -> None:
        """Log a call of the bot."""
        self.log.append(self.now(), CALL, chat_id, method, params=params, **more)

    def record_act(self, verb: str, chat_id: int, who: str, text: str, **more: Any) -> None:
        """Log what a person did."""
        self.log.append(self.now(), ACT, chat_id, verb, who=who, text=text, **more)

    def add_message(self, chat: Chat, sender: Json, **more: Any) -> Message:
        """Put a new message into a chat and tell the chat page."""
        message = Message(next(chat.numbers), chat, sender, self.now(), **more)
        chat.add(message)
        self.feed.message(message)
        if message.reply_markup:
            self.feed.chat(chat.id)
        return message
