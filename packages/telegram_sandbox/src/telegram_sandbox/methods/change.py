"""The methods that change, remove or pin a message that is already there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram_sandbox import keyboards, transcript
from telegram_sandbox.errors import bad_request
from telegram_sandbox.formatting import caption_text, message_text
from telegram_sandbox.schema import TYPES

if TYPE_CHECKING:
    from telegram_sandbox.chats import Message
    from telegram_sandbox.text import Formatted
    from telegram_sandbox.world import World

Args = dict[str, Any]

_SAME = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)


def edit_text(world: World, args: Args) -> Any:
    """Change the text of the bot's message, and its keyboard: none given takes it away."""
    if "rich_message" in args:
        raise bad_request('the sandbox does not know parameter "rich_message"')
    message = _editable(world, args)
    body = message_text(args)
    if message.media is not None:
        raise bad_request("there is no text in the message to edit")
    return _edit_body(world, "editMessageText", args, message, body)


def edit_caption(world: World, args: Args) -> Any:
    """Change the caption of the bot's photo or file, and its keyboard."""
    message = _editable(world, args)
    body = caption_text(args)
    if message.media is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit_body(world, "editMessageCaption", args, message, body)


def edit_media(world: World, args: Args) -> Any:
    """Put a photo or document, with its caption, in the place of what the bot's message has.

    A text takes it too, and becomes its caption's message.
    """
    message, told = _editable(world, args), args["media"]
    kind = told.get("type")
    fields = TYPES.get(f"InputMedia{str(kind).capitalize()}")
    if kind not in {"photo", "document"} or fields is None:
        raise bad_request("the sandbox edits only photos and documents into a message")
    if unknown := told.keys() - fields.keys():
        raise bad_request(f'unknown field "{min(unknown)}" in InputMedia')
    body = caption_text(told)
    media = world.files.media(kind, told["media"])
    before, message.media = message.media, media
    if before is not None and before.file.data == media.file.data:
        return _edit_body(world, "editMessageMedia", args, message, body)
    message.edits.append(message.text)
    message.text, message.entities, message.markup = body.text, body.entities, _inline(args)
    return _edited(world, "editMessageMedia", args, message, transcript.edited(message))


def edit_markup(world: World, args: Args) -> Any:
    """Change the keyboard of the bot's message; none given takes it away."""
    message = _editable(world, args)
    markup = _inline(args)
    if markup == message.markup:
        raise bad_request(_SAME)
    message.markup = markup
    return _edited(world, "editMessageReplyMarkup", args, message, transcript.rebuttoned(message))


def _edit_body(world: World, method: str, args: Args, message: Message, body: Formatted) -> Any:
    markup = _inline(args)
    same_body = (body.text, body.entities) == (message.text, message.entities)
    if same_body and markup == message.markup:
        raise bad_request(_SAME)
    if not same_body:
        message.edits.append(message.text)
    message.text, message.entities, message.markup = body.text, body.entities, markup
    if options := args.get("link_preview_options"):
        message.extra = {**message.extra, "link_preview_options": options}
    shown = transcript.rebuttoned(message) if same_body else transcript.edited(message)
    return _edited(world, method, args, message, shown)


def _edited(world: World, method: str, args: Args, message: Message, shown: tuple[str, str]) -> Any:
    message.edited_at = world.now()
    world.feed.message(message)
    told = message.as_json()
    who, text = shown
    world.record_call(method, message.chat.id, args, who=who, text=text, result=told)
    return told


def _inline(args: Args) -> keyboards.Markup | None:
    markup = args.get("reply_markup")
    return keyboards.inline(markup) if markup else None


def _editable(world: World, args: Args) -> Message:
    if "inline_message_id" in args:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in args:
        raise bad_request("chat_id is empty")
    chat = world.reachable(args["chat_id"])
    if "message_id" not in args:
        raise bad_request("message identifier is not specified")
    message = chat.visible(args["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or message.reply_markup:
        raise bad_request("message can't be edited")
    return message


def delete_message(world: World, args: Args) -> Any:
    """Remove a message that is at most 48 hours old."""
    chat = world.reachable(args["chat_id"])
    message = chat.visible(args["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if not chat.private and not message.from_bot:
        raise bad_request("message can't be deleted")
    if world.now() - message.date > world.delete_max_age:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    world.feed.message(message)
    text = f'"{transcript.title(message)}"'
    world.record_call("deleteMessage", chat.id, args, who="Bot deletes", text=text, result=True)
    return True


def pin(world: World, args: Args) -> Any:
    """Pin a message at the top of its chat."""
    chat = world.reachable(args["chat_id"])
    message = chat.visible(args["message_id"])
    if message is None:
        raise bad_request("message to pin not found")
    chat.pinned = [number for number in chat.pinned if number != message.id] + [message.id]
    world.feed.chat(chat.id)
    text = f'"{transcript.title(message)}"'
    world.record_call("pinChatMessage", chat.id, args, who="Bot pins", text=text, result=True)
    return True


def unpin(world: World, args: Args) -> Any:
    """Unpin a message, or the one pinned last."""
    chat = world.reachable(args["chat_id"])
    number = args.get("message_id", chat.pinned[-1] if chat.pinned else None)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    world.feed.chat(chat.id)
    world.record_call("unpinChatMessage", chat.id, args, result=True)
    return True


HANDLERS = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "pinChatMessage": pin,
    "unpinChatMessage": unpin,
}
