"""The sandbox itself: people on one side, the Bot API on the other."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

from telegram_sandbox import arguments, transcript
from telegram_sandbox.chats import Chat
from telegram_sandbox.errors import ApiError, SandboxError
from telegram_sandbox.groups import Group
from telegram_sandbox.log import Entry, Log
from telegram_sandbox.methods import HANDLERS
from telegram_sandbox.people import Person
from telegram_sandbox.schema import LOADED
from telegram_sandbox.world import Webhook, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telegram_sandbox.arguments import Upload

_FIRST_PERSON = 1001


class Sandbox(World):
    """A strict stand-in for Telegram's servers, for one bot.

    `token`, `username` and `name` are the bot's; `now` is the clock, the machine's by default.
    """

    def __init__(
        self,
        token: str = "1:SANDBOX",  # noqa: S107  # an example, not a secret
        username: str = "sandbox_bot",
        now: Callable[[], datetime] | None = None,
        *,
        name: str = "Sandbox bot",
    ) -> None:
        super().__init__(token, username, now, name=name)
        self.log = Log(self.transcript)
        self._free_ids = itertools.count(_FIRST_PERSON)

    @property
    def violations(self) -> int:
        """How often the bot broke the rate rules."""
        return self.rates.violations

    @property
    def refusals(self) -> list[Entry]:
        """The calls that failed, oldest first: a bot without bugs leaves few."""
        return [entry for entry in self.log if entry.error is not None]

    def person(
        self,
        name: str,
        *,
        id: int | None = None,  # noqa: A002  # Telegram's own word
        username: str | None = None,
        role: str = "",
        language_code: str = "en",
        last_name: str | None = None,
        started: bool = False,
    ) -> Person:
        """Add somebody with an account.

        `started` says that they wrote to the bot long ago. `role` is any word that the page shows
        beside the name; the sandbox gives it no meaning.
        """
        number = id if id is not None else next(n for n in self._free_ids if n not in self.chats)
        if number in self.chats or number <= 0:
            raise SandboxError(f"a person's id must be positive and free; {number} is not")
        named = {"first_name": name, "last_name": last_name, "username": username}
        names = {key: value for key, value in named.items() if value}
        user = {"id": number, "is_bot": False, **names, "language_code": language_code}
        chat = Chat(number, "private", names, numbers=self.numbers)
        person = Person(self, user, role, chat)
        person.started = started
        self.people[number], self.chats[number] = person, chat
        self.feed.chat(number)
        return person

    def group(
        self,
        title: str,
        members: list[Person],
        *,
        kind: str = "supergroup",
        privacy: bool = True,
    ) -> Group:
        """Add a group with the bot in it; the bot is told that it became a member."""
        return Group.make(self, title, members, kind=kind, privacy=privacy)

    def webhook_elsewhere(self, url: str) -> None:
        """Let another program set a webhook with the bot's token; nothing is posted there."""
        self.use_webhook(Webhook(url, elsewhere=True))

    def call(
        self, method: str, raw: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None
    ) -> Any:
        """Carry out one call of the bot and return its result; raise ApiError if refused."""
        chat_id = _chat_id(raw)
        try:
            args = arguments.read(method, raw, uploads or {})
            self._check_rate(method, chat_id)
            return HANDLERS[method](self, args)
        except ApiError as error:
            self.refused(method, chat_id, raw, error)
            raise

    def _check_rate(self, method: str, chat_id: int | None) -> None:
        if method in LOADED and chat_id is not None:
            self.rates.check(self.limits, chat_id, self.now())

    def refused(
        self, method: str, chat_id: int | None, raw: Mapping[str, Any], error: ApiError
    ) -> None:
        """Log a call that had no effect."""
        who = f"Bot ({method})" if chat_id in self.chats else ""
        text = str(raw.get("text") or raw.get("caption") or "")
        self.record_call(method, chat_id, dict(raw), who=who, text=text, error=str(error))

    def transcript(
        self,
        whose: Person | Group | None = None,
        *,
        timestamps: bool = True,
        zone: tzinfo = UTC,
        after: int = 0,
    ) -> str:
        """Return what one chat saw, or all of them, as plain text."""
        entries = self.log.after(after)
        if whose is not None:
            entries = [entry for entry in entries if entry.chat_id == whose.id]
        return transcript.render(entries, timestamps=timestamps, zone=zone)

    def on_activity(self, callback: Callable[[Entry], object]) -> None:
        """Call back with every entry of the log from now on."""
        self.log.listen(callback)


def _chat_id(raw: Mapping[str, Any]) -> int | None:
    value = raw.get("chat_id")
    try:
        return int(value) if value is not None else None
    except (TypeError, ValueError):
        return None
