"""How the simulation reads what is committed, and lets a database fail, of either kind."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session as Db

from bot.store import facts
from bot.store.faults import is_passing
from testkit import database
from tests.simulation.ledger import moment
from tests.simulation.machine import CUTS, MortalStore
from tests.simulation.place import empty_place

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
SIZE = 100_000
"""Of a value that fits on no page there is."""
AT_ONCE_S = 4.0
"""Less than the program waits for a lock."""


class Case:
    """A database, the bot's store on it, and who reads beside."""

    def __init__(self) -> None:
        self.kept = empty_place().kept
        self.at: dict[str, str] = {}
        with self.kept.impatient():
            self.store = MortalStore(self.kept.url, self._passes, lambda: None)
        self.reading = self.kept.read()

    def _passes(self, point: str) -> None:
        if point == self.at.get("kill"):
            self.store.dead = True
        if point == self.at.get("end"):
            self.kept.end()

    def write(self, key: str) -> None:
        """Store a value that needs room."""

        def flow(db: Db) -> None:
            facts.set_fact(db, key, "x" * SIZE, NOW)

        self.store.write_now(flow)

    def refuses(self, key: str = "refused") -> BaseException:
        """Return why the database says, at once, that a write has failed."""
        begun = monotonic()
        with pytest.raises(SQLAlchemyError) as refused:
            self.write(key)
        assert monotonic() - begun < AT_ONCE_S
        return refused.value

    @property
    def stored(self) -> list[str]:
        """The keys that are committed."""
        return [row["key"] for row in self.reading.rows("SELECT key FROM fact ORDER BY key")]


@contextmanager
def opened() -> Iterator[Case]:
    """Open an empty database for the block."""
    made = Case()
    try:
        yield made
    finally:
        made.reading.close()
        made.store.close()


@pytest.fixture
def case() -> Iterator[Case]:
    """Open an empty database for the test."""
    with opened() as made:
        yield made


def test_what_is_committed_is_noticed(case: Case) -> None:
    """Looking changes nothing, a commit does; instants come as text, by name and by place."""
    before = case.reading.version()
    assert case.reading.version() == before
    case.write("one")
    assert case.reading.version() != before
    (row,) = case.reading.rows("SELECT at, key FROM fact WHERE key LIKE ? AND key <> '%'", "o%")
    assert isinstance(row["at"], str)
    assert (moment(row["at"]), row[1], len(tuple(row))) == (NOW, "one", 2)


def test_who_waits_for_a_lock_fails_at_once(case: Case) -> None:
    """Writes are refused in a way that passes; afterwards all is as before."""
    release = case.kept.lock()
    assert is_passing(case.refuses())
    release()
    case.write("one")
    assert case.stored == ["one"]


def test_a_full_disk_takes_nothing(case: Case) -> None:
    """What needs room is refused in a way that passes, until there is room again."""
    case.kept.fill(case.store.driver)
    assert is_passing(case.refuses())
    case.kept.make_room(case.store.driver)
    case.write("one")
    assert case.stored == ["one"]


@pytest.mark.parametrize(("point", "left"), [("write_before", []), ("write_after", ["one"])])
def test_a_kill_in_a_transaction_leaves_nothing(case: Case, point: str, left: list[str]) -> None:
    """Before the commit nothing is stored, and nobody has to wait; after it all is."""
    case.at["kill"] = point
    with pytest.raises(asyncio.CancelledError):
        case.write("one")
    assert case.stored == left
    case.kept.lock()()


@pytest.mark.one_database("a file has no other side")
@pytest.mark.parametrize(("point", "left"), list(zip(CUTS, ([], [], ["one"]), strict=True)))
def test_an_ended_connection_is_lost(point: str, left: list[str]) -> None:
    """The writer fails, also where its transaction is stored, and is lost; who reads comes back."""
    with database.kind(database.POSTGRESQL), opened() as case:
        case.store.read_now(facts.facts, "")
        case.at["end"] = point
        if point == "turn":
            case.kept.end()
        assert is_passing(case.refuses("one"))
        assert case.store.lost is not None
        assert case.stored == left
        with pytest.raises(SQLAlchemyError):
            case.store.read_now(facts.facts, "")
        assert [one.key for one in case.store.read_now(facts.facts, "")] == left
