"""The database itself: strictness, the writer thread, claims, migrations."""

import asyncio
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy import event as listening
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlmodel import Session as Db
from sqlmodel import SQLModel, select

from bot.dispatch import updates, upkeep
from bot.expected import Code
from bot.letters import Priority
from bot.protocol.dose.dose import Dose
from bot.store import facts, inbox, outbox, outbox_claims, people, schema, sessions
from bot.store.dialect import has_file
from bot.store.engine import FileLock, Store, StoreError, file_of, open_engine, quiet
from bot.store.inbox import Arrived
from bot.store.migrate import migrate
from bot.store.outbox import Letter
from bot.store.refusals import ServerError
from bot.store.steps import config
from bot.store.tables import FactRow, HoldRow, OutboxState, PersonRow, RatingRow, ToldDaysRow
from testkit.database import made
from testkit.people import enrolled
from testkit.plans import plans

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a migrated database without rows."""
    return made(tmp_path / "test.db")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Open the database with its writer thread."""
    with Store(url) as opened:
        yield opened


def rating(db: Db, value: int | None) -> None:
    """Store a pain note of `value`."""
    athlete = enrolled(db, 1001, "Maria", Dose(), None, NOW)
    db.add(RatingRow(athlete_id=athlete, moment="note", value=value, at=NOW))  # type: ignore[arg-type]
    db.flush()


@pytest.mark.parametrize("value", [-1, 11, None])
async def test_f70_pain_out_of_range_can_not_be_stored(store: Store, value: int | None) -> None:
    """The database itself refuses a pain outside 0–10 and a missing one."""
    with pytest.raises(IntegrityError):
        await store.write(rating, value)


@pytest.mark.parametrize("value", ["'three'", "'3.5'", "11", "-1", "NULL"])
def test_f70_not_even_by_hand(url: str, value: str) -> None:
    """STRICT tables refuse what plain SQL would slip in."""
    by_hand = text(f"UPDATE rating SET value = {value}")  # noqa: S608 - the test's own values
    with Store(url, inline=True) as store:
        store.write_now(rating, 3)
        with pytest.raises(DBAPIError):
            store.write_now(lambda db: db.connection().execute(by_hand))


async def test_f12_an_instant_comes_back_as_it_was(store: Store) -> None:
    """An aware time of another zone is stored and read as the same instant, in UTC."""
    tokyo = datetime(2026, 11, 23, 15, 30, tzinfo=timezone(timedelta(hours=9)))
    await store.write(facts.set_fact, "k", "v", tokyo)
    found = await store.read(facts.fact, "k")
    assert found is not None
    assert (found.at, found.at.tzinfo) == (tokyo, UTC)


async def test_f11_a_naive_time_is_refused(store: Store) -> None:
    """A time without a zone never reaches the database."""
    with pytest.raises((StatementError, ValueError)):
        await store.write(facts.set_fact, "k", "v", datetime(2026, 11, 23))


def bump(db: Db) -> None:
    """Add one to a counter, by reading it first."""
    row = db.get(FactRow, "n") or FactRow(key="n", value="0", at=NOW)
    row.value = str(int(row.value) + 1)
    db.add(row)


async def test_f71_no_update_is_lost(store: Store) -> None:
    """300 increments at once are 300, and nobody is told that the database is locked."""
    await asyncio.gather(*(store.write(bump) for _ in range(300)))
    found = await store.read(facts.fact, "n")
    assert found is not None
    assert found.value == "300"


async def test_f71_another_process_writes_too(store: Store, url: str) -> None:
    """A second writer waits its turn instead of failing."""
    other = Store(url, inline=True)
    for _ in range(20):
        await store.write(bump)
        other.write_now(bump)
    other.close()
    found = await store.read(facts.fact, "n")
    assert found is not None
    assert found.value == "40"


async def in_one_commit(store: Store, *flows: Callable[[Db], object]) -> list[object]:
    """Let the flows wait while the writer is busy, so that they are committed together."""
    begun, go = threading.Event(), threading.Event()

    def waits(_db: Db) -> None:
        begun.set()
        go.wait(10)

    busy = asyncio.ensure_future(store.write(waits))
    assert await asyncio.to_thread(begun.wait, 10)
    jobs = [asyncio.ensure_future(store.write(flow)) for flow in flows]
    await asyncio.sleep(0)
    go.set()
    await busy
    return await asyncio.gather(*jobs, return_exceptions=True)


