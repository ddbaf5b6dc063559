"""Many rows by one statement: they are stored as SQLAlchemy would have stored each of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.protocol.calendar.local_time import NaiveTimeError
from bot.store import outbox, statements
from bot.store.engine import Store, file_of
from bot.store.outbox import Letter
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
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Open a database that the examples share."""
    with opened(tmp_path_factory.mktemp("bulk") / "test.db") as store:
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
    """Return the rows whose keys begin so, as SQLite itself writes their values."""
    with closing(sqlite3.connect(path_of(store))) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(outbox)")]
        values = ", ".join(f"quote({name})" for name in names if name not in {"id", "key"})
        query = f"SELECT {values} FROM outbox WHERE key LIKE ? ORDER BY id"  # noqa: S608 - names only
        return connection.execute(query, (f"{prefix}%",)).fetchall()


def path_of(store: Store) -> Path:
    """Return the store's file."""
    return file_of(str(store._engine.url))


def test_a_time_without_a_zone_is_not_stored() -> None:
    """An instant is aware, however it is stored."""
    with pytest.raises(NaiveTimeError):
        statements.rows([(NOW.replace(tzinfo=None),)])
