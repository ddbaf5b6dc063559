"""What flows get to work with: the session, and how instants lie in the tables."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.dialects.sqlite import dialect
from sqlalchemy.exc import StatementError
from sqlmodel import Session as Db
from sqlmodel.sql.sqltypes import UTCDateTime

from bot.protocol.dose.dose import Dose
from bot.store import people
from bot.store.engine import Store
from bot.store.statements import Instant, read_instant, written_instant
from bot.store.tables import PersonRow, Role, RoleRow
from testkit.database import made
from testkit.people import enrolled

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a database with one athlete."""
    with Store(made(tmp_path / "test.db"), inline=True) as opened:
        opened.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)
        yield opened


def maria(db: Db) -> PersonRow:
    """Return the athlete."""
    found = people.by_telegram(db, 1001)
    assert found is not None
    return found


def test_a_row_is_read_once_by_its_key(store: Store) -> None:
    """Who needs the same person twice in a flow gets the row that is there."""
    asked: list[str] = []
    event.listen(store._writing, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def twice(db: Db) -> None:
        assert people.person(db, 1).name == "Maria"
        people.person(db, 1).name = "Mia"
        assert people.person(db, 1).name == "Mia"

    store.write_now(twice)
    assert [line.partition(" ")[0] for line in asked] == ["SELECT", "UPDATE"]


def test_what_a_savepoint_took_back_is_read_anew(store: Store) -> None:
    """A row that was changed in vain has its old values, and a deleted one is gone."""

    def flow(db: Db) -> None:
        with suppress(RuntimeError), db.begin_nested():
            people.person(db, 1).name = "Mia"
            db.flush()
            raise RuntimeError
        assert people.person(db, 1).name == "Maria"
        people.revoke(db, 1, Role.ATHLETE)
        assert db.get(RoleRow, (1, Role.ATHLETE)) is None

    store.write_now(flow)
    assert store.read_now(people.roles_of, 1) == frozenset()


def test_each_flow_reads_what_is_stored(store: Store) -> None:
    """What one flow has kept of a person, the next one does not see."""
    store.write_now(lambda db: setattr(maria(db), "name", "Mia"))
    store.write_now(lambda db: db.connection().execute(text("UPDATE person SET name = 'Ida'")))
    assert store.read_now(lambda db: people.person(db, 1).name) == "Ida"


zones = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
instants = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)


@given(instants)
def test_an_instant_lies_in_the_table_as_ever(moment: datetime) -> None:
    """It reads and writes the same text as the type that SQLModel brings."""
    sqlite = dialect()
    usual = UTCDateTime().dialect_impl(sqlite)
    before, after = usual.bind_processor(sqlite), usual.result_processor(sqlite, None)
    assert before is not None
    assert after is not None
    assert written_instant(moment) == before(moment)
    assert read_instant(written_instant(moment)) == after(before(moment)) == moment
    assert read_instant(written_instant(moment)).tzinfo is UTC


def test_no_instant_stays_none(store: Store) -> None:
    """A column without a time has none, and a time without a zone is refused."""
    kind: Any = Instant()  # type: ignore[no-untyped-call]
    assert kind.bind_processor(dialect())(None) is None
    assert kind.result_processor(dialect(), None)(None) is None
    with pytest.raises(StatementError, match="has no time zone"):
        store.write_now(lambda db: setattr(maria(db), "joined_at", NOW.replace(tzinfo=None)))
