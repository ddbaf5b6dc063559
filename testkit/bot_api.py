"""What the Bot API answers: in the sandbox's words, from so little work that it is not measured.

Nothing is remembered but the calls: no chat has to begin, and any message can be edited. Of an
HTML text the plain words come back, without its entities.
"""

import html
import json
import random
import re
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from testkit.rules import Rules, busiest, is_counted

TOKEN: Final = "1:BENCH"
ME: Final = {"id": 1, "is_bot": True, "first_name": "Holdfast", "username": "bench_bot"}
RIGHTS: Final = {
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": False,
}
BEGUN: Final = 1_764_000_000
"""Unix time of the answers' first second."""
_TAG: Final = re.compile(r"<[^>]*>")
_FROM: Final = json.dumps(ME)

Fields = Mapping[str, str]
Answer = tuple[int, bytes]
"""HTTP status and body."""


@dataclass(slots=True)
class Record:
    """Every call: its method, whom it was about, when it came, and whether it was taken.

    `about` is the chat; of an answer to a press the press's id where that is a number; else 0.
    """

    names: list[str] = field(default_factory=list)
    method: "array[int]" = field(default_factory=lambda: array("B"))
    about: "array[int]" = field(default_factory=lambda: array("q"))
    at: "array[float]" = field(default_factory=lambda: array("d"))
    taken: "array[int]" = field(default_factory=lambda: array("B"))

    def add(self, method: str, about: int, at: float, *, taken: bool) -> None:
        """Note one call."""
        if method not in self.names:
            self.names.append(method)
        self.method.append(self.names.index(method))
        self.about.append(about)
        self.at.append(at)
        self.taken.append(taken)

    def __len__(self) -> int:
        return len(self.at)

    def __iter__(self) -> Iterator[tuple[str, int, float, bool]]:
        """Give (method, about, at, taken) of each call, in order."""
        for method, about, at, taken in zip(
            self.method, self.about, self.at, self.taken, strict=True
        ):
            yield self.names[method], about, at, bool(taken)


@dataclass(frozen=True, slots=True)
class Report:
    """What a Bot API saw. Instants are of its own clock."""

    record: Record
    over_all: int
    over_chat: int

    @property
    def violations(self) -> int:
        """Calls over a limit."""
        return self.over_all + self.over_chat

    @property
    def calls(self) -> Counter[str]:
        """How many calls of each method came."""
        return Counter(method for method, *_rest in self.record)

    @property
    def refused(self) -> int:
        """How many calls were answered with 429."""
        return sum(not taken for *_call, taken in self.record)

    @property
    def counted(self) -> list[float]:
        """When each message or edit came, also those that were refused."""
        return [at for method, _about, at, _taken in self.record if is_counted(method)]

    @property
    def busiest_second(self) -> int:
        """The most messages and edits that came in any rolling second."""
        return busiest(self.counted)


class BotApi:
    """Answers calls, asks the rule-book about each, and keeps the record."""

    def __init__(self, rules: Rules | None = None) -> None:
        self._rules = rules or Rules()
        self._record = Record()
        self._messages = 0

    def report(self) -> Report:
        """Return what was seen so far."""
        return Report(self._record, self._rules.over_all, self._rules.over_chat)

    def call(self, method: str, fields: Fields, at: float) -> Answer:
        """Carry out one call that came at `at` (seconds, never going back)."""
        answer = _ANSWERS.get(method)
        if answer is None:
            return refusal(404, "Not Found")
        chat = fields.get("chat_id")
        chat_id = int(chat) if chat else None
        wait = self._rules.judge_call(method, chat_id, at)
        about = fields.get("callback_query_id", "")
        number = chat_id or (int(about) if about.isdecimal() else 0)
        self._record.add(method, number, at, taken=wait is None)
        if wait is not None:
            return refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if chat_id is None:
            return 200, answer(0, fields, "")
        self._messages += method.startswith("send")
        return 200, answer(self._messages, fields, _chat(chat_id, int(at)))


def refusal(code: int, description: str, **parameters: int) -> Answer:
    """Return an answer as Telegram refuses."""
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return code, json.dumps(body).encode()


def taken(result: object) -> bytes:
    """Return the body of an answer whose result is a plain value."""
    return json.dumps({"ok": True, "result": result}).encode()


def _chat(chat_id: int, second: int) -> str:
    kind = "supergroup" if chat_id < 0 else "private"
    name = "title" if chat_id < 0 else "first_name"
    chat = f'{{"id": {chat_id}, "type": "{kind}", "{name}": "Athlete"}}'
    return f'"from": {_FROM}, "chat": {chat}, "date": {BEGUN + second}'


def _message(number: int, fields: Fields, common: str, more: str = "") -> bytes:
    buttons = fields.get("reply_markup", "")
    if buttons.startswith('{"inline_keyboard"'):
        more += f', "reply_markup": {buttons}'
    return f'{{"ok": true, "result": {{"message_id": {number}, {common}{more}}}}}'.encode()


def _words(fields: Fields, name: str) -> str:
    """Return the text or caption as a field of an answer."""
    text = fields.get(name, "")
    if fields.get("parse_mode") == "HTML":
        text = html.unescape(_TAG.sub("", text))
    return f', "{name}": {json.dumps(text)}' if text else ""


def _sent(number: int, fields: Fields, common: str) -> bytes:
    return _message(number, fields, common, _words(fields, "text"))


def _photo(number: int, fields: Fields, common: str) -> bytes:
    size = '"file_size": 1000, "width": 800, "height": 450'
    photo = f', "photo": [{{"file_id": "p{number}", "file_unique_id": "u{number}", {size}}}]'
    return _message(number, fields, common, photo + _words(fields, "caption"))


def _audio(number: int, fields: Fields, common: str) -> bytes:
    told = f'"file_unique_id": "u{number}", "duration": {fields.get("duration", "0")}'
    audio = f', "audio": {{"file_id": "a{number}", {told}}}'
    return _message(number, fields, common, audio + _words(fields, "caption"))


def _edited(_number: int, fields: Fields, common: str) -> bytes:
    more = f', "edit_date": {BEGUN}' + _words(fields, "text")
    return _message(int(fields["message_id"]), fields, common, more)


def _plain(result: object) -> Callable[[int, Fields, str], bytes]:
    body = taken(result)
    return lambda _number, _fields, _common: body


_ANSWERS: Final[dict[str, Callable[[int, Fields, str], bytes]]] = {
    "sendMessage": _sent,
    "sendPhoto": _photo,
    "sendAudio": _audio,
    "deleteMessage": _plain(True),
    "editMessageText": _edited,
    "editMessageReplyMarkup": _edited,
    "answerCallbackQuery": _plain(True),
    "getMe": _plain({**ME, **RIGHTS}),
    "deleteWebhook": _plain(True),
    "setMyCommands": _plain(True),
}


class Latency:
    """How long each answer takes: `mean` seconds, up to `spread` more or less, from a seed."""

    def __init__(self, mean: float, spread: float, seed: int = 1) -> None:
        self._low, self._high = mean - spread, mean + spread
        self._random = random.Random(seed)  # noqa: S311 - jitter

    def draw(self) -> float:
        """Return the seconds of the next answer."""
        return self._random.uniform(self._low, self._high)
