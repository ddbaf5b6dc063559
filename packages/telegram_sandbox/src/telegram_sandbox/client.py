"""The sandbox's verbs over HTTP, for tests that run the bot and the sandbox as processes."""

from __future__ import annotations

import base64
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from aiohttp import ClientSession

from telegram_sandbox.errors import SandboxError
from telegram_sandbox.keyboards import Button, Rows
from telegram_sandbox.log import Entry, Wanted, matcher
from telegram_sandbox.people import Toast
from telegram_sandbox.seen import ChatMessage, Document

if TYPE_CHECKING:
    from types import TracebackType

Json = dict[str, Any]

_ONE_WAIT = 5.0


class SandboxClient:
    """Drives a sandbox at an address such as http://127.0.0.1:8081."""

    def __init__(self, url: str) -> None:
        self._session = ClientSession(url.rstrip("/"), trust_env=False)
        self._latest_act = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def person(self, name: str, **told: Any) -> RemotePerson:
        """Add somebody; takes what Sandbox.person takes."""
        made = await self.post("/_/people", {"name": name, **told})
        return RemotePerson(self, made["id"], name)

    async def people(self) -> list[RemotePerson]:
        """Return who is already there."""
        told = await self.get("/_/state")
        return [RemotePerson(self, one["id"], one["name"]) for one in told["people"]]

    async def add_fault(self, kind: str, **told: Any) -> None:
        """Put a fault in force; takes what Fault takes, but for `when`."""
        await self.post("/_/faults", {"kind": kind, **told})

    async def clear_faults(self) -> None:
        """Take every fault out of force, and end all hangs."""
        async with self._session.delete("/_/faults") as answer:
            answer.raise_for_status()

    async def set_limits(self, **limits: Any) -> None:
        """Set the rate rules; takes what Limits takes."""
        await self.post("/_/settings", {"limits": limits})

    async def violations(self) -> int:
        """Return how often the bot broke the rate rules."""
        return int((await self.post("/_/settings", {}))["violations"])

    async def log(self, *, after: int = 0, wait: float = 0) -> list[Entry]:
        """Return the entries after a number; waits up to `wait` seconds for the first."""
        told = await self.get("/_/log", after=str(after), wait=str(wait))
        return [_entry(one) for one in told["entries"]]

    async def wait_for(
        self,
        wanted: Wanted,
        *,
        after: int | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109  # the same words as Log.wait_for
    ) -> Entry:
        """Return the first matching entry, as Log.wait_for does."""
        matches, start = matcher(wanted), self._latest_act if after is None else after
        at, end = start, time.monotonic() + timeout
        while (left := end - time.monotonic()) > 0:
            for entry in await self.log(after=at, wait=min(left, _ONE_WAIT)):
                at = entry.seq
                if matches(entry):
                    return entry
        what = repr(wanted) if isinstance(wanted, str) else "what the predicate wants"
        seen = "\n".join(entry.summary for entry in await self.log() if entry.who)
        raise AssertionError(
            f"{what} did not come within {timeout} s after entry {start}; this happened:\n{seen}"
        )

    async def transcript(self, person: RemotePerson, *, timestamps: bool = True) -> str:
        """Return what one chat saw, as plain text."""
        query = {"timestamps": "1" if timestamps else "0"}
        async with self._session.get(f"/_/transcript/{person.id}", params=query) as answer:
            return await answer.text()

    async def get(self, path: str, **query: str) -> Json:
        """Return the JSON of a control route."""
        async with self._session.get(path, params=query) as answer:
            return _accepted(await answer.json())

    async def post(self, path: str, body: Json) -> Json:
        """Post JSON to a control route; raise SandboxError with the reason of a refusal."""
        async with self._session.post(path, json=body) as answer:
            return _accepted(await answer.json())

    async def act(self, person_id: int, verb: str, **told: Any) -> Any:
        """Have a person do something."""
        done = await self.post(f"/_/people/{person_id}/{verb}", told)
        self._latest_act = int(done["seq"])
        return done["result"]

    async def download(self, path: str) -> bytes:
        """Return a file that a message carries."""
        async with self._session.get(path) as answer:
            answer.raise_for_status()
            return await answer.read()


