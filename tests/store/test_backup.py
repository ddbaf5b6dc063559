"""Backups and restoring: consistent while others write, private, checked, and all comes back."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from bot.protocol.dose.dose import Dose
from bot.store import backup
from bot.store import facts as store_facts
from bot.store.backup import BackupError
from bot.store.engine import FileLock, InUseError, Store, StoreError, file_of, open_engine
from bot.store.restore import restore
from bot.store.steps import config
from testkit.database import made
from testkit.people import enrolled

pytestmark = pytest.mark.one_database("of a file")

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the address of a database with an athlete."""
    path = tmp_path / "holdfast.db"
    address = made(path)
    path.chmod(0o600)
    with Store(address, inline=True) as store:
        store.write_now(enrolled, 1001, "Zoë", Dose(), None, NOW)
    return address


def rows(path: Path) -> dict[str, list[Any]]:
    """Return everything that stands in a database, by table."""
    with closing(sqlite3.connect(path)) as found:
        tables = [
            row[0] for row in found.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        return {name: found.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608


async def test_it_is_of_one_instant_while_others_write(url: str, tmp_path: Path) -> None:
    """Two facts that are always written together are together in every copy."""
    folder = tmp_path / "backups"
    with Store(url) as store:
        writing = asyncio.create_task(_count_up(store))
        made = [
            await asyncio.to_thread(backup.make, url, folder, NOW + timedelta(minutes=number), 9)
            for number in range(5)
        ]
        writing.cancel()
    counts = []
    for one in made:
        facts = {key: int(value) for key, value, _at in rows(one.path)["fact"]}
        assert facts.get("left") == facts.get("right")
        counts.append(facts.get("left", 0))
    assert counts == sorted(counts)


async def _count_up(store: Store) -> None:
    for number in range(1_000_000):
        await store.write(_both, str(number))


def _both(db: Any, value: str) -> None:
    store_facts.set_fact(db, "left", value, NOW)
    store_facts.set_fact(db, "right", value, NOW)


def test_it_is_private_and_complete(url: str, tmp_path: Path) -> None:
    """One file without a journal, 0600 in a folder 0700, named by its instant."""
    made = backup.make(url, tmp_path / "kept" / "here", NOW, 3)
    assert [path.name for path in made.path.parent.iterdir()] == ["holdfast-20261123T030000Z.db"]
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    assert made.size == made.path.stat().st_size
    assert rows(made.path) == rows(file_of(url))


def test_the_newest_are_kept(url: str, tmp_path: Path) -> None:
    """Older backups go, and what a crash left half made; nothing else in the folder does."""
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("holdfast-20261101T030000Z.db.part", "mine.db"):
        (folder / name).touch()
    for day in range(4):
        backup.make(url, folder, NOW + timedelta(days=day), 2)
    assert sorted(path.name for path in folder.iterdir()) == [
        "holdfast-20261125T030000Z.db",
        "holdfast-20261126T030000Z.db",
        "mine.db",
    ]


def test_a_failure_is_one_sentence_and_leaves_nothing(url: str, tmp_path: Path) -> None:
    """A folder that is none, a program that ends, a database that is damaged."""
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match=r"^No backup was made in .*: .* file\.$"):
        backup.make(url, tmp_path / "file", NOW, 1)
    with pytest.raises(BackupError, match="told to stop"):
        backup.make(url, tmp_path / "backups", NOW, 1, lambda: True)
    _damage(file_of(url))
    with pytest.raises(BackupError):
        backup.make(url, tmp_path / "backups", NOW, 1)
    assert list((tmp_path / "backups").iterdir()) == []


def _damage(path: Path) -> None:
    with closing(sqlite3.connect(path)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096 * 2 : 4096 * 20] = b"\xa5" * (4096 * 18)
    path.write_bytes(content)


def test_f72_a_restored_database_gives_back_everything(url: str, tmp_path: Path) -> None:
    """Every row of every table is as it was; what was there since lies beside it, with its log."""
    before = rows(file_of(url))
    made = backup.make(url, tmp_path / "backups", NOW, 1)
    with Store(url, inline=True) as store:
        store.write_now(enrolled, 1002, "Jonas", Dose(), None, NOW)
    since = rows(file_of(url))
    done = restore(url, made.path, NOW)
    assert rows(file_of(url)) == before
    assert done.former is not None
    assert done.former.name == "holdfast.db.before-restore-20261123T030000Z"
    assert rows(done.former) == since
    assert file_of(url).stat().st_mode & 0o777 == 0o600
    left = {path.name for path in tmp_path.iterdir() if not path.name.endswith(("-wal", "-shm"))}
    assert left == {"holdfast.db", "holdfast.db.lock", done.former.name, "backups"}


def test_f72_a_damaged_database_is_replaced(url: str, tmp_path: Path) -> None:
    """That the present one cannot be read is the very reason to restore."""
    made = backup.make(url, tmp_path / "backups", NOW, 1)
    file_of(url).write_bytes(b"no database any more" * 500)
    restore(url, made.path, NOW)
    assert len(rows(file_of(url))["athlete"]) == 1


def test_f72_a_backup_of_an_older_schema_is_brought_up(tmp_path: Path) -> None:
    """It comes back with this version's schema."""
    old, url = tmp_path / "old.db", f"sqlite:///{tmp_path / 'holdfast.db'}"
    engine = open_engine(f"sqlite:///{old}", writes=True)
    with engine.begin() as connection:
        command.upgrade(config(connection), "0001")
    engine.dispose()
    done = restore(url, old, NOW)
    assert (done.former, done.revision) == (None, "0001")
    assert done.head == rows(file_of(url))["alembic_version"][0][0] != "0001"


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as found, found:
        found.execute("UPDATE alembic_version SET version_num = '9999'")


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as found, found:
        found.execute("CREATE TABLE person (id INTEGER)")


UNFIT: dict[str, tuple[Callable[[Path], Any], str]] = {
    "missing": (Path.unlink, "There is no file"),
    "text": (lambda path: path.write_text("This is no database. " * 300), "not a database"),
    "empty": (lambda path: path.write_bytes(b""), "not a Holdfast database"),
    "another program's": (_foreign, "not a Holdfast database"),
    "newer": (_newer, "9999"),
    "damaged": (_damage, "cannot be restored"),
}


@pytest.mark.parametrize("why", UNFIT)
def test_f72_what_can_not_be_restored_changes_nothing(url: str, tmp_path: Path, why: str) -> None:
    """One sentence, and the database stays as it is."""
    spoil, sentence = UNFIT[why]
    made = backup.make(url, tmp_path / "backups", NOW, 1)
    spoil(made.path)
    before = rows(file_of(url))
    with pytest.raises(StoreError, match=sentence):
        restore(url, made.path, NOW)
    assert rows(file_of(url)) == before
    assert not list(tmp_path.glob("holdfast.db.[br]*"))


@pytest.fixture
def running(url: str) -> Iterator[None]:
    """Hold the database as a running bot does."""
    lock = FileLock(url)
    yield
    lock.release()


def test_nothing_is_restored_under_a_running_bot(url: str, tmp_path: Path, running: None) -> None:
    """A backup can be made beside it, restoring is refused."""
    made = backup.make(url, tmp_path / "backups", NOW, 1)
    with pytest.raises(InUseError, match="already running"):
        restore(url, made.path, NOW)
