"""From the parameters of a call to the text that people see."""

from __future__ import annotations

from typing import Any

from telegram_sandbox.errors import bad_request
from telegram_sandbox.html_text import TIME_FORMAT, parse_html
from telegram_sandbox.markdown_text import parse_markdown
from telegram_sandbox.text import Entity, Formatted, in_order, splits, trimmed, units, with_detected

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
_KINDS = frozenset(
    {
        "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bold",
        "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote",
        "code", "pre", "text_link", "text_mention", "custom_emoji", "date_time",
    }
)  # fmt: skip
_NEEDED = {"text_link": "url", "date_time": "unix_time", "custom_emoji": "custom_emoji_id"}


def message_text(args: dict[str, Any]) -> Formatted:
    """Return a message's text; refuse an empty one and one over 4096 units."""
    formatted = _parsed(args.get("text") or "", args.get("parse_mode"), args.get("entities"))
    if not formatted.text:
        raise bad_request("message text is empty")
    if units(formatted.text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return formatted


def caption_text(args: dict[str, Any]) -> Formatted:
    """Return a caption, which may be empty; refuse one over 1024 units."""
    formatted = _parsed(
        args.get("caption") or "", args.get("parse_mode"), args.get("caption_entities")
    )
    if units(formatted.text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    return formatted


def _parsed(source: str, mode: str | None, explicit: list[Entity] | None) -> Formatted:
    if "\x00" in source:
        raise bad_request("strings must be encoded in UTF-8")
    kind = (mode or "").lower()
    if kind == "html":
        formatted = parse_html(source)
    elif kind == "markdownv2":
        formatted = parse_markdown(source)
    elif kind:
        raise bad_request("unsupported parse_mode")
    else:
        formatted = Formatted(source, _checked(source, explicit or []))
    return with_detected(trimmed(formatted))


def _checked(text: str, entities: list[Entity]) -> list[Entity]:
    total = units(text)
    for entity in entities:
        kind = entity["type"]
        if kind not in _KINDS:
            raise bad_request(f'can\'t parse MessageEntity: unsupported type "{kind}" specified')
        start, length = entity["offset"], entity["length"]
        if start < 0 or length <= 0 or start + length > total:
            raise bad_request("can't parse MessageEntity: its offset and length leave the text")
        if splits(text, start) or splits(text, start + length):
            raise bad_request("can't parse MessageEntity: it begins or ends inside a character")
        if kind in _NEEDED and _NEEDED[kind] not in entity:
            raise bad_request(f"can't parse MessageEntity: Can't find field \"{_NEEDED[kind]}\"")
        if kind == "date_time" and not TIME_FORMAT.fullmatch(entity.get("date_time_format", "")):
            raise bad_request("can't parse MessageEntity: invalid date time format")
    return in_order(entities)