async def test_a_failing_flow_takes_only_itself_back(store: Store) -> None:
    """In one group commit the others are stored, and the failure reaches its own caller."""

    def fails(db: Db) -> None:
        bump(db)
        db.flush()
        raise LookupError

    results = await in_one_commit(store, bump, fails, bump)
    assert [type(r) for r in results] == [type(None), LookupError, type(None)]
    found = await store.read(facts.fact, "n")
    assert found is not None
    assert found.value == "2"


async def test_many_failures_in_one_commit_are_each_only_their_own(store: Store) -> None:
    """Wherever in a group commit they stand, and however many: what did not fail is stored once."""

    def fails(db: Db) -> None:
        bump(db)
        raise LookupError

    flows = [fails, bump, fails, fails, bump, bump, fails]
    results = await in_one_commit(store, *flows)
    assert [type(r) is LookupError for r in results] == [flow is fails for flow in flows]
    found = await store.read(facts.fact, "n")
    assert found is not None
    assert found.value == "3"


async def test_a_database_that_fails_is_not_tried_for_each(store: Store) -> None:
    """All others wait for the writer, and each try may take as long as a lock does."""
    runs: list[int] = []

    def fails(_db: Db) -> None:
        runs.append(1)
        raise ServerError(Code.SERVER_AWAY, "It is locked.")

    results = await in_one_commit(store, *[fails] * 64)
    assert [type(one) for one in results] == [ServerError] * 64
    assert len(runs) < 10
    assert await in_one_commit(store, bump, bump) == [None, None]


def broken(db: Db) -> None:
    """Let SQLite take the whole transaction back by itself."""
    db.connection().execute(text("INSERT OR ROLLBACK INTO fact VALUES ('n', '1', 'now')"))
    db.connection().execute(text("INSERT OR ROLLBACK INTO fact VALUES ('n', '1', 'now')"))


def broken_unseen(db: Db) -> None:
    """Go on as if nothing had been."""
    with suppress(IntegrityError):
        broken(db)


@pytest.mark.one_database("a server does not do that by itself")
@pytest.mark.parametrize("flow", [broken, broken_unseen])
async def test_f49_a_transaction_that_sqlite_takes_back_is_an_error(
    store: Store, flow: Callable[[Db], None]
) -> None:
    """Whoever did it is told that nothing is stored, the others of the commit are stored."""
    results = await in_one_commit(store, bump, flow, bump)
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    found = await store.read(facts.fact, "n")
    assert found is not None
    assert found.value == "2"


async def test_f49_a_commit_that_fails_is_an_error_for_all(store: Store) -> None:
    """The disk would not take it: nobody is told that it is stored, and nothing is run again."""
    runs: list[int] = []

    def counted(db: Db) -> None:
        runs.append(1)
        bump(db)

    def refuses(_connection: Connection) -> None:
        if runs:
            raise OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))

    listening.listen(store._engine, "commit", refuses)
    results = await in_one_commit(store, counted, counted)
    assert [type(result) for result in results] == [OperationalError] * 2
    assert len(runs) == 2
    listening.remove(store._engine, "commit", refuses)
    assert await store.read(facts.facts, "") == []
    await store.write(bump)


async def test_flows_of_one_commit_do_not_share_what_they_have_read(store: Store) -> None:
    """What one flow still holds of a row never hides what another one wrote to it since."""
    await store.write(bump)

    def writes(db: Db) -> None:
        db.connection().execute(text("UPDATE fact SET value = '7' WHERE key = 'n'"))

    def reads(db: Db) -> FactRow | None:
        return db.get(FactRow, "n")

    before, _, after = await in_one_commit(store, reads, writes, reads)
    assert isinstance(before, FactRow)
    assert isinstance(after, FactRow)
    assert (before.value, after.value) == ("1", "7")


async def test_commits_are_told_only_when_something_changed(store: Store) -> None:
    """`on_commit` is called for a change, and not for a flow that changed nothing."""
    told: list[int] = []
    store.on_commit.append(lambda: told.append(1))
    await store.write(outbox.depth)
    assert told == []
    await store.write(bump)
    assert told == [1]


async def test_a_quiet_commit_wakes_nobody(store: Store) -> None:
    """Nobody has to act on what a quiet flow has written; on what is committed with it they do."""

    def quiet_bump(db: Db) -> None:
        bump(db)
        quiet(db)

    told: list[int] = []
    store.on_commit.append(lambda: told.append(1))
    await store.write(quiet_bump)
    await in_one_commit(store, quiet_bump, quiet_bump)
    assert told == []
    await in_one_commit(store, quiet_bump, bump, quiet_bump)
    assert told == [1]
    found = await store.read(facts.fact, "n")
    assert found is not None
    assert found.value == "6"


