"""A database on a server: what keeps the bot from it, who leads it, and copies from and to it."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session as Db
from sqlmodel import SQLModel

from bot import startup
from bot.dispatch import upkeep
from bot.expected import Code, ExpectedError
from bot.protocol.dose.dose import Dose
from bot.settings import Database, Embedded, Settings, Telegram
from bot.store import copying, erasures, facts, inbox, lost, own_bot, restore, wiping
from bot.store.driver import raw
from bot.store.engine import InUseError, Store, StoreError, afterwards
from bot.store.faults import is_passing
from bot.store.home import Home, home_of
from bot.store.inbox import Arrived
from bot.store.personal_data import Subject
from bot.store.postgresql import connect
from bot.store.refusals import refusal
from bot.store.tables import PersonRow
from testkit import postgresql
from testkit.database import empty
from testkit.people import enrolled
from testkit.world import TOKEN

pytestmark = pytest.mark.one_database("it begins its own databases, of both kinds")
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def server() -> postgresql.Server:
    """Return the running server."""
    return postgresql.server()


@pytest.fixture
def url(server: postgresql.Server) -> str:
    """Return the address of a database with this version's tables."""
    return server.url(postgresql.databases().fresh())


def settings(url: str) -> Settings:
    """Return settings with this database."""
    return Embedded(telegram=Telegram(token=TOKEN), database=Database(url=url))


def refused(url: str) -> tuple[Code, str]:
    """Return with which code and sentence a start ends."""
    with pytest.raises(ExpectedError) as error:
        startup.check(settings(url))
    return error.value.code, str(error.value)


def new(server: postgresql.Server, how: str = "") -> str:
    """Return the name of a database without a table."""
    made = postgresql.databases()
    name = made.fresh("template0")
    if how:
        server.run(f"DROP DATABASE {name}", f"CREATE DATABASE {name} TEMPLATE template0 {how}")
    return name


# ---- what keeps the bot from it -------------------------------------------------------


def test_a_server_that_is_not_there() -> None:
    """Nobody listens at the port: worth another try, later."""
    with closing(socket.socket()) as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        code, told = refused(f"postgresql://a:secret-word@127.0.0.1:{port}/holdfast")
    assert code is Code.SERVER_AWAY
    assert f"127.0.0.1:{port}/holdfast" in told
    assert "secret-word" not in told


def test_the_host_that_takes_writes_is_found(server: postgresql.Server, url: str) -> None:
    """Of several hosts the first ones may be gone."""
    several = url.replace("127.0.0.1", "127.0.0.1:1,127.0.0.1")
    startup.check(settings(several))
    assert str(home_of(several, "backups")).startswith("postgresql://127.0.0.1:1,127.0.0.1:")


def test_a_database_that_takes_no_writes(server: postgresql.Server, url: str) -> None:
    """Such as one that follows another: it is as good as away."""
    name = url.rpartition("/")[2]
    server.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert refused(url)[0] is Code.SERVER_AWAY


def test_a_wrong_password(server: postgresql.Server, url: str) -> None:
    """The sentence has neither the right nor the wrong one."""
    server.run("CREATE ROLE pw_user LOGIN PASSWORD 'right-word'")
    with server.asking("pw_user"):
        wrong = server.url(url.rpartition("/")[2], "pw_user", "wrong-word")
        code, told = refused(wrong)
    assert code is Code.WRONG_PASSWORD
    assert "word" not in told.replace("password", "")


def test_no_such_database(server: postgresql.Server) -> None:
    """The sentence says how to make it."""
    for name, as_sql in (("nowhere", "nowhere"), ("No-where", '"No-where"')):
        code, told = refused(server.url(name))
        assert code is Code.NO_SUCH_DATABASE
        assert f"CREATE DATABASE {as_sql} TEMPLATE" in told


def test_nobody_of_that_name(server: postgresql.Server) -> None:
    """Who is not known has no rights."""
    assert refused(server.url("postgres", "nobody_here"))[0] is Code.MISSING_RIGHTS


def test_no_right_to_make_tables(server: postgresql.Server) -> None:
    """As in every new database of another's, since PostgreSQL 15."""
    server.run("CREATE ROLE maker LOGIN")
    code, told = refused(server.url(new(server), "maker"))
    assert code is Code.MISSING_RIGHTS
    assert 'GRANT CREATE ON SCHEMA "public"' in told


