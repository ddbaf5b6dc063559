"""Two versions of the program on one server, one after another and back again; nothing is cut.

The next version is a copy of this one with another migration, and a message that it alone knows.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.letters import Priority
from bot.store import outbox
from bot.store.outbox import Letter
from telegram_sandbox import Person
from testkit import database, postgresql
from tests.copied import Copy
from tests.process.running import Place, Program, place_in
from tests.process.test_nodes import LATE_S, TEN, holds, is_released, is_whole
from tests.store import newer

pytestmark = [pytest.mark.one_database("of a server"), pytest.mark.long]
VERSION = text("SELECT version_num FROM alembic_version")
BACK = (
    "DROP TABLE IF EXISTS scale",
    "ALTER TABLE athlete DROP COLUMN IF EXISTS weight_kg",
    "UPDATE alembic_version SET version_num = '{}', readable_since = NULL",
)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Return a place with a server's database, which is as it was afterwards."""
    with database.kind(database.POSTGRESQL), database.given_back():
        async with place_in(tmp_path, drawing=False) as made:
            own = schema_of(made)
            yield made
        name = made.url.rpartition("/")[2]
        postgresql.server().run(*(one.format(own) for one in BACK), database=name)


@pytest.fixture
def next_one(tmp_path: Path) -> Copy:
    """Return the next version's source."""
    made = Copy(tmp_path)
    newer.migration(made.root / "bot/store/migrations")
    for file, more in (("messages", MESSAGE), ("words", WORDS)):
        path = f"bot/conversation/common/{file}.py"
        made.write(path, made.read(path) + more)
    return made


MESSAGE = """

@dataclass(frozen=True, slots=True)
class Weighed(Reply):
    topic: ClassVar[str] = "weighed"
"""
WORDS = """
from bot.conversation.common.messages import Weighed

WORDS.sentence(Weighed, "Your weight is saved.")
"""


def schema_of(place: Place) -> str:
    """Return of which version the tables are."""
    return str(place.write(lambda db: db.connection().execute(VERSION).scalar_one()))


async def starts(place: Place, of: Copy, *words: str) -> Program:
    """Start a command of another version."""
    return await place.starts(*words, PYTHONPATH=str(of.root))


async def migrates(place: Place, of: Copy) -> str:
    """Migrate by another version; return what it prints."""
    done = await starts(place, of, "migrate")
    assert await done.ended() == 0, done.printed
    return done.out[0]


async def test_to_the_next_version_and_back(place: Place, next_one: Copy) -> None:
    """Old leads, tables grow, new stands by, old ends, new leads; then the other way round."""
    before, people = schema_of(place), [place.enrol("Maria", dose=TEN)]
    old = await place.runs()
    printed = await migrates(place, next_one)
    assert printed.startswith(f"Schema: {before} → ")
    new = await starts(place, next_one, "run")
    await new.logs("standby")
    said = "Your weight is saved."
    place.write(outbox.put, letter(people[0]))
    await place.acted(people[0])
    await old.logs("letter_left_to_another_version")
    assert place.heard(people[0], said) == []
    await goes_on(place, people[0], old, new)
    await place.hears(people[0], said)
    again = await place.starts("run")
    await again.logs("standby")
    people.append(place.enrol("Jonas", dose=TEN))
    await goes_on(place, people[1], new, again)
    assert schema_of(place) > before
    assert await again.terminated() == 0


def letter(who: Person) -> Letter:
    """Return something that the next version alone has words for."""
    return Letter(
        key="weighed",
        chat_id=who.id,
        kind="Say",
        body={"topic": "weighed", "values": {}, "message_id": None},
        priority=Priority.REPLY,
        due=datetime.now(UTC),
    )


async def goes_on(place: Place, who: Person, leads: Program, waits: Program) -> None:
    """Who leads ends in a hold: the other one goes on with it."""
    await holds(place, who)
    assert await leads.terminated() == 0
    assert "event=handed_over" in leads.err[-1]
    await waits.logs("took_over")
    assert 9.5 < await is_released(place, who) < 10 + LATE_S
    await place.acted(who)
    assert place.heard(who, "short outage") == []
    assert place.cues(who) == ["HOLD 1", "RELEASE 1"]
    assert set(place.letters("Hold")) == {"sent"}


async def test_nobody_has_migrated(place: Place, next_one: Copy) -> None:
    """The new one is seen all the same; the tables are changed by it, as it begins to lead."""
    maria, before = place.enrol("Maria", dose=TEN), schema_of(place)
    old = await place.runs()
    new = await starts(place, next_one, "run")
    await new.logs("standby")
    assert schema_of(place) == before
    await goes_on(place, maria, old, new)
    assert schema_of(place) > before
    is_whole(place, maria)