class RemotePerson:
    """A person of a sandbox in another process; the verbs of Person, awaited."""

    def __init__(self, client: SandboxClient, number: int, name: str) -> None:
        self.id = number
        self.name = name
        self._client = client

    async def say(self, text: str) -> int:
        """Write a text and return the message's number."""
        return await self._message("say", text=text)

    async def reply(self, message: ChatMessage | int, text: str) -> int:
        """Answer a message with a quotation of it."""
        return await self._message("say", text=text, reply_to=_number(message))

    async def edit(self, message: ChatMessage | int, text: str) -> int:
        """Change a text that they wrote before."""
        return await self._message("edit", text=text, message_id=_number(message))

    async def tap(self, label: str, *, on: ChatMessage | int | None = None) -> Any:
        """Press a button by its label, as Person.tap does."""
        target = {} if on is None else {"message_id": _number(on)}
        return await self._client.act(self.id, "tap", label=label, **target)

    async def press(self, data: str, on: ChatMessage | int) -> Any:
        """Send forged callback data."""
        return await self._client.act(self.id, "tap", data=data, message_id=_number(on))

    async def send_location(self, latitude: float, longitude: float) -> int:
        """Share a place."""
        return await self._message("location", latitude=latitude, longitude=longitude)

    async def send_contact(self, phone: str, name: str | None = None) -> int:
        """Share a phone number."""
        return await self._message("contact", phone=phone, name=name)

    async def send_sticker(self) -> int:
        """Send a sticker."""
        return await self._message("sticker")

    async def send_voice(self) -> int:
        """Send a voice message."""
        return await self._message("voice")

    async def send_photo(self, data: bytes, *, caption: str = "") -> int:
        """Send a picture."""
        encoded = base64.b64encode(data).decode()
        return await self._message("file", photo=True, data=encoded, caption=caption)

    async def send_document(self, name: str, data: bytes, mime: str = "") -> int:
        """Send a file."""
        encoded = base64.b64encode(data).decode()
        return await self._message("file", name=name, data=encoded, mime=mime)

    async def block(self) -> None:
        """Block the bot."""
        await self._client.act(self.id, "block")

    async def unblock(self) -> None:
        """Let the bot write again."""
        await self._client.act(self.id, "unblock")

    async def chat(self) -> list[ChatMessage]:
        """Return the messages of their chat as they now see them, oldest first."""
        told = await self._client.get(f"/_/people/{self.id}")
        return [await self._whole(one) for one in told["messages"]]

    async def last(self) -> ChatMessage:
        """Return the newest message from the bot."""
        told = await self._client.get(f"/_/people/{self.id}")
        found = next((one for one in reversed(told["messages"]) if one["from_bot"]), None)
        if found is None:
            raise SandboxError(f"the bot has not written to {self.name}")
        return await self._whole(found)

    async def toasts(self) -> list[Toast]:
        """Return the answers to their taps."""
        told = await self._client.get(f"/_/people/{self.id}")
        return [Toast(**one) for one in told["toasts"]]

    async def _message(self, verb: str, **told: Any) -> int:
        done = await self._client.act(self.id, verb, **told)
        return int(done["message_id"])

    async def _whole(self, told: Json) -> ChatMessage:
        message, file = _chat_message(told), told["file"]
        if file is None:
            return message
        data = await self._client.download(file["url"])
        if message.kind == "photo":
            return replace(message, photo=data)
        return replace(message, document=Document(file["name"], file["mime"], data))


def _accepted(told: Any) -> Json:
    if "error" in told and len(told) == 1:
        raise SandboxError(told["error"])
    return dict(told)


def _number(message: ChatMessage | int) -> int:
    return message if isinstance(message, int) else message.id


def _entry(told: Json) -> Entry:
    return Entry(**{**told, "at": datetime.fromisoformat(told["at"])})


def _buttons(told: list[list[Json]]) -> Rows:
    return tuple(tuple(Button(**button) for button in row) for row in told)


def _chat_message(told: Json) -> ChatMessage:
    quoted = told["reply_to"]
    return ChatMessage(
        id=told["id"],
        chat_id=told["chat_id"],
        date=datetime.fromtimestamp(told["date"], UTC),
        from_bot=told["from_bot"],
        sender=told["sender"],
        text=told["text"],
        entities=tuple(told["entities"]),
        buttons=_buttons(told["buttons"]),
        silent=told["silent"],
        kind=told["kind"],
        photo=None,
        document=None,
        edited=told["edited"],
        edits=tuple(told["edits"]),
        deleted=told["deleted"],
        reply_to=quoted["id"] if quoted else None,
    )