def test_no_right_to_the_tables(server: postgresql.Server, url: str) -> None:
    """Tables that another user has made, to be read alone or not even that."""
    name = url.rpartition("/")[2]
    for role, grant in (
        ("reader", "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"),
        ("writer", "GRANT ALL ON person TO writer"),
    ):
        server.run(f"CREATE ROLE {role} LOGIN")
        server.run(grant, database=name)
        code, told = refused(server.url(name, role))
        assert code is Code.MISSING_RIGHTS
        assert "too few rights" in told
        assert "table" in told


def test_a_schema_by_any_name(server: postgresql.Server) -> None:
    """The first of the user's own, with capitals too."""
    name = new(server)
    server.run('CREATE SCHEMA "MyBot"', database=name)
    home = home_of(f"{server.url(name)}?options=-csearch_path%3D%22MyBot%22", "backups")
    home.check()
    home.migrate()
    home.check()
    home.lock().release()


@pytest.mark.parametrize(
    "wrong",
    [
        "sslmode=foo",
        "connect_timeout=soon",
        "target_session_attrs=any-one",
        "keepalives_idle=x",
        "options=-cno_such_setting%3D1",
        "options=-cwork_mem%3Dmuch",
    ],
)
def test_what_no_server_can_be_asked_for(url: str, wrong: str) -> None:
    """It does not pass, so nobody is to try again and again; what is wrong is told."""
    code, told = refused(f"{url}?{wrong}")
    assert code is Code.BAD_DATABASE
    assert "cannot be used: " in told


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('Peer authentication failed for user "a"', Code.WRONG_PASSWORD),
        ('LDAP authentication failed for user "a"', Code.WRONG_PASSWORD),
        ('pg_hba.conf rejects connection for host "h", user "a"', Code.MISSING_RIGHTS),
        ('permission denied for database "d"\nDETAIL:  no CONNECT', Code.MISSING_RIGHTS),
        ("unsupported startup parameter: options", Code.POOLED),
        ("the database system is starting up", Code.SERVER_AWAY),
        ("Connection refused\n\tIs the server running on that host?", Code.SERVER_AWAY),
    ],
)
def test_what_a_server_says_has_a_code(said: str, code: Code) -> None:
    """The sentence has its words, without the way to them and without advice."""
    told = refusal("h", psycopg.OperationalError(f'connection to "h" failed: FATAL:  {said}'))
    assert told.code is code
    assert f"{said.partition(chr(10))[0]}" in str(told)
    assert not any(word in str(told) for word in ("FATAL", "DETAIL", "connection to", "Is the"))


def test_a_user_who_reads_alone(url: str) -> None:
    """Also where the address wants whatever server there is."""
    reads = "options=-cdefault_transaction_read_only%3Don"
    code, told = refused(f"{url}?target_session_attrs=any&{reads}")
    assert code is Code.SERVER_AWAY
    assert "takes no writes" in told


@pytest.mark.parametrize(
    "how",
    ["LOCALE 'C' ENCODING 'SQL_ASCII'", "ICU_LOCALE 'de' LOCALE_PROVIDER icu"],
)
def test_another_order_of_texts(server: postgresql.Server, how: str) -> None:
    """Texts are compared by their code points, and are UTF-8."""
    code, told = refused(server.url(new(server, how)))
    assert code is Code.WRONG_COLLATION
    assert "C.UTF-8" in told
    assert "b'" not in told


@pytest.mark.parametrize(
    "broken",
    ["DROP TABLE outbox CASCADE", "INSERT INTO alembic_version (version_num) VALUES ('0012')"],
)
def test_a_database_that_is_not_whole(server: postgresql.Server, url: str, broken: str) -> None:
    """As where a dump was restored in part: a start ends before anything is written."""
    server.run(broken, database=url.rpartition("/")[2])
    code, told = refused(url)
    assert code is Code.BAD_DATABASE
    assert "schema is said" in told or "outbox is gone" in told


