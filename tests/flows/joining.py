"""People who join and change settings, on a real database file, and what they see."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.accounts.enrolment import buttons as enrolment_buttons
from bot.accounts.enrolment import open_link
from bot.accounts.enrolment import typed as enrolment_typed
from bot.accounts.invites import tokens
from bot.conversation.interaction import Interaction
from bot.conversation.screen import MAX_DATA, Screen
from bot.conversation.zone_input import CityGuess
from bot.dispatch.commands.catalogue import Rules
from bot.programme.settings import buttons as settings_buttons
from bot.programme.settings import typed as settings_typed
from bot.store import people
from bot.store.tables import OutboxRow, Role
from bot.telegram import router
from bot.telegram.update import Manner, Said
from testkit.database import filled
from testkit.virtual import HandClock
from testkit.world import World
from tests.chat import stored

START = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
"""A Tuesday; 12:05 in Berlin."""
ADMIN = 1
ANA = 7_000_000_001
BEN = 7_000_000_002
MAX_TEXT = 1_000
MAX_CONSENT = 1_500


def with_ana(folder: Path) -> None:
    """Make a database in which Ana is enrolled: every day at 18:00 in Berlin, left."""
    with JoinWorld(folder) as world:
        world.enrol(ANA, time="18:00")
        world.tap(ANA, "Finish")


class JoinWorld(World):
    """A bot without Telegram: updates go to use cases, replies are rendered as they are made."""

    def __init__(self, folder: Path, *, enrolled: bool = False) -> None:
        if enrolled:
            filled(folder / "holdfast.db", with_ana)
        super().__init__(folder, HandClock(START))
        self.topics: dict[int, list[tuple[str, dict[str, Any]]]] = {}
        self.screens: dict[int, dict[int, Screen]] = {}
        self.newest: dict[int, int] = {}
        self.answers: list[str | None] = []
        if not enrolled:
            self.run(people.join, ADMIN, "Ada", Role.ADMIN, self.now)
        self.seen = self.updates = self.size("outbox")

    # ---- people act --------------------------------------------------------------------

    def act(self, who: int, flow: Any, *args: Any, message_id: int | None = None, **kw: Any) -> Any:
        """Run a use case as one update of this person's."""
        self.updates += 1
        query_id = None if message_id is None else f"q{self.updates}"

        def act_now(db: Db) -> Any:
            found = people.who_is(db, who)
            turn = Interaction(db, found, self.updates, self.now, message_id, query_id)
            return flow(turn, *args, **kw)

        value = self.run(act_now)
        self._deliver()
        return value

    def invite(self, role: str = "athlete", name: str = "Ana") -> str:
        """Return the token of a new link."""
        self.act(ADMIN, tokens.create, role, name, "holdfast_bot")
        topic, values = self.last(ADMIN)
        assert topic == "invitation"
        link: str = values["link"]
        return link.partition("?start=")[2]

    def start(self, who: int, token: str | None = None, *, open_enrolment: bool = False) -> None:
        """Send /start."""
        self.act(who, open_link.start, token, open_enrolment=open_enrolment, name="A <b>name</b>")

    def press(self, who: int, data: str, message_id: int | None = None) -> None:
        """Press a button with this data, under the newest message where none is named."""
        message = self.newest.get(who, 1) if message_id is None else message_id
        _, verb, *rest = data.split(":", 3)
        if verb == "e":
            self.act(who, enrolment_buttons.press, *rest, message_id=message)
        elif verb == "s":
            item, value = (*rest, None)[:2]
            self.act(who, settings_buttons.press, item, value, message_id=message)
        else:
            said = Said(who, "", Manner.PRESS, data)
            self.act(who, router.press, said, Rules("holdfast_bot", False), message_id=message)

    def tap(self, who: int, label: str) -> None:
        """Press the button of that label under the newest message."""
        rows = self.screen(who).rows
        found = {button.label: button.data for row in rows for button in row}
        self.press(who, found[label])

    def type(self, who: int, text: str, *cities: tuple[str, str]) -> bool:
        """Type text; `cities` are what the edge finds for it."""
        guesses = [CityGuess(*city) for city in cities]
        step = self.read(people.who_is, who).step or ""
        flow = settings_typed.typed if step.startswith("settings:") else enrolment_typed.typed
        done: bool = self.act(who, flow, text, guesses)
        return done

    def enrol(self, who: int, token: str | None = None, **choices: str) -> None:
        """Walk through a whole enrolment by buttons, up to the summary."""
        self.start(who, token, open_enrolment=token is None)
        self.tap(who, "Agree")
        while self.topic(who) == "enrol_coach":
            self.tap(who, choices.get("coach", "No"))
        for label in ("Yes, 18 or older", "None of these", choices.get("side", "Left")):
            self.tap(who, label)
        self.type(who, choices.get("zone", "Europe/Berlin"))
        for label in ("Yes", choices.get("days", "Every day"), choices.get("time", "07:30")):
            self.tap(who, label)

    # ---- what is seen ------------------------------------------------------------------

    def last(self, who: int) -> tuple[str, dict[str, Any]]:
        """Return the newest topic and its values."""
        return self.topics[who][-1]

    def topic(self, who: int) -> str:
        """Return the newest topic."""
        return self.last(who)[0]

    def screen(self, who: int) -> Screen:
        """Return the newest message as it looks now."""
        return self.screens[who][self.newest[who]]

    def text(self, who: int) -> str:
        """Return the newest message's text."""
        return self.screen(who).text

    def labels(self, who: int) -> list[str]:
        """Return the newest message's buttons."""
        return [button.label for row in self.screen(who).rows for button in row]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return what a SELECT finds."""
        return self.read(lambda db: [tuple(row) for row in db.execute(text(sql))])

    def size(self, table: str) -> int:
        """Return how many rows a table has."""
        found: int = self.rows(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608
        return found

    def _deliver(self) -> None:
        for row in self.read(_letters, self.seen):
            self.seen = row.id or 0
            body = json.loads(row.body)
            if row.kind == "Say":
                self._say(row.chat_id, body)
            elif row.kind == "Answer":
                self.answers.append(body["topic"])
            elif row.kind == "Retire":
                screen = self.screens.get(row.chat_id, {}).get(body["message_id"])
                if screen is not None:
                    self.screens[row.chat_id][body["message_id"]] = Screen(text=screen.text)

    def _say(self, who: int, body: dict[str, Any]) -> None:
        screen = stored.screen(body["topic"], body["values"], self.now)
        check(screen, MAX_CONSENT if body["topic"] == "enrol_consent" else MAX_TEXT)
        self.topics.setdefault(who, []).append((body["topic"], body["values"]))
        message_id = body["message_id"] or self.seen
        self.screens.setdefault(who, {})[message_id] = screen
        self.newest[who] = message_id


def check(screen: Screen, longest: int) -> None:
    """Assert that Telegram would take a screen, and that a person can take it in."""
    assert 0 < len(screen.text) <= longest, screen.text
    for row in screen.rows:
        assert 0 < len(row) <= 4
        for button in row:
            assert button.label
            assert len(button.data.encode()) <= MAX_DATA
            assert button.data.isascii()
            assert (button.url is None) is bool(button.data)
    if screen.asks_location or screen.removes_keyboard:
        assert not screen.rows


def _letters(db: Db, after: int) -> list[OutboxRow]:
    query = select(OutboxRow).where(col(OutboxRow.id) > after).order_by(col(OutboxRow.id))
    return list(db.exec(query))
