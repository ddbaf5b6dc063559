"""Random objects of the Bot API's types: what an `Update` may hold, and in what shapes.

The published description is used where it is at hand beside the project, as in
the sandbox's test_schema.py; elsewhere the types of `SMALL`, which know every kind of update.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

Json = dict[str, Any]
Types = Mapping[str, Any]

_TOP: Final = Path(__file__).parents[2]
PUBLISHED: Final = Path(
    os.environ.get("TELEGRAM_BOT_API_JSON", _TOP.parent / "shared" / "telegram" / "bot-api.json")
)
BOX: Final = re.compile(r"Array of (.+)")

MESSAGES: Final = (
    *("message", "edited_message", "channel_post", "edited_channel_post", "business_message"),
    *("edited_business_message", "guest_message"),
)
OTHERS: Final = (
    *("business_connection", "deleted_business_messages", "message_reaction"),
    *("message_reaction_count", "inline_query", "chosen_inline_result", "shipping_query"),
    *("pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member"),
    *("chat_member", "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot"),
)
KINDS: Final = (*MESSAGES, "callback_query", *OTHERS)
"""Every kind of update of Bot API 10.1."""

_USER = "id!:Integer is_bot!:Boolean first_name!:String last_name:String username:String"
_FILE = "file_id!:String file_unique_id!:String file_size:Integer"
_SMALL: Final = {
    "User": _USER,
    "Chat": "id!:Integer type!:String title:String username:String",
    "Location": "latitude!:Float longitude!:Float horizontal_accuracy:Float",
    "Contact": "phone_number!:String first_name!:String user_id:Integer vcard:String",
    "Dice": "emoji!:String value!:Integer",
    "Document": f"{_FILE} file_name:String mime_type:String",
    "Voice": f"{_FILE} duration!:Integer",
    "PhotoSize": f"{_FILE} width!:Integer height!:Integer",
    "Sticker": f"{_FILE} type!:String width!:Integer height!:Integer is_animated!:Boolean "
    "is_video!:Boolean",
    "MessageEntity": "type!:String offset!:Integer length!:Integer url:String user:User",
    "Message": "message_id!:Integer from:User date!:Integer chat!:Chat text:String caption:String "
    "reply_to_message:Message location:Location contact:Contact dice:Dice document:Document "
    "voice:Voice sticker:Sticker photo:Array_of_PhotoSize entities:Array_of_MessageEntity "
    "sender_chat:Chat via_bot:User new_chat_members:Array_of_User left_chat_member:User "
    "migrate_to_chat_id:Integer edit_date:Integer",
    "InaccessibleMessage": "chat!:Chat message_id!:Integer date!:Integer",
    "CallbackQuery": "id!:String from!:User message:MaybeInaccessibleMessage "
    "inline_message_id:String chat_instance!:String data:String game_short_name:String",
    "ChatMemberMember": "status!:String user!:User",
    "ChatMemberBanned": "status!:String user!:User until_date!:Integer",
    "ChatMemberLeft": "status!:String user!:User",
    "ChatMemberUpdated": "chat!:Chat from!:User date!:Integer old_chat_member!:ChatMember "
    "new_chat_member!:ChatMember",
    "InlineQuery": "id!:String from!:User query!:String offset!:String",
    "Anything": "id!:String from!:User chat!:Chat date!:Integer user:User query:String",
}
_KINDS: Final = {
    "message": "Message",
    "callback_query": "CallbackQuery",
    "inline_query": "InlineQuery",
    "my_chat_member": "ChatMemberUpdated",
    "chat_member": "ChatMemberUpdated",
    **dict.fromkeys(MESSAGES, "Message"),
}


def _small_field(text: str) -> tuple[str, Json]:
    name, _, kind = text.partition(":")
    types = [kind.replace("Array_of_", "Array of ")]
    return name.removesuffix("!"), {"types": types, "required": name.endswith("!")}


@cache
def types() -> Types:
    """Return type → description: the published one, or a small one of our own."""
    if PUBLISHED.is_file():
        found: Types = json.loads(PUBLISHED.read_text(encoding="utf-8"))["types"]
        return found
    return small()


def small() -> Types:
    """Return the types that do not need the published description."""
    described: Json = {
        name: {"fields": dict(map(_small_field, fields.split()))} for name, fields in _SMALL.items()
    }
    kinds = {kind: {"types": [_KINDS.get(kind, "Anything")], "required": False} for kind in KINDS}
    described["Update"] = {"fields": kinds}
    described["MaybeInaccessibleMessage"] = {"one_of": ["Message", "InaccessibleMessage"]}
    members = ["ChatMemberMember", "ChatMemberBanned", "ChatMemberLeft"]
    return {**described, "ChatMember": {"one_of": members}}


STATUS: Final = {
    "ChatMemberOwner": "creator",
    "ChatMemberAdministrator": "administrator",
    "ChatMemberMember": "member",
    "ChatMemberRestricted": "restricted",
    "ChatMemberLeft": "left",
    "ChatMemberBanned": "kicked",
}
MAX_DEPTH: Final = 5
SOON: Final = 1_764_000_000
"""A date of the present, in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes objects. `special` gives the value of a field by its name, where it has one."""

    rng: Random
    types: Types
    special: Mapping[str, Callable[[], Any]]

    def make(self, kind: str, depth: int = 0) -> Any:
        """Return a random value of a type."""
        boxed = BOX.fullmatch(kind)
        if boxed is not None:
            return [self.make(boxed[1], depth + 1) for _ in range(self.rng.choice((0, 1, 1, 3)))]
        if kind in self.special:
            return self.special[kind]()
        if kind not in self.types:
            return self._plain(kind)
        described = self.types[kind]
        if "one_of" in described:
            return self.make(self.rng.choice(described["one_of"]), depth)
        return self._fields(kind, described.get("fields", {}), depth)

    def _fields(self, kind: str, fields: Mapping[str, Any], depth: int) -> Json:
        made: Json = {}
        for name, field in fields.items():
            if field["required"] or self._wants(len(fields), depth):
                made[name] = self._field(kind, name, field["types"], depth)
        return made

    def _wants(self, fields: int, depth: int) -> bool:
        """Whether an optional field is filled: about three an object, fewer deep inside."""
        return depth < MAX_DEPTH and self.rng.random() < min(0.5, 3 / (fields * (depth + 1)))

    def _field(self, kind: str, name: str, kinds: list[str], depth: int) -> Any:
        if name == "status" and kind in STATUS:
            return STATUS[kind]
        if name in self.special and kinds[0] in {"String", "Integer"}:
            return self.special[name]()
        if name.endswith(("date", "_time")):
            return SOON + self.rng.randrange(-100_000, 100_000)
        return self.make(self.rng.choice(kinds), depth + 1)

    def _plain(self, kind: str) -> Any:
        rng = self.rng
        values: dict[str, Callable[[], Any]] = {
            "Integer": lambda: rng.choice(
                (0, 1, -1, 7, rng.randrange(2**31), rng.randrange(2**52))
            ),
            "Float": lambda: rng.choice((0.0, -0.0, 90.0, rng.uniform(-400, 400))),
            "Boolean": lambda: rng.random() < 0.5,
            "String": lambda: rng.choice(("", "x", "٣", "a" * 64, "\u202eabc", "{}", "-1")),
        }
        return values.get(kind, lambda: True)()
