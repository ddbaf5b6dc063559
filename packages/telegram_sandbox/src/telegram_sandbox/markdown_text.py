"""Telegram's MarkdownV2: its marks, its escapes, and its complaints, each with a byte offset."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from telegram_sandbox.errors import ApiError, bad_request
from telegram_sandbox.html_text import date_time
from telegram_sandbox.text import Entity, Formatted, in_order, units

_RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS = {"||": "spoiler", "__": "underline", "*": "bold", "_": "italic", "~": "strikethrough"}
_NAMES = {
    "spoiler": "Spoiler",
    "underline": "Underline",
    "bold": "Bold",
    "italic": "Italic",
    "strikethrough": "Strikethrough",
    "link": "TextUrl",
    "time": "TextUrl",
}


@dataclass(frozen=True)
class _Open:
    kind: str
    byte: int
    text_at: int


def parse_markdown(source: str) -> Formatted:
    """Return the text and entities of a MarkdownV2 text; raise the 400 Telegram would give."""
    reader = _Reader(source)
    reader.run()
    return Formatted("".join(reader.parts), in_order(reader.entities))


def _complaint(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")


class _Reader:
    """Walks a MarkdownV2 text once, keeping the open marks on a stack."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.entities: list[Entity] = []
        self._at = 0
        self._length = 0
        self._open: list[_Open] = []
        self._quote: int | None = None

    def run(self) -> None:
        line_start = True
        while self._at < len(self.source):
            if line_start and self._quoted_line():
                line_start = False
                continue
            line_start = self.source[self._at] == "\n"
            self._step()
        self._end_quote(wide=False)
        if self._open:
            last = self._open[-1]
            raise _complaint(
                f"Can't find end of {_NAMES[last.kind]} entity at byte offset {last.byte}"
            )

    def _quoted_line(self) -> bool:
        """Take the mark that begins a line of a quotation; a line without one ends it."""
        if self.source.startswith("**>", self._at):
            self._end_quote(wide=False)
            self._at += 2
        if self.source.startswith(">", self._at):
            self._quote = self._length if self._quote is None else self._quote
            self._at += 1
            return True
        self._end_quote(wide=False)
        return False

    def _end_quote(self, *, wide: bool) -> None:
        if self._quote is not None and self._length > self._quote:
            kind = "expandable_blockquote" if wide else "blockquote"
            self._keep({"type": kind}, self._quote)
        self._quote = None

    def _step(self) -> None:
        source, at = self.source, self._at
        letter = source[at]
        if letter == "\\" and at + 1 < len(source) and source[at + 1].isascii():
            self._say(source[at + 1], 2)
        elif letter == "`":
            self._code()
        elif letter == "[" or source.startswith("![", at):
            self._start("time" if letter == "!" else "link", 2 if letter == "!" else 1)
        elif letter == "]" and self._open and self._open[-1].kind in {"link", "time"}:
            self._end_link()
        elif mark := next((m for m in _MARKS if source.startswith(m, at)), None):
            self._toggle(mark)
        elif letter in _RESERVED:
            raise _complaint(
                f"Character '{letter}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            self._say(letter, 1)

    def _say(self, text: str, taken: int) -> None:
        self.parts.append(text)
        self._length += units(text)
        self._at += taken

    def _start(self, kind: str, taken: int) -> None:
        self._open.append(_Open(kind, len(self.source[: self._at].encode()), self._length))
        self._at += taken

    def _toggle(self, mark: str) -> None:
        kind = _MARKS[mark]
        if self._open and self._open[-1].kind == kind:
            self._keep({"type": kind}, self._open.pop().text_at)
            self._at += len(mark)
        elif mark == "||" and self._quote is not None and self._ends_line(2):
            self._end_quote(wide=True)
            self._at += 2
        elif any(tag.kind == kind for tag in self._open):
            last = self._open[-1]
            raise _complaint(
                f"Can't find end of {_NAMES[last.kind]} entity at byte offset {last.byte}"
            )
        else:
            self._start(kind, len(mark))

    def _ends_line(self, taken: int) -> bool:
        return self.source[self._at + taken : self._at + taken + 1] in {"", "\n"}

    def _code(self) -> None:
        mark = "```" if self.source.startswith("```", self._at) else "`"
        where = len(self.source[: self._at].encode())
        end = _closing(self.source, self._at + len(mark), mark)
        if end < 0:
            kind = "Pre" if mark == "```" else "Code"
            raise _complaint(f"Can't find end of {kind} entity at byte offset {where}")
        body, entity = self.source[self._at + len(mark) : end], {"type": "code"}
        if mark == "```":
            language, newline, rest = body.partition("\n")
            entity = {"type": "pre"}
            if newline:
                body = rest
                if language.strip():
                    entity["language"] = language.strip()
        start = self._length
        self._say(body.replace("\\`", "`").replace("\\\\", "\\"), end + len(mark) - self._at)
        self._keep(entity, start)

    def _end_link(self) -> None:
        tag = self._open.pop()
        self._at += 1
        if self.source[self._at : self._at + 1] != "(":
            return
        end = _closing(self.source, self._at + 1, ")")
        if end < 0:
            raise _complaint(f"Can't find end of a URL at byte offset {tag.byte}")
        url = self.source[self._at + 1 : end].replace("\\)", ")").replace("\\\\", "\\")
        self._at = end + 1
        if tag.kind == "time":
            query = parse_qs(urlsplit(url).query)
            entity = date_time(query.get("unix", [""])[0], query.get("format", [""])[0])
            self._keep(entity, tag.text_at)
        elif url:
            self._keep({"type": "text_link", "url": url}, tag.text_at)

    def _keep(self, entity: Entity, start: int) -> None:
        if self._length > start:
            self.entities.append({**entity, "offset": start, "length": self._length - start})


def _closing(source: str, start: int, mark: str) -> int:
    """Return where an unescaped mark next stands, or -1."""
    at = start
    while 0 <= at < len(source):
        if source[at] == "\\":
            at += 2
        elif source.startswith(mark, at):
            return at
        else:
            at += 1
    return -1
