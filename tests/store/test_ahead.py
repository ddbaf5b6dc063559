"""Statements whose result nobody asks for: a server is not waited for, and nothing else differs."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session as Db

from bot.protocol.dose.dose import Dose
from bot.protocol.session.events import Due, Event, Pain
from bot.store import facts, sessions
from bot.store.dialect import insert
from bot.store.engine import Store
from bot.store.statements import apart, send
from bot.store.tables import FactRow
from bot.training.session import apply_event
from testkit import postgresql
from testkit.database import made
from testkit.people import enrolled
from tests.store.test_store import in_one_commit

NOW: Final = datetime(2026, 11, 23, 6, tzinfo=UTC)
KEYS: Final = text("SELECT key FROM fact")
GONE: Final = text("DELETE FROM fact WHERE key = :one")
PUT: Final = insert(FactRow).values(key=bindparam("one"), value="", at=NOW)
PUT_VALUE: Final = insert(FactRow).values(key=bindparam("one"), value=bindparam("value"), at=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Open a database with its writer thread."""
    with Store(made(tmp_path / "test.db")) as opened:
        yield opened


@pytest.fixture
def url() -> str:
    """Return the address of a server's database without rows."""
    return postgresql.server().url(postgresql.databases().fresh())


def puts(*keys: str) -> Callable[[Db], None]:
    """Return a flow that sends rows ahead: one that is there already is an error."""

    def flow(db: Db) -> None:
        for key in keys:
            send(db, PUT, {"one": key})

    return flow


def asks(db: Db) -> int:
    """Wait for what was sent, whoever did, and see it."""
    return len(facts.facts(db, ""))


def unaware(db: Db) -> None:
    """Go on in spite of an error, as if it were one's own."""
    with suppress(DBAPIError), apart(db):
        asks(db)
    with suppress(DBAPIError):
        asks(db)


def stored(db: Db) -> list[str]:
    """Return what is stored."""
    return sorted(row.key for row in facts.facts(db, ""))


@pytest.mark.timeout(60)
async def test_more_than_a_socket_takes_at_once(store: Store) -> None:
    """Much that is sent ahead, or waited for, leaves whole: nobody waits for an answer to half."""
    much = "x" * 20_000_000

    def put(db: Db, key: str, *, ahead: bool) -> None:
        values = {"one": key, "value": much}
        if ahead:
            send(db, PUT_VALUE, values)
        else:
            db.connection().execute(PUT_VALUE, values)

    def flow(db: Db) -> None:
        for key, ahead in (("a", True), ("b", True), ("c", False)):
            put(db, key, ahead=ahead)

    await store.write(flow)
    assert {len(row.value) for row in await store.read(facts.facts, "")} == {len(much)}


async def test_who_sends_what_fails_is_told(store: Store) -> None:
    """Whoever's statement was waited for when it came to light: all others are stored."""
    flows = [puts("a"), puts("b", "a"), asks, unaware, puts("c"), unaware]
    results = await in_one_commit(store, *flows)
    assert [isinstance(one, IntegrityError) for one in results] == [
        flow is flows[1] for flow in flows
    ]
    assert results[2] == 1
    assert await store.read(stored) == ["a", "c"]


async def test_it_is_seen_at_once(store: Store) -> None:
    """By the flow itself, and by those after it in the same commit."""

    def sees(db: Db) -> int:
        puts("a")(db)
        return asks(db)

    assert await in_one_commit(store, sees, asks) == [1, 1]


async def test_what_was_asked_ahead_is_read_later(store: Store) -> None:
    """It has what was there when it was asked, whatever came behind it; and so has its count."""

    def flow(db: Db) -> tuple[list[str], int, int, list[str]]:
        first = send(db, PUT, {"one": "a"})
        asked = send(db, KEYS, {})
        second = send(db, GONE, {"one": "b"})
        puts("c")(db)
        then = send(db, KEYS, {})
        counts = first.rowcount, second.rowcount
        return [row[0] for row in asked.rows()], *counts, sorted(row[0] for row in then.rows())

    assert await store.write(flow) == (["a"], 1, 0, ["a", "c"])


def happens(db: Db, session_id: int, event: Event) -> None:
    """Let something happen in a session, when it is due."""
    stored = sessions.get(db, session_id)
    assert stored is not None
    apply_event.happen(db, stored, event, stored.value.due_at or NOW)


@pytest.mark.parametrize("inline", [True, False])
def test_a_session_reads_the_same(tmp_path: Path, inline: bool) -> None:  # noqa: FBT001 - a parameter
    """With its holds and answers, by whatever connection it is asked for."""
    with Store(made(tmp_path / f"{inline}.db"), inline=inline) as store:
        athlete = store.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)
        opened = store.write_now(apply_event.open_session, athlete, None, NOW)
        for event in (Pain(2), Due(), Due()):
            store.write_now(happens, opened.id, event)
        found = store.write_now(sessions.get, opened.id)
        assert found is not None
        assert found.value.before
        assert found.value.holds
        assert found == store.read_now(sessions.get, opened.id)
        assert [found] == store.write_now(sessions.all_live)
        assert store.write_now(sessions.get, opened.id + 1) is None


