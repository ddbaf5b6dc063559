"""What is stored of updates, whatever their ids: each once, in the order of receipt."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session as Db

from bot.dispatch import updates
from bot.store import inbox
from bot.store.engine import Store
from bot.store.inbox import Arrived
from testkit.database import in_memory

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
# So few ids that they come again, with other payloads and with the same; three dates of a message.
DATES = st.sampled_from((None, NOW, NOW - timedelta(hours=1)))
ARRIVED = st.builds(Arrived, st.integers(1, 6), st.integers(1, 2), st.sampled_from("abc"), DATES)
BATCHES = st.lists(
    st.tuples(st.lists(ARRIVED, max_size=5), st.booleans(), st.booleans()), max_size=8
)


@pytest.fixture
def store() -> Iterator[Store]:
    """Open an empty database."""
    with in_memory() as opened:
        yield opened


def name(one: Arrived) -> tuple[int, str]:
    """Return what tells an update from all others."""
    return one.update_id, one.payload


@given(BATCHES)
def test_f109_each_update_is_handled_once_in_the_order_of_receipt(
    batches: list[tuple[list[Arrived], bool, bool]],
) -> None:
    """Batches under any ids, repeated or not, handled at once or left for later."""
    received: dict[tuple[int, str], Arrived] = {}
    handled: list[str] = []
    with in_memory() as store:
        for batch, backlog, handles in batches:
            told = store.write_now(updates.receive, batch, NOW, backlog=backlog)
            for one in batch:
                received.setdefault(name(one), one)
            if handles:
                handled += taken(store)
                assert not set(_payloads(told)) - set(handled)
        handled += taken(store)
        assert taken(store) == []
    assert handled == [one.payload for one in received.values()]


def _payloads(told: list[Arrived]) -> list[str]:
    return [one.payload for one in told]


def taken(store: Store) -> list[str]:
    """Handle all that waits, in order; return its payloads."""
    found: list[str] = []
    for one in store.read_now(inbox.waiting).updates:
        assert store.write_now(inbox.take, one.update_id, NOW) is not None
        found.append(one.payload)
    return found


def test_f109_an_update_that_comes_again_long_after_is_another(store: Store) -> None:
    """What was handled a week ago is not compared any more: Telegram keeps an update for a day."""
    first = Arrived(7, 1, "{}")
    (kept,) = store.write_now(updates.receive, [first], NOW, backlog=False)
    store.write_now(inbox.take, kept.update_id, NOW)
    assert store.write_now(updates.receive, [first], NOW, backlog=False) == []
    store.write_now(inbox.prune, NOW + timedelta(days=8))
    (again,) = store.write_now(updates.receive, [first], NOW, backlog=False)
    assert again.update_id > kept.update_id


def test_f109_what_is_known_is_found_by_its_index(store: Store) -> None:
    """However many updates are kept, none of them is looked through."""

    def plan(db: Db) -> str:
        raw: Any = db.connection().connection.dbapi_connection
        seen: list[str] = []
        raw.set_trace_callback(seen.append)
        inbox.numbered(db, [Arrived(1, 1, "{}"), Arrived(2, 1, "{}")])
        raw.set_trace_callback(None)
        return " ".join(str(row[3]) for row in raw.execute(f"EXPLAIN QUERY PLAN {seen[0]}"))

    found = store.read_now(plan)
    assert "SCAN" not in found, found
    assert "inbox_known" in found
