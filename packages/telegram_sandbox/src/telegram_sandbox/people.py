"""People and what they do: say, tap, share, block. Every act becomes an update for the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram_sandbox.arguments import Upload
from telegram_sandbox.errors import SandboxError
from telegram_sandbox.keyboards import Button, rows
from telegram_sandbox.seen import ChatMessage
from telegram_sandbox.text import Formatted, with_detected
from telegram_sandbox.world import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram_sandbox.chats import Chat, Message
    from telegram_sandbox.groups import Group
    from telegram_sandbox.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Toast:
    """The answer to a tap, as the person sees it."""

    text: str
    alert: bool


class Person:
    """Somebody with a Telegram account, and their private chat with the bot."""

    def __init__(self, world: World, user: Json, role: str, chat: Chat) -> None:
        self.id: int = user["id"]
        self.name: str = user["first_name"]
        self.user = user
        self.role = role
        self.started = False
        """Whether they ever wrote to the bot: before that, it may not write to them."""
        self.blocked = False
        self.deactivated = False
        self.toasts: list[Toast] = []
        self._world = world
        self._chat = chat

    def __repr__(self) -> str:
        return f"<{self.name}, {self.id}>"

    # What they see

    @property
    def chat(self) -> list[ChatMessage]:
        """The messages of their chat with the bot as they now see them, oldest first."""
        return [m.seen() for m in self.stored]

    @property
    def history(self) -> list[ChatMessage]:
        """The same with the deleted messages."""
        return [m.seen() for m in self._chat.messages.values()]

    @property
    def last(self) -> ChatMessage:
        """The newest message from the bot."""
        found = next((m for m in self._chat.newest_first() if m.from_bot), None)
        if found is None:
            raise SandboxError(f"the bot has not written to {self.name}")
        return found.seen()

    @property
    def keyboard(self) -> tuple[tuple[Button, ...], ...]:
        """The reply keyboard that is open under their chat."""
        return rows(self._chat.keyboard)

    @property
    def pinned(self) -> list[int]:
        """The identifiers of the pinned messages, newest last."""
        return list(self._chat.pinned)

    @property
    def waiting(self) -> list[str]:
        """The callback data of their taps that the bot has not answered."""
        return [query.data for query in self.queries]

    @property
    def queries(self) -> list[Query]:
        """Their taps that the bot has not answered, oldest first."""
        return [q for q in self._world.queries.values() if q.person_id == self.id]

    @property
    def stored(self) -> list[Message]:
        """The messages of their chat as the sandbox keeps them, without the deleted ones."""
        return [m for m in self._chat.messages.values() if not m.deleted]

    def message(self, on: ChatMessage | int) -> ChatMessage:
        """Return a message of their chat as it is now, deleted or not."""
        return self._stored(on, self._chat).seen()

    # What they write

    def say(self, text: str, *, to: Group | None = None) -> ChatMessage:
        """Write a text, to the bot or into a group."""
        return self._write("say", text, to=to)

    def reply(
        self, message: ChatMessage | int, text: str, *, to: Group | None = None
    ) -> ChatMessage:
        """Answer a message with a quotation of it."""
        chat = to.chat if to else self._chat
        return self._write("reply", text, to=to, reply_to=self._stored(message, chat))

    def edit(self, message: ChatMessage | int, text: str) -> ChatMessage:
        """Change a text that they wrote before."""
        self._check_can_write(None)
        stored = self._stored(message, self._chat)
        if stored.sender["id"] != self.id:
            raise SandboxError(f"{self.name} can edit only what {self.name} wrote")
        formatted = with_detected(Formatted(text))
        stored.edits.append(stored.text)
        stored.text, stored.entities = text, formatted.entities
        stored.edited_at = self._world.now()
        self._world.feed.message(stored)
        told = stored.as_json()
        self._world.record_act("edit", self.id, f"{self.name} edits", text, result=told)
        self._world.updates.push("edited_message", told)
        return stored.seen()

    def forward(self, message: ChatMessage | int) -> ChatMessage:
        """Send a message of their chat into it once more, as a forwarded one."""
        stored = self._stored(message, self._chat)
        origin = {
            "type": "user",
            "sender_user": stored.sender,
            "date": int(stored.date.timestamp()),
        }
        return self._write("forward", stored.text, extra={"forward_origin": origin})

    def send_location(self, latitude: float, longitude: float) -> ChatMessage:
        """Share a place; degrees, north and east positive."""
        place = {"latitude": latitude, "longitude": longitude}
        return self._share("location", f"[location {latitude}, {longitude}]", {"location": place})

    def send_contact(self, phone: str, name: str | None = None) -> ChatMessage:
        """Share a phone number; their own unless another name is given."""
        contact: Json = {"phone_number": phone, "first_name": name or self.name}
        if name is None:
            contact["user_id"] = self.id
        return self._share("contact", f"[contact {phone}]", {"contact": contact})

    def send_sticker(self) -> ChatMessage:
        """Send a sticker."""
        return self._send_file("sticker", Upload("sticker.webp", "image/webp", b"RIFF"))

    def send_voice(self, data: bytes = b"OggS", *, duration: int = 2) -> ChatMessage:
        """Send a voice message."""
        return self._send_file("voice", Upload("voice.ogg", "audio/ogg", data), duration=duration)

    def send_photo(self, data: bytes, *, caption: str = "") -> ChatMessage:
        """Send a picture, a PNG or a JPEG."""
        return self._send_file("photo", Upload("photo.jpg", "", data), caption)

    def send_video(self, data: bytes, *, caption: str = "", duration: int = 2) -> ChatMessage:
        """Send a video; nothing looks into it."""
        video = Upload("video.mp4", "video/mp4", data)
        return self._send_file("video", video, caption, duration=duration)

    def send_document(
        self, name: str, data: bytes, mime: str = "", *, caption: str = ""
    ) -> ChatMessage:
        """Send a file."""
        return self._send_file("document", Upload(name, mime, data), caption)

    # What they press

    def tap(self, label: str, *, on: ChatMessage | int | None = None) -> str | ChatMessage | None:
        """Press a button by its label.

        Labels are compared exactly, then by their beginning, then by any part, without regard to
        case; newest message first. `on` names one message, also an old one. Without it, the reply
        keyboard counts too. Returns the query's identifier for an inline button, None for a
        link, and the message that a reply keyboard's button sends.
        """
        self._check_can_write(None)
        message, button = self._find_button(label, on)
        if message is None:
            return self._press_reply(button)
        if button.data is None:
            self._world.record_act("tap", self.id, self.name, f"opens {button.url}", spoken=False)
            return None
        return self._query(message, button.data, f"[{button.label}]")

    def press(self, data: str, on: ChatMessage | int) -> str:
        """Send callback data that no button of the bot need carry, as a forged client would."""
        return self._query(self._stored(on, self._chat), data, f"forged data {data!r}")

    def _find_button(
        self, label: str, on: ChatMessage | int | None
    ) -> tuple[Message | None, Button]:
        wanted = label.casefold()
        choices = list(self._choices(on))
        for fits in (
            lambda found: found == wanted,
            lambda found: found.startswith(wanted),
            lambda found: wanted in found,
        ):
            for message, button in choices:
                if fits(button.label.casefold()):
                    return message, button
        seen = ", ".join(f"[{button.label}]" for _, button in choices) or "no button at all"
        raise SandboxError(f"{self.name} sees no button {label!r}; there is {seen}")

    def _choices(self, on: ChatMessage | int | None) -> Iterator[tuple[Message | None, Button]]:
        if on is not None:
            # A button that an edit took away since can still be pressed on a stale screen.
            stored = self._stored(on, self._chat)
            shown = on.buttons if isinstance(on, ChatMessage) else ()
            grids = (rows(stored.markup), shown)
            yield from ((stored, b) for grid in grids for row in grid for b in row)
            return
        for message in self._chat.newest_first():
            yield from ((message, b) for row in rows(message.markup) for b in row)
        yield from ((None, b) for row in self.keyboard for b in row)

    def _press_reply(self, button: Button) -> ChatMessage:
        if self._chat.keyboard and self._chat.keyboard.get("one_time_keyboard"):
            self._chat.keyboard = None
            self._world.feed.chat(self.id)
        if button.request == "location":
            return self.send_location(52.52, 13.405)
        if button.request == "contact":
            return self.send_contact("+491700000000")
        return self.say(button.label)

    def _query(self, message: Message, data: str, shown: str) -> str:
        world = self._world
        query_id = f"{self.id}{next(world.query_numbers):09d}"
        world.queries[query_id] = Query(
            query_id, self.id, message.chat.id, message.id, data, world.now()
        )
        told: Json = {
            "id": query_id,
            "from": self.user,
            "chat_instance": str(self.id * 7919),
            "data": data,
            "message": message.as_json() if not message.deleted else _gone(message),
        }
        world.record_act(
            "tap", message.chat.id, self.name, f"taps {shown}", result=told, spoken=False
        )
        world.feed.tell("query", message.chat.id, id=query_id, data=data, message_id=message.id)
        world.updates.push("callback_query", told)
        return query_id

    # Coming and going

    def block(self) -> None:
        """Block the bot: nothing reaches them any more."""
        self._set_blocked(blocked=True)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._set_blocked(blocked=False)

    def deactivate(self) -> None:
        """Delete the account; Telegram tells the bot nothing."""
        self.deactivated = True
        self._world.record_act(
            "deactivate", self.id, self.name, "deletes the account", spoken=False
        )
        self._world.feed.chat(self.id)

    def _set_blocked(self, *, blocked: bool) -> None:
        if self.blocked == blocked:
            return
        self.blocked = blocked
        before, after = ("member", "kicked") if blocked else ("kicked", "member")
        verb = "block" if blocked else "unblock"
        self._world.record_act(verb, self.id, self.name, f"{verb}s the bot", spoken=False)
        self._world.feed.chat(self.id)
        self._world.updates.push(
            "my_chat_member",
            {
                "chat": self._chat.as_json(),
                "from": self.user,
                "date": int(self._world.now().timestamp()),
                "old_chat_member": member(self._world.me, before),
                "new_chat_member": member(self._world.me, after),
            },
        )

    # How it is done

    def _check_can_write(self, to: Group | None) -> None:
        if self.deactivated:
            raise SandboxError(f"{self.name}'s account is deleted")
        if to is None and self.blocked:
            raise SandboxError(f"{self.name} has blocked the bot; unblock it first")

    def _stored(self, message: ChatMessage | int, chat: Chat) -> Message:
        number = message if isinstance(message, int) else message.id
        if number not in chat.messages:
            raise SandboxError(f"{self.name}'s chat holds no message {number}")
        return chat.messages[number]

    def _send_file(
        self, kind: str, upload: Upload, caption: str = "", **measures: int
    ) -> ChatMessage:
        media = self._world.files.media(kind, upload, **measures)
        shown = f"[{kind} {upload.name}]" if kind == "document" else f"[{kind}]"
        return self._write(kind, caption, shown=f"{shown} {caption}".rstrip(), media=media)

    def _share(self, kind: str, shown: str, extra: Json) -> ChatMessage:
        return self._write(kind, "", shown=shown, extra=extra)

    def _write(
        self, verb: str, text: str, *, to: Group | None = None, shown: str = "", **more: Any
    ) -> ChatMessage:
        self._check_can_write(to)
        chat = to.chat if to else self._chat
        entities = with_detected(Formatted(text)).entities if text else []
        world = self._world
        if to is None and not self.started:
            self.started = True
            world.feed.chat(self.id)
        message = world.add_message(chat, self.user, text=text, entities=entities, **more)
        told = message.as_json()
        world.record_act(verb, chat.id, self.name, shown or text, result=told)
        if to is None or to.tells_bot(message):
            world.updates.push("message", told)
        return message.seen()


def member(user: Json, status: str) -> Json:
    """Return the Bot API's ChatMember."""
    told: Json = {"user": user, "status": status}
    return {**told, "until_date": 0} if status == "kicked" else told


def _gone(message: Message) -> Json:
    return {"message_id": message.id, "chat": message.chat.as_json(), "date": 0}
