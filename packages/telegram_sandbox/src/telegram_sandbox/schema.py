"""The methods and types that the sandbox knows: every parameter, its types, whether it is needed.

The names of types are those of the Bot API 10.1. A test compares the table with the published one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Param:
    """One parameter of a method or one field of a type; any of its types will do."""

    types: tuple[str, ...]
    required: bool = False


Fields = Mapping[str, Param]


def _need(param: Param) -> Param:
    return replace(param, required=True)


_INTEGER = Param(("Integer",))
_STRING = Param(("String",))
_BOOLEAN = Param(("Boolean",))
_CHAT = Param(("Integer", "String"))
_FILE = Param(("InputFile", "String"))
_ENTITIES = Param(("Array of MessageEntity",))
_INLINE = Param(("InlineKeyboardMarkup",))
_STRINGS = Param(("Array of String",))
_MARKUP = Param(
    ("InlineKeyboardMarkup", "ReplyKeyboardMarkup", "ReplyKeyboardRemove", "ForceReply")
)
_ALBUM = Param(
    (
        "Array of InputMediaAudio",
        "Array of InputMediaDocument",
        "Array of InputMediaLivePhoto",
        "Array of InputMediaPhoto",
        "Array of InputMediaVideo",
    )
)

_TO: Fields = {
    "business_connection_id": _STRING,
    "chat_id": _need(_CHAT),
    "message_thread_id": _INTEGER,
}
_ALBUM_OPTIONS: Fields = {
    "direct_messages_topic_id": _INTEGER,
    "disable_notification": _BOOLEAN,
    "protect_content": _BOOLEAN,
    "allow_paid_broadcast": _BOOLEAN,
    "message_effect_id": _STRING,
    "reply_parameters": Param(("ReplyParameters",)),
}
_SENDING: Fields = {
    **_TO,
    **_ALBUM_OPTIONS,
    "suggested_post_parameters": Param(("SuggestedPostParameters",)),
    "reply_markup": _MARKUP,
}
_CAPTION: Fields = {"caption": _STRING, "parse_mode": _STRING, "caption_entities": _ENTITIES}
_SHOWN: Fields = {"show_caption_above_media": _BOOLEAN, "has_spoiler": _BOOLEAN}
_TARGET: Fields = {
    "business_connection_id": _STRING,
    "chat_id": _CHAT,
    "message_id": _INTEGER,
    "inline_message_id": _STRING,
    "reply_markup": _INLINE,
}
_AUDIENCE: Fields = {"scope": Param(("BotCommandScope",)), "language_code": _STRING}

METHODS: Mapping[str, Fields] = {
    "getMe": {},
    "getUpdates": {
        "offset": _INTEGER,
        "limit": _INTEGER,
        "timeout": _INTEGER,
        "allowed_updates": _STRINGS,
    },
    "setWebhook": {
        "url": _need(_STRING),
        "certificate": Param(("InputFile",)),
        "ip_address": _STRING,
        "max_connections": _INTEGER,
        "allowed_updates": _STRINGS,
        "drop_pending_updates": _BOOLEAN,
        "secret_token": _STRING,
    },
    "deleteWebhook": {"drop_pending_updates": _BOOLEAN},
    "getWebhookInfo": {},
    "sendMessage": {
        **_SENDING,
        "text": _need(_STRING),
        "parse_mode": _STRING,
        "entities": _ENTITIES,
        "link_preview_options": Param(("LinkPreviewOptions",)),
    },
    "sendPhoto": {**_SENDING, **_CAPTION, **_SHOWN, "photo": _need(_FILE)},
    "sendDocument": {
        **_SENDING,
        **_CAPTION,
        "document": _need(_FILE),
        "thumbnail": _FILE,
        "disable_content_type_detection": _BOOLEAN,
    },
    "sendAnimation": {
        **_SENDING,
        **_CAPTION,
        **_SHOWN,
        "animation": _need(_FILE),
        "duration": _INTEGER,
        "width": _INTEGER,
        "height": _INTEGER,
        "thumbnail": _FILE,
    },
    "sendAudio": {
        **_SENDING,
        **_CAPTION,
        "audio": _need(_FILE),
        "duration": _INTEGER,
        "performer": _STRING,
        "title": _STRING,
        "thumbnail": _FILE,
    },
    "sendVideo": {
        **_SENDING,
        **_CAPTION,
        **_SHOWN,
        "video": _need(_FILE),
        "duration": _INTEGER,
        "width": _INTEGER,
        "height": _INTEGER,
        "thumbnail": _FILE,
        "cover": _FILE,
        "start_timestamp": _INTEGER,
        "supports_streaming": _BOOLEAN,
    },
    "sendVoice": {**_SENDING, **_CAPTION, "voice": _need(_FILE), "duration": _INTEGER},
    "sendMediaGroup": {**_TO, **_ALBUM_OPTIONS, "media": _need(_ALBUM)},
    "sendChatAction": {**_TO, "action": _need(_STRING)},
    "editMessageText": {
        **_TARGET,
        "text": _STRING,
        "parse_mode": _STRING,
        "entities": _ENTITIES,
        "link_preview_options": Param(("LinkPreviewOptions",)),
        "rich_message": Param(("InputRichMessage",)),
    },
    "editMessageCaption": {**_TARGET, **_CAPTION, "show_caption_above_media": _BOOLEAN},
    "editMessageMedia": {**_TARGET, "media": _need(Param(("InputMedia",)))},
    "editMessageReplyMarkup": _TARGET,
    "deleteMessage": {"chat_id": _need(_CHAT), "message_id": _need(_INTEGER)},
    "pinChatMessage": {
        "business_connection_id": _STRING,
        "chat_id": _need(_CHAT),
        "message_id": _need(_INTEGER),
        "disable_notification": _BOOLEAN,
    },
    "unpinChatMessage": {
        "business_connection_id": _STRING,
        "chat_id": _need(_CHAT),
        "message_id": _INTEGER,
    },
    "answerCallbackQuery": {
        "callback_query_id": _need(_STRING),
        "text": _STRING,
        "show_alert": _BOOLEAN,
        "url": _STRING,
        "cache_time": _INTEGER,
    },
    "getChat": {"chat_id": _need(_CHAT)},
    "getFile": {"file_id": _need(_STRING)},
    "setMyCommands": {"commands": _need(Param(("Array of BotCommand",))), **_AUDIENCE},
    "getMyCommands": _AUDIENCE,
    "deleteMyCommands": _AUDIENCE,
    "setMyDescription": {"description": _STRING, "language_code": _STRING},
    "getMyDescription": {"language_code": _STRING},
    "setMyShortDescription": {"short_description": _STRING, "language_code": _STRING},
    "getMyShortDescription": {"language_code": _STRING},
    "setChatMenuButton": {"chat_id": _INTEGER, "menu_button": Param(("MenuButton",))},
    "getChatMenuButton": {"chat_id": _INTEGER},
}

TYPES: Mapping[str, Fields] = {
    "InlineKeyboardMarkup": {
        "inline_keyboard": _need(Param(("Array of Array of InlineKeyboardButton",)))
    },
    "InlineKeyboardButton": {
        "text": _need(_STRING),
        "icon_custom_emoji_id": _STRING,
        "style": _STRING,
        "url": _STRING,
        "callback_data": _STRING,
        "web_app": Param(("WebAppInfo",)),
        "login_url": Param(("LoginUrl",)),
        "switch_inline_query": _STRING,
        "switch_inline_query_current_chat": _STRING,
        "switch_inline_query_chosen_chat": Param(("SwitchInlineQueryChosenChat",)),
        "copy_text": Param(("CopyTextButton",)),
        "callback_game": Param(("CallbackGame",)),
        "pay": _BOOLEAN,
    },
    "ReplyKeyboardMarkup": {
        "keyboard": _need(Param(("Array of Array of KeyboardButton",))),
        "is_persistent": _BOOLEAN,
        "resize_keyboard": _BOOLEAN,
        "one_time_keyboard": _BOOLEAN,
        "input_field_placeholder": _STRING,
        "selective": _BOOLEAN,
    },
    "KeyboardButton": {
        "text": _need(_STRING),
        "icon_custom_emoji_id": _STRING,
        "style": _STRING,
        "request_users": Param(("KeyboardButtonRequestUsers",)),
        "request_chat": Param(("KeyboardButtonRequestChat",)),
        "request_managed_bot": Param(("KeyboardButtonRequestManagedBot",)),
        "request_contact": _BOOLEAN,
        "request_location": _BOOLEAN,
        "request_poll": Param(("KeyboardButtonPollType",)),
        "web_app": Param(("WebAppInfo",)),
    },
    "ReplyKeyboardRemove": {"remove_keyboard": _need(_BOOLEAN), "selective": _BOOLEAN},
    "ForceReply": {
        "force_reply": _need(_BOOLEAN),
        "input_field_placeholder": _STRING,
        "selective": _BOOLEAN,
    },
    "MessageEntity": {
        "type": _need(_STRING),
        "offset": _need(_INTEGER),
        "length": _need(_INTEGER),
        "url": _STRING,
        "user": Param(("User",)),
        "language": _STRING,
        "custom_emoji_id": _STRING,
        "unix_time": _INTEGER,
        "date_time_format": _STRING,
    },
    "LinkPreviewOptions": {
        "is_disabled": _BOOLEAN,
        "url": _STRING,
        "prefer_small_media": _BOOLEAN,
        "prefer_large_media": _BOOLEAN,
        "show_above_text": _BOOLEAN,
    },
    "ReplyParameters": {
        "message_id": _need(_INTEGER),
        "chat_id": _CHAT,
        "allow_sending_without_reply": _BOOLEAN,
        "quote": _STRING,
        "quote_parse_mode": _STRING,
        "quote_entities": _ENTITIES,
        "quote_position": _INTEGER,
        "checklist_task_id": _INTEGER,
        "poll_option_id": _STRING,
    },
    "BotCommand": {"command": _need(_STRING), "description": _need(_STRING)},
    "InputMediaPhoto": {
        "type": _need(_STRING),
        "media": _need(_STRING),
        **_CAPTION,
        **_SHOWN,
    },
    "InputMediaDocument": {
        "type": _need(_STRING),
        "media": _need(_STRING),
        "thumbnail": _STRING,
        **_CAPTION,
        "disable_content_type_detection": _BOOLEAN,
    },
}

LOADED = tuple(name for name in METHODS if name.startswith(("send", "edit")))
"""The methods that Telegram's rate rules count."""
