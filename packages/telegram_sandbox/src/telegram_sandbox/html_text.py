"""Telegram's HTML: its few tags, its escapes, and its complaints, each with a byte offset."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from telegram_sandbox.errors import ApiError, bad_request
from telegram_sandbox.text import Entity, Formatted, in_order, units

_PLAIN = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "tg-spoiler": "spoiler",
}
_TAGS = frozenset({*_PLAIN, "a", "span", "blockquote", "tg-time", "tg-emoji"})
_SURROGATES = range(0xD800, 0xE000)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TOKEN = re.compile(r"<|&(?:#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot);")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>")
_ATTRIBUTE = re.compile(r"""\s+([a-zA-Z][\w-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[\w.:/?&=%+-]+))?""")
TIME_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


@dataclass(frozen=True)
class _Open:
    name: str
    attributes: dict[str, str]
    offset: int
    text_at: int


def parse_html(source: str) -> Formatted:
    """Return the text and entities of an HTML text; raise the 400 that Telegram would give."""
    if "<" not in source and "&" not in source:
        return Formatted(source)
    reader = _Reader(source)
    reader.run()
    return Formatted("".join(reader.parts), in_order(reader.entities))


def _complaint(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


class _Reader:
    """Walks an HTML text once, keeping the open tags on a stack."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.entities: list[Entity] = []
        self._length = 0
        self._open: list[_Open] = []

    def run(self) -> None:
        position = 0
        while (match := _TOKEN.search(self.source, position)) is not None:
            self._say(self.source[position : match.start()])
            if match.group() == "<":
                position = self._tag(match.start())
            else:
                self._say(_unescape(match.group()))
                position = match.end()
        self._say(self.source[position:])
        if self._open:
            name = self._open[-1].name
            raise _complaint(f'Can\'t find end tag corresponding to start tag "{name}"')

    def _say(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self._length += units(text)

    def _tag(self, at: int) -> int:
        match = _TAG.match(self.source, at)
        where = len(self.source[:at].encode())
        if match is None:
            kind = "end" if self.source.startswith("</", at) else "start"
            raise _complaint(f"Unclosed {kind} tag at byte offset {where}")
        slash, name, rest = match.groups()
        if slash:
            self._close(name.lower(), where)
        else:
            self._begin(name.lower(), rest, where)
        return match.end()

    def _begin(self, name: str, rest: str, where: int) -> None:
        if name not in _TAGS:
            raise _complaint(f'Unsupported start tag "{name}" at byte offset {where}')
        attributes = _attributes(name, rest, where)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _complaint(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self._open.append(_Open(name, attributes, where, self._length))

    def _close(self, name: str, where: int) -> None:
        if not self._open:
            raise _complaint(f"Unexpected end tag at byte offset {where}")
        tag = self._open.pop()
        if tag.name != name:
            raise _complaint(
                f'Unmatched end tag at byte offset {where}, expected "</{tag.name}>", '
                f'found "</{name}>"'
            )
        entity = _entity(tag)
        length = self._length - tag.text_at
        if entity is not None and length:
            self._keep({**entity, "offset": tag.text_at, "length": length})

    def _keep(self, entity: Entity) -> None:
        if entity["type"] in {"code", "pre"}:
            # Nothing can be formatted inside code; a code in a pre only names its language.
            inner = [e for e in self.entities if e["offset"] >= entity["offset"]]
            self.entities = [e for e in self.entities if e["offset"] < entity["offset"]]
            whole = [e for e in inner if e["length"] == entity["length"] and "language" in e]
            if entity["type"] == "pre" and whole:
                entity["language"] = whole[0]["language"]
        self.entities.append(entity)


def _unescape(escape: str) -> str:
    body = escape[1:-1]
    if body.startswith("#"):
        digits = body[1:]
        code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        return chr(code) if 0 < code < sys.maxunicode and code not in _SURROGATES else escape
    return _NAMED[body]


def _attributes(name: str, rest: str, where: int) -> dict[str, str]:
    found, position = {}, 0
    rest = rest.rstrip().removesuffix("/").rstrip() if name == "tg-emoji" else rest.rstrip()
    while position < len(rest):
        match = _ATTRIBUTE.match(rest, position)
        if match is None:
            raise _complaint(
                "Expected equal sign in declaration of an attribute "
                f'of the tag "{name}" at byte offset {where}'
            )
        value = (match.group(2) or "").strip("\"'")
        found[match.group(1).lower()] = _TOKEN.sub(
            lambda m: m.group() if m.group() == "<" else _unescape(m.group()), value
        )
        position = match.end()
    return found


def _entity(tag: _Open) -> Entity | None:
    if tag.name == "a":
        return {"type": "text_link", "url": tag.attributes["href"]} if _linked(tag) else None
    if tag.name == "span":
        return {"type": "spoiler"}
    if tag.name == "blockquote":
        wide = "expandable" in tag.attributes
        return {"type": "expandable_blockquote" if wide else "blockquote"}
    if tag.name == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": tag.attributes.get("emoji-id", "")}
    if tag.name == "tg-time":
        return date_time(tag.attributes.get("unix", ""), tag.attributes.get("format", ""))
    return {"type": _PLAIN[tag.name], **_language(tag)}


def _linked(tag: _Open) -> bool:
    return bool(tag.attributes.get("href", "").strip())


def _language(tag: _Open) -> Entity:
    style = tag.attributes.get("class", "")
    if tag.name == "code" and style.startswith("language-"):
        return {"language": style.removeprefix("language-")}
    return {}


def date_time(unix: str, form: str) -> Entity:
    """Return a date_time entity; refuse a time or a format that Telegram does not know."""
    if not re.fullmatch(r"-?\d{1,10}", unix):
        raise _complaint(f'Invalid unix time "{unix}" specified')
    if not TIME_FORMAT.fullmatch(form):
        raise _complaint(f'Invalid date time format "{form}" specified')
    entity: Entity = {"type": "date_time", "unix_time": int(unix)}
    return {**entity, "date_time_format": form} if form else entity
