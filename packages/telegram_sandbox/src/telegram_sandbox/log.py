"""The activity log: every call with an effect and every person's act, in order, to wait on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CALL = "call"
ACT = "act"


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    seq: int
    at: datetime
    kind: str
    """ "call" for a call of the bot, "act" for something a person did."""
    chat_id: int | None
    method: str
    """The Bot API's method, or the person's verb."""
    who: str = ""
    """Who speaks in the transcript; empty for what no chat shows."""
    text: str = ""
    spoken: bool = True
    """Whether the text is what was said, rather than what was done."""
    params: Mapping[str, Any] = field(default_factory=dict, repr=False)
    result: Any = field(default=None, repr=False)
    error: str | None = None

    @property
    def summary(self) -> str:
        """The line of the transcript, without its time."""
        return self.line()

    def line(self, time: str = "") -> str:
        """Return the line of the transcript, with a time behind who speaks."""
        if not self.who:
            return self.text
        return f"{self.who}{time}{':' if self.spoken else ''} {self.text}"

    @property
    def ok(self) -> bool:
        """Whether the call had its effect."""
        return self.error is None

    @property
    def message_id(self) -> int | None:
        """The message that the call sent or edited, or that the act made."""
        return self.result.get("message_id") if isinstance(self.result, dict) else None


Wanted = str | Callable[[Entry], bool]


class Log:
    """Append-only; `describe` gives the text that a failed wait shows."""

    def __init__(self, describe: Callable[[], str] = str) -> None:
        self._entries: list[Entry] = []
        self._describe = describe
        self._waiting: dict[asyncio.Future[Entry], Callable[[Entry], bool]] = {}
        self._listeners: list[Callable[[Entry], object]] = []
        self._latest_act = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]

    @property
    def seq(self) -> int:
        """The number of the newest entry; 0 when there is none."""
        return len(self._entries)

    def listen(self, callback: Callable[[Entry], object]) -> None:
        """Call back with every entry from now on."""
        self._listeners.append(callback)

    def append(
        self, at: datetime, kind: str, chat_id: int | None, method: str, **more: Any
    ) -> Entry:
        """Add an entry and wake whoever waits for it."""
        entry = Entry(len(self._entries) + 1, at, kind, chat_id, method, **more)
        self._entries.append(entry)
        if kind == ACT:
            self._latest_act = entry.seq
        for future, matches in list(self._waiting.items()):
            if not future.done() and matches(entry):
                future.set_result(entry)
        for callback in self._listeners:
            callback(entry)
        return entry

    def after(self, seq: int) -> list[Entry]:
        """Return the entries with a higher number."""
        return self._entries[max(seq, 0) :]

    def between(self, first: int, last: int) -> list[Entry]:
        """Return the entries numbered first < seq < last."""
        return self._entries[max(first, 0) : max(last - 1, 0)]

    def find(self, wanted: Wanted, *, after: int = 0) -> Entry | None:
        """Return the first matching entry after a number, if it is already there."""
        matches = matcher(wanted)
        return next((entry for entry in self.after(after) if matches(entry)), None)

    def none(self, wanted: Wanted, *, after: int = 0) -> bool:
        """Tell whether nothing that matches happened after a number."""
        return self.find(wanted, after=after) is None

    async def wait_for(
        self,
        wanted: Wanted,
        *,
        after: int | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Entry:
        """Return the first matching entry after a number, now or as soon as it happens.

        A text matches what the bot said, by a call that succeeded. Without `after` the search
        begins at the newest act of a person. A time-out raises AssertionError and shows the
        transcript.
        """
        start = self._latest_act if after is None else after
        if found := self.find(wanted, after=start):
            return found
        future: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        self._waiting[future] = matcher(wanted)
        try:
            return await asyncio.wait_for(future, timeout)
        except TimeoutError:
            what = repr(wanted) if isinstance(wanted, str) else "what the predicate wants"
            raise AssertionError(
                f"{what} did not come within {timeout} s after entry {start}; this happened:\n"
                + self._describe()
            ) from None
        finally:
            del self._waiting[future]


def matcher(wanted: Wanted) -> Callable[[Entry], bool]:
    """Return the predicate that a text or a predicate stands for."""
    if callable(wanted):
        return wanted
    return lambda entry: entry.kind == CALL and entry.ok and wanted in entry.text