async def test_what_fails_in_a_savepoint_is_taken_back_with_it(store: Store) -> None:
    """And only that: the flow goes on."""

    def flow(db: Db) -> None:
        puts("a")(db)
        with suppress(IntegrityError), apart(db):
            puts("b", "a")(db)
        puts("c")(db)

    await store.write(flow)
    assert await store.read(stored) == ["a", "c"]


async def test_a_part_that_fails_by_itself_as_well(store: Store) -> None:
    """It is taken back all the same, and the flow goes on."""

    def flow(db: Db) -> None:
        puts("a")(db)
        with suppress(IntegrityError), apart(db):
            puts("b", "a")(db)
            raise ValueError
        puts("c")(db)

    await store.write(flow)
    assert await store.read(stored) == ["a", "c"]


async def test_many_at_once_after_a_part_that_failed(store: Store) -> None:
    """A server forgets what was prepared before: not what is prepared by then."""
    change = text("UPDATE fact SET value = :value WHERE key = :one")
    values = [{"one": "a", "value": "1"}, {"one": "b", "value": "2"}]

    def flow(db: Db) -> None:
        for _ in range(4):  # so often that it is prepared
            asks(db)
        with suppress(IntegrityError), apart(db):
            puts("a", "a")(db)
        db.connection().execute(change, values)
        db.connection().execute(change, values)

    await store.write(puts("b"))
    await store.write(flow)
    assert await store.read(stored) == ["b"]


async def test_its_rows_are_counted(store: Store) -> None:
    """Who is woken by commits is woken by these."""
    told: list[int] = []
    store.on_commit.append(lambda: told.append(1))
    before = store.changes
    await store.write(puts("a", "b"))
    assert (store.changes - before, told) == (2, [1])


async def test_what_is_wrong_with_it_is_judged(store: Store) -> None:
    """Also where it comes to light at the very end."""
    heard: list[int] = []
    store.on_fault.append(lambda: heard.append(1))
    with pytest.raises(IntegrityError):
        await store.write(puts("a", "a"))
    assert heard


def test_a_transaction_of_its_own(tmp_path: Path) -> None:
    """As commands and tests make them: nothing is left to wait for."""
    with Store(made(tmp_path / "inline.db"), inline=True) as store:
        store.write_now(puts("a"))
        with pytest.raises(IntegrityError):
            store.write_now(puts("b", "a"))
        store.write_now(puts("c"))
        assert store.read_now(stored) == ["a", "c"]


@pytest.mark.one_database("of a server")
async def test_a_connection_that_is_lost_meanwhile(url: str) -> None:
    """Nobody is told that anything was stored, and nothing is."""
    sent, go = threading.Event(), threading.Event()

    def flow(db: Db) -> None:
        puts("a")(db)
        sent.set()
        go.wait(10)

    with Store(url) as store:
        job = asyncio.ensure_future(store.write(flow))
        await asyncio.to_thread(sent.wait, 10)
        store.sever()
        go.set()
        with pytest.raises(OperationalError):
            await job
        assert store.lost is not None
    with Store(url) as store:
        assert store.read_now(stored) == []


@pytest.mark.one_database("of a server")
async def test_a_server_that_takes_its_time(url: str) -> None:
    """It is looked for, and then waited for; afterwards it is looked for again."""
    slow = text("SELECT pg_sleep(0.05)")
    with Store(url) as store:
        for _ in range(3):
            await store.write(lambda db: db.connection().execute(slow))
            for _ in range(60):
                await store.write(asks)
        await store.write(puts("a"))
        assert await store.read(stored) == ["a"]


Act = tuple[str, str]
ACTS: Final = st.tuples(st.sampled_from(["put", "undo", "ask", "nest"]), st.sampled_from("abcd"))


def acting(acts: list[Act]) -> Callable[[Db], None]:
    """Return a flow that does these one after the other."""

    def flow(db: Db) -> None:
        for act, key in acts:
            match act:
                case "put":
                    puts(key)(db)
                case "undo":
                    send(db, GONE, {"one": key})
                case "ask":
                    asks(db)
                case _:
                    with suppress(IntegrityError), apart(db):
                        puts(key)(db)

    return flow


def expected(flows: list[list[Act]]) -> tuple[list[bool], set[str]]:
    """Return which of the flows fail, and what is there after all."""
    there: set[str] = set()
    fails: list[bool] = []
    for acts in flows:
        mine, failed = set(there), False
        for act, key in acts:
            failed = failed or (act == "put" and key in mine)
            mine = mine - {key} if act == "undo" else mine | ({key} if act != "ask" else set())
        fails.append(failed)
        there = there if failed else mine
    return fails, there


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(flows=st.lists(st.lists(ACTS, min_size=1, max_size=5), min_size=1, max_size=8))
def test_as_if_each_had_been_waited_for(
    store_of: Callable[[], Store], flows: list[list[Act]]
) -> None:
    """Whatever flows are committed together: each is stored whole or not at all, in its order."""
    store = store_of()
    results = asyncio.run(in_one_commit(store, *map(acting, flows)))
    fails, there = expected(flows)
    assert [isinstance(one, Exception) for one in results] == fails
    assert set(store.read_now(stored)) == there


@pytest.fixture
def store_of(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Return what empties a database, and returns it."""
    with Store(made(tmp_path / "test.db")) as store:

        def empty() -> Store:
            store.write_now(lambda db: db.connection().execute(text("DELETE FROM fact")))
            return store

        yield empty
