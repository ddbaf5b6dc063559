"""Two versions on one server's tables: the newer one adds to them while the older one works."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot import startup
from bot.expected import Code, ExpectedError
from bot.protocol.dose.dose import Dose
from bot.settings import Settings, WebhookSettings
from bot.store import copying, expanding, lease, schema, server_schema
from bot.store.engine import InUseError, Store, StoreError
from bot.store.home import home_of
from bot.store.server_schema import InTheWayError
from testkit import postgresql
from testkit.database import empty
from testkit.people import enrolled
from tests.store import newer
from tests.store.test_server import NOW, alone, new, settings

pytestmark = pytest.mark.one_database("of a server")
TAKES_AWAY = '\n    expanding.op.drop_table("own_picture")\n'
IS_OF = "UPDATE alembic_version SET version_num = '{}'"
AT_MOST = "SELECT set_config('lock_timeout', '500ms', false)"
"""The server itself refuses whoever waits longer for a lock, however busy the machine is."""


@pytest.fixture
def server() -> postgresql.Server:
    """Return the running server."""
    return postgresql.server()


@pytest.fixture
def url(server: postgresql.Server) -> str:
    """Return the address of a database with this version's tables."""
    return server.url(postgresql.databases().fresh())


def ingress_of(url: str) -> Settings:
    """Return settings of an ingress."""
    hook = WebhookSettings(
        url="https://bot.example", secret=SecretStr("a-secret-of-the-tests"), port=0
    )
    return settings(url).model_copy(update={"webhook": hook})


@contextmanager
def leading(url: str) -> Iterator[Store]:
    """Lead in the block, as a node does."""
    line = lease.open_line(url)
    try:
        with Store(url, inline=True) as store:
            assert store.write_now(lease.take, "old", lease.process_of(line)) is not None
            yield store
    finally:
        line.close()


def test_the_oldest_version_that_can_is_one(url: str) -> None:
    """It is said in the code, and by a new database's tables."""
    assert schema.READABLE_SINCE in schema.known()
    with psycopg.connect(url) as found:
        assert server_schema.tables(found).since == schema.READABLE_SINCE


def test_a_newer_schema_is_worked_on(url: str, tmp_path: Path) -> None:
    """It was migrated while this one led: this one leads on, ends, starts, and leads again."""
    with leading(url) as store:
        store.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)
        with newer.version(tmp_path) as own:
            home = home_of(url, "backups")
            lock = home.lock_to_migrate()
            assert home.migrate() == (schema.READABLE_SINCE, own)
            lock.release()
            assert home.is_current()
        store.write_now(enrolled, 1002, "Jonas", Dose(), None, NOW)
    alone(url)
    startup.check(settings(url))
    startup.check(ingress_of(url), startup.INGRESS)
    home = home_of(url, "backups")
    assert home.is_current()
    assert home.migrate() == (own, own)
    with leading(url) as store:
        store.write_now(enrolled, 1003, "Ada", Dose(), None, NOW)


def test_one_that_takes_away_waits_for_who_leads(url: str, tmp_path: Path) -> None:
    """An older version refuses it by the same sentence as ever, whoever it is."""
    before, home = schema.newest(), home_of(url, "backups")
    with leading(url), newer.version(tmp_path / "one", TAKES_AWAY, alone=True):
        with pytest.raises(InUseError, match="already running"):
            home.lock_to_migrate()
        assert not home.is_current()
    alone(url)
    with newer.version(tmp_path / "two", TAKES_AWAY, alone=True):
        lock = home.lock_to_migrate()
        assert home.migrate()[0] == before
        lock.release()
    for given, checks in (
        (settings(url), startup.CHECKS),
        (ingress_of(url), startup.INGRESS),
    ):
        with pytest.raises(ExpectedError, match="made by a newer Holdfast") as error:
            startup.check(given, checks)
        assert error.value.code is Code.BAD_DATABASE
    with pytest.raises(StoreError), leading(url):
        pass


