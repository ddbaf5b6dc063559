"""The methods that put a new message into a chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram_sandbox import keyboards, transcript
from telegram_sandbox.errors import bad_request
from telegram_sandbox.formatting import caption_text, message_text
from telegram_sandbox.schema import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram_sandbox.chats import Chat, Message
    from telegram_sandbox.files import Media
    from telegram_sandbox.text import Formatted
    from telegram_sandbox.world import World

Args = dict[str, Any]

_ALBUM_LEAST, _ALBUM_MOST = 2, 10
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note",
        "upload_video_note",
    }
)  # fmt: skip


def send_message(world: World, args: Args) -> Any:
    """Send a text."""
    chat = world.reachable(args["chat_id"])
    options = args.get("link_preview_options")
    extra = {"link_preview_options": options} if options else {}
    return _send(world, "sendMessage", chat, args, message_text(args), extra=extra)


def _media_sender(kind: str) -> Callable[[World, Args], Any]:
    method = f"send{kind.capitalize()}"

    def send_media(world: World, args: Args) -> Any:
        chat = world.reachable(args["chat_id"])
        caption = caption_text(args)
        names = ("duration", "width", "height", "performer", "title")
        facts = {name: args[name] for name in names if name in args}
        media = world.files.media(kind, args[kind], **facts)
        return _send(world, method, chat, args, caption, media=media)

    return send_media


def _send(
    world: World,
    method: str,
    chat: Chat,
    args: Args,
    body: Formatted,
    *,
    media: Media | None = None,
    extra: Args | None = None,
) -> Any:
    markup = keyboards.checked(args.get("reply_markup"), private=chat.private)
    inline = bool(markup) and "inline_keyboard" in markup if markup else False
    message = world.add_message(
        chat,
        world.me,
        text=body.text,
        entities=body.entities,
        media=media,
        markup=markup if inline else None,
        reply_markup=None if inline else markup,
        silent=bool(args.get("disable_notification")),
        reply_to=_quoted(chat, args.get("reply_parameters")),
        extra=extra or {},
    )
    return _recorded(world, method, args, message)


def _recorded(world: World, method: str, args: Args, message: Message) -> Any:
    told = message.as_json()
    who, text = transcript.sent(message)
    world.record_call(method, message.chat.id, args, who=who, text=text, result=told)
    return told


def _quoted(chat: Chat, parameters: Args | None) -> Message | None:
    if not parameters:
        return None
    quoted = chat.visible(parameters["message_id"])
    if quoted is None and not parameters.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return quoted


def send_media_group(world: World, args: Args) -> Any:
    """Send an album of two to ten photos or documents; all of them or none."""
    chat = world.reachable(args["chat_id"])
    items = args["media"]
    if not _ALBUM_LEAST <= len(items) <= _ALBUM_MOST:
        raise bad_request("group send failed: an album holds 2-10 items")
    kinds = {item["type"] for item in items}
    if len(kinds) > 1 or not kinds <= {"photo", "document"}:
        raise bad_request("group send failed: only photos or only documents can be grouped here")
    kind = kinds.pop()
    fields = TYPES[f"InputMedia{kind.capitalize()}"]
    if unknown := {name for item in items for name in item} - fields.keys():
        raise bad_request(f'unknown field "{min(unknown)}" in InputMedia')
    parts = [(caption_text(item), world.files.media(kind, item["media"])) for item in items]
    album = str(next(world.album_numbers))
    quoted = _quoted(chat, args.get("reply_parameters"))
    told = []
    for caption, media in parts:
        message = world.add_message(
            chat,
            world.me,
            text=caption.text,
            entities=caption.entities,
            media=media,
            silent=bool(args.get("disable_notification")),
            album=album,
            reply_to=quoted,
        )
        told.append(_recorded(world, "sendMediaGroup", args, message))
    return told


def send_chat_action(world: World, args: Args) -> Any:
    """Show that the bot is typing."""
    chat = world.reachable(args["chat_id"])
    if args["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.feed.tell("action", chat.id, action=args["action"])
    world.record_call("sendChatAction", chat.id, args, result=True)
    return True


HANDLERS = {
    "sendMessage": send_message,
    "sendPhoto": _media_sender("photo"),
    "sendDocument": _media_sender("document"),
    "sendAnimation": _media_sender("animation"),
    "sendAudio": _media_sender("audio"),
    "sendVideo": _media_sender("video"),
    "sendVoice": _media_sender("voice"),
    "sendMediaGroup": send_media_group,
    "sendChatAction": send_chat_action,
}