async def test_f49_a_failed_write_is_an_error_not_a_silence(store: Store, url: str) -> None:
    """When the database refuses, the caller hears of it and nothing is half-stored."""
    elsewhere = text("ALTER TABLE fact RENAME TO factoid")
    back = text("ALTER TABLE factoid RENAME TO fact")
    with Store(url, inline=True) as other:
        other.write_now(lambda db: db.connection().execute(elsewhere))
        with pytest.raises(DBAPIError, match=r"no such table|does not exist"):
            await store.write(bump)
        other.write_now(lambda db: db.connection().execute(back))


async def test_what_the_database_refuses_is_not_told_on(store: Store) -> None:
    """An error's text goes to the log: it says what failed, and none of the values."""

    def pain_of_eleven(db: Db) -> None:
        query = text(
            "INSERT INTO rating (athlete_id, moment, value, at, undone, late) "
            "VALUES (1, :name, 11, :now, false, false)"
        )
        db.connection().execute(query, {"name": "Maria Quince", "now": str(NOW)})

    with pytest.raises(IntegrityError) as error:
        await store.write(pain_of_eleven)
    assert "INSERT INTO rating" in str(error.value)
    assert "Quince" not in str(error.value)


async def test_of_one_chat_only_so_much_waits_at_once(store: Store) -> None:
    """The first twenty of a flood, and what all others have sent, in the order of arrival."""
    flood = [Arrived(number, 1, "{}") for number in range(100)]
    others = [Arrived(number, number, "{}") for number in range(100, 103)]
    await store.write(inbox.keep, [*flood, *others], NOW, backlog=False)
    waiting = await store.read(inbox.waiting)
    assert [one.update_id for one in waiting.updates] == [*range(20), 100, 101, 102]
    assert waiting.more
    for number in range(90):
        await store.write(inbox.take, number, NOW)
    waiting = await store.read(inbox.waiting, frozenset({100}))
    assert [one.update_id for one in waiting.updates] == [*range(90, 100), 101, 102]
    assert not waiting.more


def test_looking_for_what_waits_reads_nothing_that_was_handled(store: Store) -> None:
    """It goes by the index of what is open, not by that of all chats there ever were."""
    steps = store.read_now(plans, inbox.waiting)
    assert {one.by for one in steps if one.by} == {"inbox_open"}
    assert [one for one in steps if one.walks == "inbox"] == []


def letter(key: str = "k", **values: object) -> Letter:
    """Return a letter that is due now."""
    told: dict[str, object] = {
        "key": key,
        "chat_id": 1,
        "kind": "Say",
        "body": {},
        "priority": 4,
        "due": NOW,
        **values,
    }
    return Letter(**told)  # type: ignore[arg-type]


LONG = {"words": "and so on " * 60}


def test_a_look_reads_no_more_letters_than_it_shows(store: Store) -> None:
    """All that wait are not put in order at each, though a server has never counted them."""
    store.write_now(outbox.put_many, [letter(str(number)) for number in range(3_000)])
    steps = store.read_now(plans, lambda db: outbox_claims.look(db, NOW, 10), as_is=True)
    assert "outbox_next" in {one.by for one in steps}
    assert not any(one.sorts for one in steps)


def test_a_claim_reads_no_more_letters_than_it_takes(store: Store) -> None:
    """It goes by their ids, and not by what waits."""
    store.write_now(outbox.put_many, [letter(str(number), body=LONG) for number in range(3_000)])
    ids = [one.id for one in store.read_now(outbox_claims.ready, NOW, 10)]
    steps = store.write_now(plans, lambda db: outbox_claims.claim(db, ids, NOW), as_is=True)
    used = {one.by for one in steps if "outbox" in one.line}
    assert not any(one.walks == "outbox" for one in steps)
    assert not any(name in str(used) for name in ("outbox_next", "outbox_pending"))


GROWS: Final = frozenset({"outbox", "inbox", "seen", "session", "hold", "rating", "occurrence"})
"""Tables that are longer every day."""