def test_a_step_that_takes_away_later_does_not_become_one_that_adds(
    url: str, tmp_path: Path
) -> None:
    """It fails, and is tried again: it still waits for who leads."""
    home, fails = home_of(url, "backups"), "\n    raise LookupError\n"
    with newer.version(tmp_path / "one", fails, alone=True), pytest.raises(LookupError):
        home.migrate()
    with (
        leading(url),
        newer.version(tmp_path / "two", fails, alone=True),
        pytest.raises(InUseError),
    ):
        home.lock_to_migrate()


def test_nobody_waits_for_a_migration(url: str, tmp_path: Path) -> None:
    """Somebody has a table for long: others write meanwhile, and it is changed afterwards."""
    written = 0
    with (
        newer.version(tmp_path) as own,
        Store(url, inline=True) as store,
        psycopg.connect(url) as slow,
    ):
        store.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)
        store.write_now(lambda db: db.connection().execute(sa.text(AT_MOST)))
        slow.execute("SELECT * FROM athlete")
        migrating = threading.Thread(target=home_of(url, "backups").migrate)
        migrating.start()
        ends = time.monotonic() + 1.5
        while time.monotonic() < ends:
            store.write_now(lambda db: db.connection().execute(sa.text(TOUCHES)))
            written += 1
        assert migrating.is_alive()
        slow.rollback()
        migrating.join()
        assert written > 1
        with psycopg.connect(url) as found:
            assert server_schema.tables(found).revisions == (own,)


TOUCHES = "UPDATE athlete SET cues = cues"


def test_it_gives_up_where_a_table_is_never_free(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so in one sentence, and goes on from there the next time."""
    monkeypatch.setattr(server_schema, "_TRIES", 2)
    with newer.version(tmp_path) as own, psycopg.connect(url) as slow:
        slow.execute("LOCK TABLE athlete")
        home = home_of(url, "backups")
        with pytest.raises(InTheWayError, match="at a quieter time"):
            home.migrate()
        slow.rollback()
        assert home.migrate()[1] == own


def test_what_was_done_is_passed_over(server: postgresql.Server, url: str, tmp_path: Path) -> None:
    """All of it was added, and not noted; of the index only a ruin is there."""
    name = url.rpartition("/")[2]
    before = schema.newest()
    with newer.version(tmp_path) as own:
        home = home_of(url, "backups")
        home.migrate()
        server.run(
            IS_OF.format(before),
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'athlete_weight'::regclass",
            database=name,
        )
        assert home.migrate() == (before, own)
    with psycopg.connect(url) as found:
        query = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'athlete_weight'::regclass"
        assert found.execute(query).fetchone() == (True,)


def test_the_same_migration_is_a_files(tmp_path: Path) -> None:
    """There it is done in one go, and an older version refuses it."""
    path = tmp_path / "holdfast.db"
    path.write_bytes(empty())
    home = home_of(f"sqlite:///{path}", "backups")
    with newer.version(tmp_path) as own:
        assert home.migrate()[1] == own
        home.require_usable()
        with Store(home.url, inline=True) as store:
            store.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)
            store.write_now(lambda db: db.connection().execute(sa.text("SELECT * FROM scale")))
    assert not home.is_current()
    with pytest.raises(StoreError, match="newer Holdfast"):
        home.check()


def test_a_column_that_an_older_version_cannot_fill_is_refused() -> None:
    """Its rows would be refused by the database."""
    with pytest.raises(expanding.NotAddedError, match=r"athlete\.weight"):
        expanding.add_column("athlete", sa.Column("weight", sa.Float(), nullable=False))


def test_rows_are_not_copied_by_a_version_that_does_not_know_all(
    server: postgresql.Server, url: str, tmp_path: Path
) -> None:
    """From or to a newer schema: columns would be lost."""
    newest = server.url(new(server))
    with newer.version(tmp_path):
        home_of(url, "backups").migrate()
        home_of(newest, "backups").migrate()
    file = home_of(f"sqlite:///{tmp_path / 'new.db'}", str(tmp_path / "b"))
    with pytest.raises(StoreError, match="newer schema"):
        copying.copy(home_of(url, "backups"), file)
    (tmp_path / "old.db").write_bytes(empty())
    old = home_of(f"sqlite:///{tmp_path / 'old.db'}", str(tmp_path / "b"))
    with pytest.raises(StoreError, match="newer schema"):
        copying.copy(old, home_of(newest, "backups"))
