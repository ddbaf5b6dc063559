"""A message whose form Telegram refuses, said more plainly: without markup, then without buttons.

What has to be heard – STOP, RELEASE, a question, an alert – is better plain than lost.
"""

from html.parser import HTMLParser
from typing import Final

from bot.delivery.ports import Call

LONGEST: Final = 4096
"""Telegram's limit for a text, in UTF-16 units."""


def next_of(call: Call) -> Call | None:
    """Return the same message one step plainer; None when it is as plain as can be."""
    method, arguments = call
    if arguments.get("parse_mode") == "HTML" and "text" in arguments:
        left = {name: value for name, value in arguments.items() if name != "parse_mode"}
        return method, {**left, "text": plain(arguments["text"])}
    if arguments.get("reply_markup") is not None:
        return method, {name: value for name, value in arguments.items() if name != "reply_markup"}
    return None


def plain(text: str) -> str:
    """Return HTML as it reads, no longer than a message may be."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return _cut("".join(reader.found))


class _Reader(HTMLParser):
    """Collects what is read of a text in HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        """Keep words."""
        self.found.append(data)


def _cut(text: str) -> str:
    """Return the whole lines of a text that fit; at least its beginning."""
    if _units(text) <= LONGEST:
        return text
    begun = text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", errors="ignore")
    return begun.rpartition("\n")[0] or begun


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
