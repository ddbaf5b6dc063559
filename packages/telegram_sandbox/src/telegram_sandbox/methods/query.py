"""The methods that answer taps, look things up, and choose how updates come."""

from __future__ import annotations

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from telegram_sandbox.errors import bad_request
from telegram_sandbox.files import DOWNLOAD_LIMIT
from telegram_sandbox.people import Toast
from telegram_sandbox.text import units
from telegram_sandbox.world import Webhook, World

Args = dict[str, Any]

_ANSWER_LIMIT = 200
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_CONNECTIONS = range(1, 101)
_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def get_me(world: World, _: Args) -> Any:
    """Return the bot itself."""
    return {
        **world.me,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def answer_callback(world: World, args: Args) -> Any:
    """End the waiting of a tapped button, with a short text or without."""
    text = args.get("text", "")
    if units(text) > _ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query = world.queries.pop(args["callback_query_id"], None)
    if query is None or world.now() - query.at > world.callback_max_age:
        raise bad_request(_TOO_OLD)
    alert = bool(args.get("show_alert"))
    world.feed.tell("toast", query.chat_id, id=query.id, text=text, alert=alert)
    who = ""
    if text:
        world.people[query.person_id].toasts.append(Toast(text, alert))
        who = "Bot alerts" if alert else "Bot toasts"
    method = "answerCallbackQuery"
    world.record_call(method, query.chat_id, args, who=who, text=text, result=True)
    return True


def get_chat(world: World, args: Args) -> Any:
    """Return what is known of a chat."""
    chat = world.chat(args["chat_id"])
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    told: Args = {
        **chat.as_json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys((*gifts, "gifts_from_channels"), False),
    }
    if chat.pinned and (message := chat.visible(chat.pinned[-1])):
        told["pinned_message"] = message.as_json()
    return told


def get_file(world: World, args: Args) -> Any:
    """Return where a file can be fetched; at most 20 MB."""
    file = world.files.find(args["file_id"])
    if len(file.data) > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {**file.as_json(), "file_path": file.path}


def set_webhook(world: World, args: Args) -> Any:
    """Have updates posted to an address on this machine; an empty one ends that."""
    if not args["url"]:
        return delete_webhook(world, args)
    if not _on_this_machine(args["url"]):
        raise bad_request("bad webhook: the sandbox posts to loopback addresses only")
    secret = args.get("secret_token")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = args.get("max_connections", 40)
    if connections not in _CONNECTIONS:
        raise bad_request("max_connections must be between 1 and 100")
    if "allowed_updates" in args:
        world.updates.allowed = args["allowed_updates"]
    if args.get("drop_pending_updates"):
        world.updates.drop()
    world.use_webhook(Webhook(args["url"], secret, connections))
    world.record_call("setWebhook", None, args, text=args["url"], result=True)
    return True


def _on_this_machine(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def delete_webhook(world: World, args: Args) -> Any:
    """Go back to polling."""
    if args.get("drop_pending_updates"):
        world.updates.drop()
    world.webhook = None
    world.updates.webhook_active = False
    world.updates.wake()
    world.record_call("deleteWebhook", None, args, result=True)
    return True


def get_webhook_info(world: World, _: Args) -> Any:
    """Return where updates are posted, and what went wrong last."""
    hook = world.webhook
    told: Args = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }
    if hook:
        told["max_connections"] = hook.max_connections
    if world.updates.allowed:
        told["allowed_updates"] = world.updates.allowed
    if hook and world.webhook_error:
        at, message = world.webhook_error
        told |= {"last_error_date": int(at.timestamp()), "last_error_message": message}
    return told


HANDLERS = {
    "getMe": get_me,
    "answerCallbackQuery": answer_callback,
    "getChat": get_chat,
    "getFile": get_file,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