def test_what_is_done_by_the_hour_walks_through_no_long_table(store: Store) -> None:
    """Everybody waits for the writer meanwhile, whoever holds too."""
    store.write_now(outbox.put_many, [letter(str(number)) for number in range(300)])
    steps = store.write_now(plans, lambda db: upkeep.tidy(db, NOW))
    whole = [one for one in steps if "LIMIT" not in one.statement]  # the others read so many rows
    assert {one.walks for one in whole} & GROWS == set()
    assert any("farewell" in one.line or "outbox" in str(one.by) for one in whole)


@pytest.mark.parametrize("seed", range(20))
def test_who_has_waited_longest_is_the_same_among_all_that_wait(store: Store, seed: int) -> None:
    """Whether the database looks for it, or it is among the letters that were looked at."""
    rng = random.Random(seed)
    waiting = [
        letter(
            str(number),
            priority=rng.choice([int(one) for one in Priority]),
            due=NOW - timedelta(minutes=rng.randint(0, 20)),
            not_after=rng.choice((None, NOW + timedelta(minutes=rng.randint(0, 9)))),
        )
        for number in range(rng.randint(0, 12))
    ]
    store.write_now(outbox.put_many, waiting)
    before = NOW - timedelta(minutes=10)
    seen = store.read_now(outbox_claims.look, NOW, 64).letters
    among = outbox_claims.overdue_among(seen, before)
    assert among == store.read_now(outbox_claims.overdue, NOW, before)
    assert among is None or among.due < before


async def test_a_letter_is_put_once(store: Store) -> None:
    """The same key again is not a second letter."""
    assert await store.write(outbox.put_new, letter())
    assert not await store.write(outbox.put_new, letter())
    assert await store.read(outbox.depth) == 1


async def test_a_letter_is_claimed_once(store: Store) -> None:
    """Of two claims one gets the letter."""
    await store.write(outbox.put, letter())
    claims = await asyncio.gather(*(store.write(outbox_claims.claim, [1], NOW) for _ in range(5)))
    assert sorted(map(len, claims)) == [0, 0, 0, 0, 1]


async def test_the_most_urgent_goes_first(store: Store) -> None:
    """By priority, then by deadline, then by age."""
    soon, later = NOW + timedelta(seconds=1), NOW + timedelta(seconds=9)
    for one in (
        letter("reminder", priority=5),
        letter("later", priority=1, not_after=later),
        letter("soon", priority=1, not_after=soon),
        letter("stop", priority=0),
        letter("tomorrow", priority=0, due=NOW + timedelta(days=1)),
    ):
        await store.write(outbox.put, one)
    ready = await store.read(outbox_claims.ready, NOW, 10)
    assert [one.key for one in ready] == ["stop", "soon", "later", "reminder"]


async def test_only_the_newest_edit_waits(store: Store) -> None:
    """A second edit of the same message replaces the first that still waits."""
    await store.write(outbox.put, letter("a", edits="m"))
    await store.write(outbox.put, letter("b", edits="m"))
    ready = await store.read(outbox_claims.ready, NOW, 10)
    assert [one.key for one in ready] == ["b"]


async def test_settled_letters_are_forgotten_after_a_month(store: Store) -> None:
    """What was sent long ago goes; what still waits stays, however old."""
    old = NOW - timedelta(days=31)
    for key in ("sent", "waits"):
        await store.write(outbox.put, letter(key, due=old))
    await store.write(outbox_claims.claim, [1], old)
    await store.write(outbox_claims.settle, 1, OutboxState.SENT, old)
    assert await store.write(outbox.prune, NOW, 10) == 1
    ready = await store.read(outbox_claims.ready, NOW, 10)
    assert [one.key for one in ready] == ["waits"]


async def test_an_update_is_stored_once(store: Store) -> None:
    """The same update fetched twice is one row."""
    updates = [Arrived(7, 1, "{}"), Arrived(8, 1, "{}")]
    assert await store.write(inbox.keep, updates, NOW, backlog=False) == 2
    assert await store.write(inbox.keep, updates, NOW, backlog=False) == 0


def test_f72_the_migrations_make_the_models(url: str) -> None:
    """A database migrated from empty has exactly the tables of the models."""
    engine = open_engine(url, writes=False)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


@pytest.mark.one_database("of SQLite's own tables")
def test_f72_tables_are_strict(url: str) -> None:
    """No table takes a value of another type."""
    engine = open_engine(url, writes=False)
    with engine.connect() as connection:
        made = {row[0] for row in connection.execute(text("SELECT sql FROM sqlite_schema"))}
        tables = [sql for sql in made if sql and sql.startswith("CREATE TABLE")]
        kept = [sql for sql in tables if "alembic" not in sql and "sqlite_sequence" not in sql]
        assert all(sql.rstrip().endswith("STRICT") for sql in kept)
    engine.dispose()