def test_a_server_that_is_too_old(
    server: postgresql.Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says which one would do."""
    monkeypatch.setattr("bot.store.server.OLDEST", 99)
    code, told = refused(url)
    assert code is Code.SERVER_TOO_OLD
    assert "99 or newer" in told


def test_a_newer_schema(server: postgresql.Server, url: str) -> None:
    """There is no way down, if nothing says that this version can work on it."""
    newer = "UPDATE alembic_version SET version_num = '9999', readable_since = {}"
    for since in ("NULL", "'9999'", "''"):
        server.run(newer.format(since), database=url.rpartition("/")[2])
        assert refused(url)[0] is Code.BAD_DATABASE
    code, told = refused(url)
    assert code is Code.BAD_DATABASE
    assert "newer Holdfast" in told


def test_newer_tables_are_read_and_not_copied(
    server: postgresql.Server, url: str, tmp_path: Path
) -> None:
    """Nobody is told to migrate what is newer."""
    newer = "UPDATE alembic_version SET version_num = '9999'"
    server.run(newer, database=url.rpartition("/")[2])
    home = home_of(url, "backups")
    home.require_usable()
    with pytest.raises(StoreError, match="newer schema 9999"):
        copying.copy(home, home_of(f"sqlite:///{tmp_path / 'new.db'}", "backups"))
    assert list(tmp_path.iterdir()) == []


def test_the_database_of_another_program(server: postgresql.Server) -> None:
    """Its tables are left alone."""
    name = new(server)
    server.run("CREATE TABLE theirs (id int)", database=name)
    code, told = refused(server.url(name))
    assert code is Code.BAD_DATABASE
    assert "another program" in told


def test_a_pooler_in_transaction_mode(server: postgresql.Server, url: str) -> None:
    """Two connections through it are the same one: both would have the right to lead."""
    with pooler(server) as port:
        code, told = refused(url.replace(f":{server.port}/", f":{port}/"))
    assert code is Code.POOLED
    assert "transaction mode" in told


def test_an_encoding_in_the_address_does_not_count(url: str) -> None:
    """All texts have to come through."""
    with closing(connect(f"{url}?client_encoding=LATIN1")) as found:
        row = found.execute("SELECT %s::text", ("🏃",)).fetchone()
    assert row == ("🏃",)


@pytest.mark.parametrize(
    "bad",
    [
        "postgresql://a:secret%zz@h/d",
        "postgresql://[a:secret",
        "postgresql://a:pass@secret@127.0.0.1:1/d",
        "postgresql://a:pass/secret@127.0.0.1:1/d",
        "postgresql://a:secret/word@127.0.0.1:1/d",
        "postgresql://a:secret",
    ],
)
def test_no_address(bad: str) -> None:
    """What cannot be read is not told: there may be a password in it."""
    code, told = refused(bad)
    assert code is Code.BAD_DATABASE
    assert "secret" not in told
    assert "%40" in told


def test_settings_are_shown_without_the_password(server: postgresql.Server, url: str) -> None:
    """Hosts and name are."""
    told = startup.address(settings(url.replace("holdfast@", "holdfast:secret-word@")))
    assert told == f"postgresql://127.0.0.1:{server.port}/{url.rpartition('/')[2]}"


# ---- who leads ------------------------------------------------------------------------


def test_f17_one_instance_a_database(url: str) -> None:
    """The second one is told so, before and after the first has tables and a writer."""
    home = home_of(url, "backups")
    lock = home.lock()
    assert home.is_in_use()
    with pytest.raises(InUseError, match="already running"):
        home.lock()
    with Store(url, inline=True) as store:
        store.write_now(lock.keep)
        with pytest.raises(InUseError, match="already running"):
            home.lock()
        lock.release()
        assert home.is_in_use()
    alone(url)
    assert not home.is_in_use()
    home.lock().release()


def alone(url: str) -> None:
    """Wait until the server has noticed that all others are gone."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    with psycopg.connect(url, autocommit=True) as found:
        while found.execute(others).fetchone() != (1,):
            pass


async def test_who_has_lost_the_connection_writes_no_more(
    server: postgresql.Server, url: str
) -> None:
    """Another may lead by now: it is not opened anew, and the store says that it is lost."""
    home, told = home_of(url, "backups"), list[bool]()
    with Store(url) as store:
        lock = home.lock()
        await store.write(lock.keep)
        store.on_fault.append(lambda: told.append(store.lost is not None))
        await cut(server, store)
        for _ in range(2):
            with pytest.raises(Exception) as error:  # noqa: PT011 - whichever is told first
                await store.write(facts.set_fact, "k", "v", NOW)
            assert is_passing(error.value)
        assert told[-1]
        alone(url)
        home.lock().release()
        assert await store.read(facts.fact, "k") is None  # who reads may connect again


async def cut(server: postgresql.Server, store: Store) -> None:
    """Let the server end all connections to a database."""
    name = raw(store._writing).info.dbname
    ends = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
    server.run(ends.format(name))


async def test_who_reads_connects_again(server: postgresql.Server, url: str) -> None:
    """A reader's connection that was ended costs one answer."""
    with Store(url) as store:
        await store.read(facts.fact, "k")
        await cut(server, store)
        with suppress(Exception):
            await store.read(facts.fact, "k")
        assert await store.read(facts.fact, "k") is None


def test_f49_a_flow_that_goes_on_after_an_error_is_told(url: str) -> None:
    """The server takes such a transaction back when it is committed, and calls that no error."""

    def goes_on(db: Db) -> None:
        with suppress(Exception):
            db.connection().execute(text("SELECT 1 / 0"))

    with Store(url, inline=True) as store, pytest.raises(StoreError):
        store.write_now(goes_on)


def test_columns_are_described_once_and_as_they_are(url: str) -> None:
    """Other names or types under the same words are other columns."""
    with closing(connect(url)) as line:

        def asked(statement: str) -> list[Any]:
            return line.execute(statement).description or []

        first, again = asked("SELECT 1 AS one, 'x' AS two"), asked("SELECT 1 AS one, 'x' AS two")
        assert [one.name for one in first] == ["one", "two"]
        assert again is first
        line.execute("CREATE TEMP TABLE odd AS SELECT 1 AS one")
        assert [one.name for one in asked("SELECT * FROM odd")] == ["one"]
        line.execute("ALTER TABLE odd RENAME one TO other")
        assert [one.name for one in asked("SELECT * FROM odd")] == ["other"]
        assert line.execute("DELETE FROM odd").description is None


def test_errors_do_not_quote_rows(url: str) -> None:
    """PostgreSQL tells the whole row that it refuses: no log may have it."""

    def refused_row(db: Db) -> None:
        row = "INSERT INTO rating (athlete_id, moment, value, at, undone, late) VALUES "
        values = "(4711, 'note', 11, now(), false, false)"
        db.connection().execute(text(row + values))

    with Store(url, inline=True) as store, pytest.raises(IntegrityError) as one:
        store.write_now(refused_row)
    assert "value_range" in str(one.value)
    assert "4711" not in str(one.value.orig)


# ---- its schema -----------------------------------------------------------------------


def test_f72_two_that_start_at_once_make_the_tables_once(server: postgresql.Server) -> None:
    """The second one waits for the first, and finds them."""
    home = home_of(server.url(new(server)), "backups")
    found: list[Any] = []
    both = [threading.Thread(target=lambda: found.append(home.migrate())) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    newest = found[0][1]
    assert sorted(found, key=str) == [(newest, newest), (None, newest)]
    assert home.is_current()


def test_f72_a_step_that_fails_changes_nothing(
    server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables are made whole or not at all."""

    def fails(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(command, "stamp", fails)
    home = home_of(server.url(new(server)), "backups")
    with pytest.raises(LookupError):
        home.migrate()
    monkeypatch.undo()
    assert home.migrate()[0] is None


# ---- copies ---------------------------------------------------------------------------


def test_one_database_is_not_copied_into_itself(url: str) -> None:
    """It is said so, and not that a bot runs on it."""
    with pytest.raises(StoreError, match="the old database and the new one"):
        copying.copy(home_of(url, "backups"), home_of(url, "backups"))


def lived(store: Store) -> None:
    """Let there be people, and somebody who is gone again."""
    store.write_now(enrolled, 1001, "Maria Å", Dose(), None, NOW)
    gone = store.write_now(enrolled, 1002, "Gone", Dose(), None, NOW)
    store.write_now(lambda db: db.delete(db.get(PersonRow, gone)))
    came = [Arrived(number, 1, '{"ü": 1}') for number in range(2_500)]
    store.write_now(inbox.keep, came, NOW, backlog=True)


def homes(server: postgresql.Server, folder: Path, url: str) -> tuple[Home, Home]:
    """Return a file with people, and an empty database."""
    (folder / "old.db").write_bytes(empty())
    file = f"sqlite:///{folder / 'old.db'}"
    with Store(file, inline=True) as store:
        lived(store)
    return home_of(file, "backups"), home_of(url, str(folder / "b"))


def everything(home: Home) -> dict[str, list[Any]]:
    """Return all rows of all tables."""
    with Store(home.url, inline=True) as store:

        def rows(db: Db) -> dict[str, list[Any]]:
            return {
                table.name: sorted(map(tuple, db.connection().execute(table.select())), key=str)
                for table in SQLModel.metadata.sorted_tables
            }

        return store.read_now(rows)


def test_a_copy_there_and_back_is_the_same(server: postgresql.Server, tmp_path: Path) -> None:
    """Every row, in its types; and no id is ever given again."""
    file, there = homes(server, tmp_path, server.url(new(server)))
    back = home_of(f"sqlite:///{tmp_path / 'new' / 'back.db'}", "backups")
    with Store(file.url, inline=True) as store:
        store.write_now(own_bot.claim, "700700700", NOW)
    moved = copying.copy(file, there)
    assert moved.rows > 2_500
    assert copying.copy(there, back) == moved
    assert everything(file) == everything(there) == everything(back)
    assert [home.bot() for home in (file, there, back)] == ["700700700"] * 3
    for home in (there, back):
        with Store(home.url, inline=True) as store:
            assert store.write_now(enrolled, 1003, "New", Dose(), None, NOW) == 3


def test_what_a_file_wanted_of_itself_ends_there(server: postgresql.Server, tmp_path: Path) -> None:
    """An erasure that is still in the file's free pages; counters that never counted.

    A server has no such pages. The target was made by `holdfast migrate --new`.
    """
    file, there = homes(server, tmp_path, server.url(new(server)))
    with Store(file.url, inline=True) as store:
        store.write_now(facts.set_fact, wiping.WANTED, "", NOW)
        never = "INSERT INTO sqlite_sequence SELECT 'alert', 0"
        store.write_now(lambda db: db.connection().execute(text(never)))
    there.migrate()
    with Store(there.url, inline=True) as store:
        store.write_now(lost.begin_anew, NOW)
    copying.copy(file, there)
    with Store(there.url, inline=True) as store:
        store.write_now(upkeep.tidy, NOW)
        assert store.read_now(facts.fact, wiping.WANTED) is None


async def test_f49_what_goes_wrong_after_a_commit_stops_no_writing(url: str) -> None:
    """The flow is stored; the next one is, too."""

    def breaks(_driver: Any) -> None:
        raise RuntimeError("no")

    def flow(db: Db) -> None:
        facts.set_fact(db, "k", "v", NOW)
        afterwards(db, breaks)

    with Store(url) as store:
        await store.write(flow)
        await store.write(facts.set_fact, "other", "v", NOW)
        assert await store.read(facts.fact, "k") is not None


def test_nothing_is_copied_over_rows(server: postgresql.Server, url: str, tmp_path: Path) -> None:
    """What is there stays."""
    file, there = homes(server, tmp_path, url)
    with Store(url, inline=True) as store:
        store.write_now(facts.set_fact, "k", "v", NOW)
    with pytest.raises(StoreError, match="has rows already"):
        copying.copy(file, there)
    assert [len(rows) for rows in everything(there).values() if rows] == [1]


def test_a_row_that_cannot_be_stored_keeps_all_of_them_back(
    server: postgresql.Server, url: str, tmp_path: Path
) -> None:
    """Such as a text with a sign that PostgreSQL has not."""
    file, there = homes(server, tmp_path, url)
    with Store(file.url, inline=True) as store:
        store.write_now(facts.set_fact, "k", "a\0b", NOW)
    with pytest.raises(StoreError, match="table fact"):
        copying.copy(file, there)
    assert not any(everything(there).values())


def test_nothing_is_copied_while_a_bot_runs(
    server: postgresql.Server, url: str, tmp_path: Path
) -> None:
    """On either side."""
    for place, home in enumerate(homes(server, tmp_path, url)):
        lock = home.lock()
        with pytest.raises(InUseError):
            copying.copy(*homes(server, tmp_path, url)) if place else copying.copy(
                home, home_of(url, "b")
            )
        lock.release()


# ---- who was erased -------------------------------------------------------------------


@pytest.mark.parametrize("where", ["file", "server"])
def test_who_was_erased_is_not_brought_back_by_an_earlier_time(
    where: str, url: str, tmp_path: Path
) -> None:
    """The list beside the backups knows more than a database that was set back."""
    (tmp_path / "old.db").write_bytes(empty())
    address = url if where == "server" else f"sqlite:///{tmp_path / 'old.db'}"
    with Store(address, inline=True) as store:
        person = store.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)

        def erased(db: Db) -> list[erasures.Erasure]:
            erasures.note(db, Subject(person, 1001, "Maria"), NOW)
            return erasures.unlisted(db)

        listed = store.write_now(erased)
        store.write_now(lambda db: db.connection().execute(text("DELETE FROM erasure")))
        assert store.write_now(restore.catch_up, listed, NOW) == 1
        assert store.read_now(lambda db: db.get(PersonRow, person)) is None
        assert store.write_now(restore.catch_up, listed, NOW) == 0
        later = [replace(one, at=one.at + timedelta(days=1)) for one in listed]
        store.write_now(restore.catch_up, [*listed, *later], NOW)
        with patch.object(erasures, "erased_since") as looked:
            store.write_now(restore.catch_up, [*listed, *later], NOW)
        assert not looked.called


def test_a_server_makes_its_own_backups(url: str) -> None:
    """The commands say so."""
    home = home_of(url, "backups")
    with pytest.raises(StoreError, match="pg_dump"):
        home.back_up(NOW, 1, lambda: False)
    with pytest.raises(StoreError, match="pg_dump"):
        home.require_file()


def test_who_has_a_file_loads_nothing_of_servers() -> None:
    """The demo, and a first start, know none."""
    loads = "import sys, bot.app, bot.demo, bot.store.engine; print('psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, check=True)  # noqa: S603 - fixed words
    assert done.stdout.split() == [b"False"]


# ---- a pooler -------------------------------------------------------------------------


@contextmanager
def pooler(server: postgresql.Server) -> Iterator[int]:
    """Give the port of a pooler with one connection, lent for a transaction at a time."""
    made = Pooler(server)
    try:
        yield made.port
    finally:
        made.close()


class Pooler:
    """Answers a start-up by itself; a client's messages go to the one server connection."""

    def __init__(self, server: postgresql.Server) -> None:
        self._server, self._lent = server, threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._behind: socket.socket | None = None
        self._greeting = b""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let go of all."""
        self._listening.close()
        if self._behind is not None:
            self._behind.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError, ValueError), client:
            start = untyped(client)
            while start[4:8] == b"\x04\xd2\x16\x2f" or start[4:6] == b"\x04\xd2":  # no TLS
                client.sendall(b"N")
                start = untyped(client)
            with self._lent:
                if self._behind is None:
                    self._behind = socket.create_connection(("127.0.0.1", self._server.port))
                    self._behind.sendall(start)
                    self._greeting = until_ready(self._behind)[0]
            client.sendall(self._greeting)
            while True:
                self._transact(client)

    def _transact(self, client: socket.socket) -> None:
        first, behind = client.recv(65_536), self._behind
        if not first or first[:1] == b"X" or behind is None:
            raise ValueError
        with self._lent:
            while True:
                behind.sendall(first)
                answer, state = until_ready(behind)
                client.sendall(answer)
                if state == b"I":
                    return
                first = client.recv(65_536)


def untyped(client: socket.socket) -> bytes:
    """Return a message of the start, with its length."""
    head = exactly(client, 4)
    return head + exactly(client, int.from_bytes(head, "big") - 4)


def exactly(client: socket.socket, count: int) -> bytes:
    """Return so many bytes."""
    found = b""
    while len(found) < count:
        part = client.recv(count - len(found))
        if not part:
            raise ValueError
        found += part
    return found


def until_ready(behind: socket.socket) -> tuple[bytes, bytes]:
    """Return what a server says until it is ready for more, and the transaction's state."""
    told = b""
    while True:
        head = exactly(behind, 5)
        body = exactly(behind, int.from_bytes(head[1:], "big") - 4)
        told += head + body
        if head[:1] == b"Z":
            return told, body
