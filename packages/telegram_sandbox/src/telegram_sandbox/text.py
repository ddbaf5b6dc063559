"""Text as Telegram counts it: in UTF-16 code units, trimmed at both ends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]

_LOW_SURROGATES = (b"\xdc", b"\xdd", b"\xde", b"\xdf")
_DETECT = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?<![\w/])(?P<bot_command>/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?)(?!\w)"
    r"|(?<![\w@])(?P<mention>@[a-zA-Z]\w{3,31})"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
)
_OPAQUE = frozenset({"code", "pre", "text_link"})


@dataclass(frozen=True)
class Formatted:
    """A text without mark-up, and where its formatting lies."""

    text: str
    entities: list[Entity] = field(default_factory=list)


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, the unit of every limit and offset."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def splits(text: str, offset: int) -> bool:
    """Tell whether an offset falls inside a character that takes two units."""
    raw = text.encode("utf-16-be")
    return raw[2 * offset : 2 * offset + 1] in _LOW_SURROGATES


def trimmed(formatted: Formatted) -> Formatted:
    """Return the text as Telegram stores it: no white space at its ends, entities moved along."""
    text = formatted.text.rstrip()
    body = text.lstrip()
    if len(body) == len(formatted.text):
        return formatted
    lost, length = units(text) - units(body), units(body)
    return Formatted(body, [kept for e in formatted.entities if (kept := _moved(e, lost, length))])


def _moved(entity: Entity, lost: int, length: int) -> Entity | None:
    start = max(entity["offset"] - lost, 0)
    end = min(entity["offset"] + entity["length"] - lost, length)
    return {**entity, "offset": start, "length": end - start} if end > start else None


def with_detected(formatted: Formatted) -> Formatted:
    """Return the text with the commands, links and mentions that Telegram finds by itself."""
    text = formatted.text
    if not any(mark in text for mark in "/@#"):
        return formatted
    hidden = [_span(e) for e in formatted.entities if e["type"] in _OPAQUE]
    found = []
    for match in _DETECT.finditer(text):
        start = units(text[: match.start()])
        end = start + units(match.group())
        if not any(start < stop and begin < end for begin, stop in hidden):
            found.append({"type": match.lastgroup, "offset": start, "length": end - start})
    return Formatted(text, in_order([*formatted.entities, *found])) if found else formatted


def in_order(entities: list[Entity]) -> list[Entity]:
    """Return entities as Telegram lists them: by offset, the outer before the inner."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _span(entity: Entity) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]