def test_f72_migrating_twice_changes_nothing(url: str) -> None:
    """A second run finds nothing to do and keeps the data."""
    with Store(url, inline=True) as store:
        store.write_now(rating, 3)
    before, after = migrate(url)
    assert before == after
    with Store(url, inline=True) as store:
        assert store.read_now(lambda db: db.exec(select(PersonRow.name)).all()) == ["Maria"]


def test_f72_a_newer_database_is_refused(url: str) -> None:
    """There is no way down: one sentence says so."""
    newest = schema.newest()
    with Store(url, inline=True) as store:
        store.write_now(revised, "9999")
        with pytest.raises(StoreError, match="newer Holdfast"):
            migrate(url)
        store.write_now(revised, newest)


def revised(db: Db, revision: str) -> None:
    """Let a database say that it is of this revision, which no other version can work on."""
    values = {"revision": revision}
    db.connection().execute(text("UPDATE alembic_version SET version_num = :revision"), values)
    if not has_file(db):
        db.connection().execute(text("UPDATE alembic_version SET readable_since = version_num"))


@pytest.mark.one_database("of a file; see test_server.py")
def test_f17_one_instance_a_file(url: str) -> None:
    """The second lock on the same file is refused until the first is released."""
    first = FileLock(url)
    with pytest.raises(StoreError, match="already running"):
        FileLock(url)
    first.release()
    FileLock(url).release()


@pytest.mark.one_database("of a file")
def test_files_are_private(tmp_path: Path) -> None:
    """Only the owner may read the database; its folder is made."""
    path = tmp_path / "data" / "test.db"
    migrate(f"sqlite:///{path}")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.one_database("of none")
