"""Many rows by one statement: they are stored as SQLAlchemy would have stored each of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import NaiveTimeError
from bot.store import outbox, statements
from bot.store.dialect import has_file
from bot.store.engine import Store
from bot.store.outbox import Letter
from bot.store.tables import OutboxRow
from testkit import database
from testkit.database import opened

NOW: Final = datetime(2026, 11, 23, 6, tzinfo=UTC)
MINUTES: Final = st.integers(-14 * 60, 14 * 60).map(lambda n: timezone(timedelta(minutes=n)))
INSTANTS: Final = st.datetimes(datetime(1971, 1, 2), datetime(9998, 1, 1), timezones=MINUTES)
TEXTS: Final = st.text(st.characters(exclude_categories=["Cs"]))
IDS: Final = st.integers(-(2**63), 2**63 - 1)


@st.composite
def letters(draw: st.DrawFn) -> Letter:
    """Draw any letter that edits none, but for its key."""
    return Letter(
        key="",
        chat_id=draw(IDS),
        kind=draw(st.sampled_from(["Say", "Reminder"])),
        body=draw(st.dictionaries(TEXTS, TEXTS | st.none() | IDS | st.booleans(), max_size=3)),
        priority=draw(st.integers(0, 7)),
        due=draw(INSTANTS),
        not_after=draw(st.none() | INSTANTS),
        repeatable=draw(st.booleans()),
        session_id=draw(st.none() | IDS),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, engine: str) -> Iterator[Store]:
    """Open a database that the examples share."""
    del engine  # it says of which kind
    with database.given_back(), opened(tmp_path_factory.mktemp("bulk") / "test.db") as store:
        yield store


KEYS: Final = count(1)


@given(many=st.lists(letters(), max_size=4))
def test_many_letters_are_stored_as_each_alone(store: Store, many: list[Letter]) -> None:
    """Whatever a letter holds: text of any kind, times of any zone, nothing at all."""
    run = next(KEYS)
    for place, letter in enumerate(many):
        store.write_now(outbox.put, with_key(letter, f"{run}:alone:{place}"))
    together = [with_key(letter, f"{run}:many:{place}") for place, letter in enumerate(many)]
    store.write_now(outbox.put_many, together)
    assert stored(store, f"{run}:many:") == stored(store, f"{run}:alone:")
    store.write_now(outbox.put_many, together)
    assert len(stored(store, f"{run}:many:")) == len(many)


def with_key(letter: Letter, key: str) -> Letter:
    """Return a letter under another key."""
    values = {name: getattr(letter, name) for name in Letter.__slots__}
    return Letter(**{**values, "key": key})


def stored(store: Store, prefix: str) -> list[tuple[Any, ...]]:
    """Return the rows whose keys begin so, as the database itself writes their values."""
    columns = OutboxRow.__table__.columns  # type: ignore[attr-defined]
    names = [column.name for column in columns if column.name not in {"id", "key"}]

    def rows(db: Db) -> list[tuple[Any, ...]]:
        spelt = "quote({})" if has_file(db) else "CAST({} AS text)"
        values = ", ".join(map(spelt.format, names))
        query = f"SELECT {values} FROM outbox WHERE key LIKE :key ORDER BY id"  # noqa: S608 - names only
        found = db.connection().execute(text(query), {"key": f"{prefix}%"})
        return [tuple(row) for row in found]

    return store.read_now(rows)


def test_a_time_without_a_zone_is_not_stored() -> None:
    """An instant is aware, however it is stored."""
    with pytest.raises(NaiveTimeError):
        statements.rows([(NOW.replace(tzinfo=None),)])
