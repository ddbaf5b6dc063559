"""People who type and tap, on a real database file; every message is rendered and delivered."""

import html
import json
import re
from pathlib import Path
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.coaching.messages import Album, File, WeekFile
from bot.conversation import message
from bot.conversation.interaction import Interaction
from bot.conversation.message import Message
from bot.conversation.screen import MAX_DATA, Screen
from bot.dispatch import due_work, registry
from bot.dispatch.commands.catalogue import Rules
from bot.store import outbox, people
from bot.store.tables import OutboxRow, OutboxState
from bot.telegram import router
from bot.telegram.renderer import look
from bot.telegram.update import Manner, Said
from bot.training.messages import TakeBack
from tests.flows.world import FlowWorld
from tests.labels import too_long

MAX_TEXT = 4_096
RULES = Rules("holdfast_bot", open_enrolment=False)
_TAG = re.compile(r"<[^>]+>")


class Talk(FlowWorld):
    """A bot without Telegram: what is typed goes through the router, what is told is seen."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.chats: dict[int, dict[int, Screen]] = {}
        self.toasts: list[str | None] = []
        self.away: set[int] = set()
        self.enclosed: list[Album | File | WeekFile] = []

    def says(self, who: int, text: str) -> str:
        """Let somebody type; return the newest message in their chat."""
        said = Said(who, "Name", Manner.TEXT, text)
        self._act(who, said, lambda turn: router.act(turn, said, RULES, []))
        return self.text(who)

    def presses_data(self, who: int, data: str, message_id: int = 1) -> str:
        """Let somebody press a button with this data; return their newest message."""
        said = Said(who, "Name", Manner.PRESS, data, message_id, "q")
        self._act(who, said, lambda turn: router.press(turn, said, RULES))
        return self.text(who)

    def taps(self, who: int, label: str) -> str:
        """Let somebody tap the newest button whose label begins so; return their newest message."""
        for message_id, screen in reversed(self.chats[who].items()):
            for button in (one for row in screen.rows for one in row):
                if button.label.startswith(label):
                    return self.presses_data(who, button.data, message_id)
        raise AssertionError(f"no button {label!r}: {self.labels(who)}")

    def time_acts(self, **passed: float) -> None:
        """Let time pass, and act on what is due then."""
        self.later(**passed)
        self.run(due_work.act_due, self.now)
        self._deliver()

    def text(self, who: int) -> str:
        """Return the newest message in a chat as it is read."""
        shown = self.chats.get(who)
        return html.unescape(_TAG.sub("", list(shown.values())[-1].text)) if shown else ""

    def labels(self, who: int) -> list[str]:
        """Return the buttons of the newest message."""
        newest = list(self.chats[who].values())[-1]
        return [button.label for row in newest.rows for button in row]

    def data(self, who: int, label: str) -> str:
        """Return what a button carries."""
        newest = list(self.chats[who].values())[-1]
        return next(b.data for row in newest.rows for b in row if b.label.startswith(label))

    # ---- delivering --------------------------------------------------------------------

    def _act(self, who: int, said: Said, act: Any) -> None:
        update = next(self.updates)

        def run(db: Db) -> None:
            person = people.who_is(db, who)
            act(Interaction(db, person, update, self.now, said.message_id, said.query_id))

        self.run(run)
        self._deliver()

    def _deliver(self) -> None:
        self.run(self._deliver_all)

    def _deliver_all(self, db: Db) -> None:
        waiting = select(OutboxRow).where(
            OutboxRow.state == OutboxState.PENDING, col(OutboxRow.chat_id).not_in(self.away)
        )
        for row in db.exec(waiting.order_by(col(OutboxRow.id))).all():
            self._deliver_one(db, row)

    def _deliver_one(self, db: Db, row: OutboxRow) -> None:
        intent = registry.load(row.kind, json.loads(row.body))
        target = getattr(intent, "message_id", None)
        if row.edits is not None:
            target = outbox.sent_message(db, row.edits)
        row.state, row.message_id = OutboxState.SENT, target or row.id
        db.add(row)
        db.flush()
        self._see(row.chat_id, row.message_id or 0, intent)

    def _see(self, chat: int, message_id: int, intent: Message) -> None:
        shown = self.chats.setdefault(chat, {})
        if isinstance(intent, message.Answer):
            self.toasts.append(intent.topic)
        elif isinstance(intent, message.Retire):
            if message_id in shown:
                shown[message_id] = Screen(text=shown[message_id].text)
        elif isinstance(intent, TakeBack):
            shown.pop(message_id, None)
        elif isinstance(intent, Album | File | WeekFile):
            self.enclosed.append(intent)
        elif not isinstance(intent, message.Menu):
            screen = look(intent, self.now)
            fits(screen)
            shown.pop(message_id, None)
            shown[message_id] = screen


def fits(screen: Screen) -> None:
    """Assert that Telegram takes a screen."""
    assert 0 < len(html.unescape(_TAG.sub("", screen.text))) <= MAX_TEXT
    assert too_long(screen) == []
    for button in (one for row in screen.rows for one in row):
        assert button.label
        assert len(button.data.encode()) <= MAX_DATA
