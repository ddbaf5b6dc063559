"""Everything a person can tap, found by tapping it: each screen as fresh as when it came."""

import re
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from sqlmodel import select
from structlog.testing import capture_logs

from bot.store.tables import InboxRow
from telegram_sandbox import ChatMessage, Person
from telegram_sandbox.log import CALL, Entry
from testkit.world import BotWorld

NOT_ACTIVE = "not active"
_OLD = "in the chat: "
_FAULTS = frozenset(
    {"letter_broken", "update_failed", "due_row_failed", "page_failed", "chart_failed"}
)


@dataclass(frozen=True)
class Found:
    """A button on a screen, and the database and clock as they were when the screen came."""

    way: tuple[str, ...]
    message: int
    data: str
    state: sqlite3.Connection

    @property
    def kind(self) -> str:
        """The button's data without its numbers and places: one of a kind is pressed once."""
        return re.sub(r"\d+|[A-Z]\w+/\w+", "#", self.data)


@dataclass(frozen=True)
class Step:
    """What one act led to. A button that was in the chat before is not `fresh`."""

    way: tuple[str, ...]
    fresh: bool
    texts: tuple[str, ...]
    toasts: tuple[str, ...]
    faults: tuple[str, ...]
    found: tuple[Found, ...]


class Crawler:
    """Taps through what one person sees; nothing that a tap changes is there for the next."""

    def __init__(self, world: BotWorld, who: Person) -> None:
        self._world, self._who = world, who
        self._path = world.path
        self._at = world.clock.at
        self._seen: set[str] = set()

    def state(self) -> sqlite3.Connection:
        """Return a copy of the whole database as it is now."""
        copy = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._path)) as live:
            live.backup(copy)
        return copy

    async def steps(self, texts: list[str], deep: int) -> list[Step]:
        """Write each of the texts, then press every kind of button that follows, `deep` presses."""
        start, done = self.state(), list[Step]()
        waiting: deque[Found] = deque()
        for message in self._who.chat:
            for label, data in _buttons(message):
                way = (f"{_OLD}{message.text[:20]}", f"[{label}]")
                waiting.append(Found(way, message.id, data, start))
        for text in texts:
            self._restore(start)
            done.append(await self._act((text,), text=text))
            waiting.extend(done[-1].found)
        while waiting:
            one = waiting.popleft()
            if one.kind in self._seen or len(one.way) > deep + 1:
                continue
            self._seen.add(one.kind)
            self._restore(one.state)
            done.append(await self._act(one.way, press=one))
            waiting.extend(done[-1].found)
        self._restore(start)
        return done

    def _restore(self, state: sqlite3.Connection) -> None:
        world = self._world
        with closing(sqlite3.connect(self._path)) as live:
            state.backup(live)
        world.clock.at = self._at
        world.sender = world.sender_by(world.bot)

    async def _act(
        self, way: tuple[str, ...], *, text: str = "", press: Found | None = None
    ) -> Step:
        world, who = self._world, self._who
        before, toasts = world.sandbox.log.seq, len(who.toasts)
        with capture_logs() as logs:
            if press is None:
                who.say(text)
            else:
                who.press(press.data, press.message)
            await world.settle()
        calls = [one for one in world.sandbox.log.after(before) if one.kind == CALL]
        mine = [one for one in calls if one.chat_id == who.id and one.who]
        faults = [str(one) for one in logs if one["event"] in _FAULTS]
        faults += [f"{one.method}: {one.error}" for one in calls if _is_fault(one)]
        faults += world.store.read_now(
            lambda db: [row.error for row in db.exec(select(InboxRow)).all() if row.error]
        )
        return Step(
            way,
            not way[0].startswith(_OLD),
            tuple(one.text for one in mine),
            tuple(one.text for one in who.toasts[toasts:]),
            tuple(faults),
            tuple(self._found(way, mine)),
        )

    def _found(self, way: tuple[str, ...], calls: list[Entry]) -> Iterator[Found]:
        shown = {one.message_id for one in calls if one.message_id is not None}
        state = None
        for message in (self._who.message(number) for number in sorted(shown)):
            for label, data in _buttons(message):
                state = state or self.state()
                yield Found((*way, f"[{label}]"), message.id, data, state)


def _buttons(message: ChatMessage) -> Iterator[tuple[str, str]]:
    for row in message.buttons:
        for button in row:
            if button.data is not None:
                yield button.label, button.data


_BENIGN = ("not modified", "message to delete not found")
"""The chat is not taken back with the database: another way may have deleted the message."""


def _is_fault(one: Entry) -> bool:
    return one.error is not None and not any(text in one.error for text in _BENIGN)