@pytest.mark.parametrize("bad", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_other_databases_are_refused(bad: str) -> None:
    """What cannot work is refused in one sentence."""
    with pytest.raises(StoreError, match=r"database\.url"):
        open_engine(bad, writes=False)


OLD_ROWS: Final = """
INSERT INTO person (id, telegram_id, name, zone, created_at) VALUES
    (1, 700, 'Ana', 'Europe/Berlin', '2026-11-01 06:00:00.000000'),
    (2, 701, 'Kim', 'Europe/Berlin', '2026-11-01 06:00:00.000000');
INSERT INTO role VALUES (1, 'athlete'), (2, 'coach');
INSERT INTO athlete (person_id, consent_version, consented_at, weekdays, times, quiet_start,
    quiet_end, full_cues)
    VALUES (1, '1', '2026-11-01 06:00:00.000000', '0', '07:30', '22:00', '07:00', 1);
INSERT INTO assignment (athlete_id, coach_id, consented_at)
    VALUES (1, 2, '2026-11-01 06:00:00.000000');
INSERT INTO plan (id, athlete_id, version, hold_s, holds, sets, rest_s, set_rest_s, side,
    lead_in_first_s, lead_in_s, effort, band, pain_limit, hard_stop, exercise, to_fatigue,
    created_at)
    VALUES (1, 1, 1, 10, 5, 1, 20, 90, 'left', 10, 5, 5, 0, 3, 6, 'H1', 0,
    '2026-11-01 06:00:00.000000');
INSERT INTO session (id, athlete_id, plan_id, phase, position, nudged, eased, opened_at, outcome,
    closed_at)
    VALUES (1, 1, 1, 'closed', 5, 0, 0, '2026-11-02 06:00:00.000000', 'level',
    '2026-11-02 06:10:00.000000');
INSERT INTO hold VALUES (1, 0, 'left', 1, 1, 10, 10.0, 'done', '2026-11-02 06:01:00.000000');
INSERT INTO rating (athlete_id, session_id, moment, hold_idx, value, at, undone)
    VALUES (1, 1, 'hold', 0, 2, '2026-11-02 06:02:00.000000', 0);
"""
"""An athlete with a coach, a plan and a session, as revision 0001 has them."""
COUNTED: Final = ("person", "role", "athlete", "assignment", "plan", "session", "hold", "rating")


@pytest.mark.one_database("servers began with a later one")
@pytest.mark.parametrize("full_cues", [1, 0])
def test_f72_the_first_schema_with_data_comes_up(tmp_path: Path, full_cues: int) -> None:
    """Nothing is lost, a copy is kept, and the new columns have their defaults."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = open_engine(url, writes=True)
    with engine.begin() as connection:
        command.upgrade(config(connection), "0001")
        for statement in OLD_ROWS.split(";")[:-1]:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("UPDATE athlete SET full_cues = ?", (full_cues,))
        before = {name: _count(connection, name) for name in COUNTED}
    engine.dispose()
    assert migrate(url)[0] == "0001"
    assert file_of(url).with_name(f"{file_of(url).name}.before-0001").exists()
    with Store(url, inline=True) as store:
        after = store.read_now(lambda db: {name: _count(db.connection(), name) for name in COUNTED})
        assert after == before
        plan = store.read_now(people.plan, 1)
        assert sessions.dose_of(plan) == Dose()
        assert [one.name for one in store.read_now(people.coaches_of, 1)] == ["Kim"]
        assert store.read_now(people.athlete, 1).cues == ("full" if full_cues else "short")
        (hold,) = store.read_now(lambda db: db.exec(select(HoldRow)).all())
        assert hold.timed_by == "cue"


OLD_SUMMARIES: Final = """
INSERT INTO summary (id, coach_id, week, as_of, made_at, told_at) VALUES
    (1, 2, '2026-W46', '2026-11-16 22:30:00.000000', '2026-11-16 22:30:00.000000',
    '2026-11-16 22:31:00.000000'),
    (2, 2, '2026-W47', '2026-11-23 22:30:00.000000', '2026-11-23 22:30:00.000000',
    '2026-11-23 22:31:00.000000'),
    (3, 2, '2026-W48', '2026-11-30 22:30:00.000000', '2026-11-30 22:30:00.000000', NULL)
"""
"""Two summaries that arrived, and one that did not."""


@pytest.mark.one_database("servers began with a later one")
def test_f96_what_was_told_before_the_update_is_not_told_again(tmp_path: Path) -> None:
    """The newest summary that arrived told seven days, on the athlete's own clock."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = open_engine(url, writes=True)
    with engine.begin() as connection:
        command.upgrade(config(connection), "0001")
        for statement in OLD_ROWS.split(";")[:-1]:
            connection.exec_driver_sql(statement)
        command.upgrade(config(connection), "0004")
        connection.exec_driver_sql(OLD_SUMMARIES)
    engine.dispose()
    migrate(url)
    with Store(url, inline=True) as store:
        (row,) = store.read_now(lambda db: db.exec(select(ToldDaysRow)).all())
    assert (row.summary_id, row.athlete_id) == (2, 1)
    assert (row.first_day, row.last_day) == (date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.one_database("of a file")
def test_a_start_knows_the_schema_without_alembic(tmp_path: Path) -> None:
    """As Alembic knows it: nothing there, an older one, this version's; no database at all."""
    url = f"sqlite:///{tmp_path / 'schema.db'}"
    assert schema.newest() == ScriptDirectory.from_config(config()).get_current_head()
    assert not schema.is_current(url)
    migrate(url)
    assert schema.is_current(url)
    with Store(url, inline=True) as store:
        older = text("UPDATE alembic_version SET version_num = '0001'")
        store.write_now(lambda db: db.connection().execute(older))
    assert not schema.is_current(url)
    (tmp_path / "text.db").write_text("no database")
    assert not schema.is_current(f"sqlite:///{tmp_path / 'text.db'}")


def _count(connection: Connection, table: str) -> int:
    found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - a test's own names
    return found


@pytest.mark.one_database("servers began with a later one")
def test_f109_an_update_of_before_the_migration_is_known(tmp_path: Path) -> None:
    """What was stored and not confirmed before an update of the program is handled once."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = open_engine(url, writes=True)
    row = (7, 1, '{"update_id": 7}', "2026-11-02 06:00:00.000000", "2026-11-02 06:00:01.000000")
    with engine.begin() as connection:
        command.upgrade(config(connection), "0004")
        connection.exec_driver_sql(
            "INSERT INTO inbox (update_id, chat_id, payload, received_at, handled_at, backlog, "
            "attempts) VALUES (?, ?, ?, ?, ?, 0, 0)",
            row,
        )
    engine.dispose()
    migrate(url)
    same, other = Arrived(7, 1, '{"update_id": 7}'), Arrived(7, 1, '{"update_id": 7, "n": 1}')
    with Store(url, inline=True) as store:
        (new,) = store.write_now(updates.receive, [same, other], NOW, backlog=False)
    assert (new.update_id, new.payload) == (8, other.payload)
