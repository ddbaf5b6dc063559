"""Groups: several people and the bot, with the privacy that bots have there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram_sandbox.chats import Chat
from telegram_sandbox.people import Person, member

if TYPE_CHECKING:
    from telegram_sandbox.chats import Message
    from telegram_sandbox.seen import ChatMessage
    from telegram_sandbox.world import World

_FIRST_ID = -1_001_000_000_000


class Group:
    """A group chat. Without `privacy=False` the bot sees only commands and replies to itself."""

    def __init__(self, world: World, chat: Chat, members: list[Person], *, privacy: bool) -> None:
        self.chat = chat
        self.members = members
        self.privacy = privacy
        self._world = world
        by = members[0].user if members else world.me
        self._tell_membership(by, "left", "member")

    @property
    def id(self) -> int:
        """The chat's identifier, a negative number."""
        return self.chat.id

    @property
    def messages(self) -> list[ChatMessage]:
        """What the members see, oldest first."""
        return [m.seen() for m in self.chat.messages.values() if not m.deleted]

    def tells_bot(self, message: Message) -> bool:
        """Tell whether the bot gets to see what a member wrote."""
        if not self.privacy:
            return True
        if message.reply_to is not None and message.reply_to.from_bot:
            return True
        word = message.text.partition(" ")[0]
        name = word.partition("@")[2]
        return word.startswith("/") and name in ("", self._world.me["username"])

    def upgrade(self) -> Group:
        """Turn a plain group into a supergroup with a new identifier, and return that one."""
        by = self.members[0].user if self.members else self._world.me
        world, old = self._world, self.chat
        fresh = Group.make(world, old.names["title"], self.members, privacy=self.privacy)
        told = world.add_message(old, by, extra={"migrate_to_chat_id": fresh.id})
        world.updates.push("message", told.as_json())
        told = world.add_message(fresh.chat, by, extra={"migrate_from_chat_id": old.id})
        world.updates.push("message", told.as_json())
        old.migrated_to = fresh.id
        return fresh

    @classmethod
    def make(
        cls,
        world: World,
        title: str,
        members: list[Person],
        *,
        kind: str = "supergroup",
        privacy: bool = True,
    ) -> Group:
        """Found a group that the bot is a member of from the start."""
        count = sum(not chat.private for chat in world.chats.values())
        number = _FIRST_ID - count if kind == "supergroup" else -1_000_000 - count
        chat = Chat(number, kind, {"title": title})
        world.chats[number] = chat
        return cls(world, chat, members, privacy=privacy)

    def _tell_membership(self, by: dict[str, Any], before: str, after: str) -> None:
        self._world.updates.push(
            "my_chat_member",
            {
                "chat": self.chat.as_json(),
                "from": by,
                "date": int(self._world.now().timestamp()),
                "old_chat_member": member(self._world.me, before),
                "new_chat_member": member(self._world.me, after),
            },
        )
