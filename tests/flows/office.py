"""A coach's and an admin's work by commands and buttons, on a real database file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sqlmodel import Session as Db
from sqlmodel import select

from bot.conversation.message import Message, Say
from bot.conversation.screen import MAX_DATA, Screen
from bot.dispatch.commands.catalogue import Rules
from bot.store import people, sessions
from bot.store.tables import AthleteRow, AuditRow, OccurrenceRow, OutboxRow, PlanRow, Role
from bot.telegram import router
from bot.telegram.renderer import look
from bot.telegram.update import Manner, Said
from testkit.database import filled
from tests.chat.plainly import plain
from tests.flows.world import ADMIN, RUNA, FlowWorld
from tests.labels import too_long

RULES = Rules("holdfast_bot", open_enrolment=False)
STRANGE_COACH = 700_000_044
STORED = (AthleteRow, PlanRow, OccurrenceRow, AuditRow)


@dataclass
class Office:
    """Runa in Berlin, 07:30 every day; her coach Kim; the admin Ada in New York."""

    world: FlowWorld
    screens: dict[int, Screen] = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path) -> Self:
        """Open a database with everybody in it."""
        filled(folder / "holdfast.db", _peopled)
        return cls(FlowWorld(folder))

    @property
    def runa(self) -> int:
        """Runa's id."""
        found = self.world.store.read_now(people.by_telegram, RUNA)
        assert found is not None
        assert found.id is not None
        return found.id

    # ---- acting

    def types(self, who: int, text: str) -> str:
        """Type a text; return what is answered."""
        said = Said(who, "", Manner.TEXT, text)
        return self._read(who, self.world.does(who, router.act, said, RULES, []))

    def presses(self, who: int, data: str) -> str:
        """Press a button with this data; return what is answered."""
        said = Said(who, "", Manner.PRESS, data)
        return self._read(who, self.world.presses(who, router.press, said, RULES))

    def taps(self, who: int, label: str) -> str:
        """Press the button of that label under the newest screen."""
        rows = self.screens[who].rows
        return self.presses(who, {b.label: b.data for row in rows for b in row}[label])

    def labels(self, who: int) -> list[str]:
        """Return the buttons of the newest screen."""
        return [button.label for row in self.screens[who].rows for button in row]

    def _read(self, who: int, told: list[Message]) -> str:
        screens = [look(one, self.world.now) for one in told if isinstance(one, Say)]
        for screen in screens:
            assert 0 < len(screen.text) <= 1_500, screen.text
            for button in (button for row in screen.rows for button in row):
                assert len(button.data.encode()) <= MAX_DATA
                assert button.label
            assert too_long(screen) == []
            self.screens[who] = screen
        return "\n".join(plain(screen.text) for screen in screens)

    # ---- reading

    def heard(self) -> list[str]:
        """Return everything that Runa was told so far, oldest first."""
        told = [one for one in self.world.letters(RUNA) if isinstance(one, Say)]
        return [plain(look(one, self.world.now).text) for one in told]

    def stored(self) -> list[Any]:
        """Return everything that a command about Runa could change."""
        kept = [self.world.store.read_now(_all, table) for table in STORED]
        return [[row.model_dump() for row in rows] for rows in kept]

    def athlete(self) -> AthleteRow:
        """Return Runa's row."""
        return self.world.store.read_now(people.athlete, self.runa)

    def dose(self) -> Any:
        """Return Runa's newest dose."""
        return sessions.dose_of(self.world.store.read_now(people.plan, self.runa))

    def letters(self) -> int:
        """Return how many letters there are."""
        return self.world.count(OutboxRow)


def _peopled(folder: Path) -> None:
    with FlowWorld(folder) as world:
        world.coach(world.athlete())
        world.person(STRANGE_COACH, "Coach Lee", Role.COACH)
        ada = world.person(ADMIN, "Ada", Role.ADMIN)
        world.run(lambda db: setattr(people.person(db, ada), "zone", "America/New_York"))


def _all(db: Db, table: Any) -> list[Any]:
    return list(db.exec(select(table)).all())
