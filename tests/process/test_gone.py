"""Commands on a database that is not there, or of which only a part can be done.

Each is done whole or not at all, on the database that was meant, and says which one that is.
"""

import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command as alembic
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.protocol.dose.dose import Dose
from bot.store import backup, damage
from bot.store.engine import FileLock, Store, open_engine
from bot.store.steps import config
from testkit.database import empty, made
from testkit.people import enrolled
from tests.process.running import SECRET, TOKEN, Place
from tests.process.test_commands import command, said_once

pytestmark = pytest.mark.one_database("of a file")

BAD_DATABASE, CANNOT_GO_ON = 4, 5
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
COMMANDS = ("migrate", "backup", "stats", "check-config")


def used(folder: Path, name: str = "Maria", number: int = 1) -> Path:
    """Make a database in which somebody is an athlete, or add one; return its file."""
    path = folder / "holdfast.db"
    url = made(path)
    with Store(url, inline=True) as store:
        store.write_now(enrolled, number, name, Dose(), None, NOW)
    return path


def of(path: Path) -> dict[str, str | None]:
    """Return the environment of a bot with this database."""
    return {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": f"sqlite:///{path}"}


def names(folder: Path) -> set[str]:
    """Return what is in a folder, without what SQLite keeps beside its own."""
    return {path.name for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm"))}


def athletes(path: Path) -> list[str]:
    """Return the names in a database."""
    with closing(sqlite3.connect(path)) as found:
        return [row[0] for row in found.execute("SELECT name FROM person ORDER BY name")]


# ---- F112: another folder, no environment ----------------------------------------------


@pytest.mark.parametrize("word", ["migrate", "backup", "stats", "restore"])
def test_f112_in_another_folder_nothing_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """A relative address leads elsewhere: the sentence names the path, and nothing is made."""
    good = backup.make(f"sqlite:///{used(tmp_path)}", tmp_path / "backups", NOW, 9).path
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    words = (word, str(good)) if word == "restore" else (word,)
    code, out, err = command(*words, BOT_TELEGRAM__TOKEN=TOKEN)
    assert code == BAD_DATABASE
    said_once(out, err, f"there is no database {elsewhere}/data/holdfast.db; ")
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("word", ["migrate", "restore"])
def test_f112_a_new_one_is_made_where_it_is_wanted(tmp_path: Path, word: str) -> None:
    """With --new; the path is told."""
    good = backup.make(f"sqlite:///{used(tmp_path)}", tmp_path / "backups", NOW, 9).path
    path = tmp_path / "elsewhere" / "holdfast.db"
    words = (word, str(good)) if word == "restore" else (word,)
    code, out, err = command(*words, "--new", **of(path))
    assert (code, err) == (0, [])
    assert str(path) in out[0]
    assert athletes(path) == (["Maria"] if word == "restore" else [])


def test_f112_a_relative_address_is_told_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever command: the file that it worked on can be found."""
    path = used(tmp_path)
    monkeypatch.chdir(tmp_path)
    env = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": "sqlite:///holdfast.db"}
    for words in (["migrate"], ["backup"]):
        code, out, _ = command(*words, **env)
        assert code == 0
        assert str(tmp_path) in out[0]
    (copy,) = (tmp_path / "backups").iterdir()
    assert str(path) in command("restore", str(copy), **env)[1][0]


async def test_f112_a_running_bot_is_noticed(place: Place) -> None:
    """Nothing is migrated under it; a backup and figures can be had meanwhile."""
    place.enrol("Maria", ago=None)
    await place.runs()
    found = {word: command(word, **of(place.database)) for word in COMMANDS}
    assert {word: code for word, (code, _, _) in found.items()} == {
        "migrate": 7,
        "backup": 0,
        "stats": 0,
        "check-config": 0,
    }
    said_once(*found["migrate"][1:], f"already running on {place.database}")


# ---- F113: gone or empty ---------------------------------------------------------------


def _gone(path: Path) -> None:
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def _emptied(path: Path) -> None:
    _gone(path)
    path.touch()


def _without_tables(path: Path) -> None:
    _gone(path)
    with closing(sqlite3.connect(path)) as found:
        found.execute("PRAGMA user_version = 1")


def _begun_again(path: Path) -> None:
    _gone(path)
    made(path)


LOSSES: dict[str, Callable[[Path], None]] = {
    "gone": _gone,
    "of no bytes": _emptied,
    "without tables": _without_tables,
    "without rows": _begun_again,
}


@pytest.mark.parametrize("how", LOSSES)
async def test_f113_a_database_that_is_lost_is_not_begun_anew(place: Place, how: str) -> None:
    """Every command names the newest good backup and how to restore it, and that helps."""
    maria = place.enrol("Maria", ago=None)
    good = backup.make(place.url, place.folder / "backups", NOW, 9).path
    unused = backup.make(f"sqlite:///{good}", place.folder / "backups", NOW + timedelta(days=1), 9)
    unused.path.write_bytes(empty())
    LOSSES[how](place.database)
    code, bot = await place.finishes("run")
    assert code == BAD_DATABASE
    said_once(
        bot.out, bot.err, f"the newest good backup is {good.name}: run `holdfast restore {good}"
    )
    assert str(place.database) in bot.err[0]
    for word in COMMANDS:
        assert command(word, **of(place.database))[::2] == (BAD_DATABASE, bot.err)
    assert athletes(good) == ["Maria"]
    assert command("restore", str(good), **of(place.database))[0] == 0
    await place.runs()
    await place.acted(maria)


@pytest.mark.parametrize(
    "trace", ["holdfast.db.lock", "holdfast.db-wal", "holdfast.db.before-0001"]
)
def test_f113_what_stands_beside_it_shows_that_there_was_one(tmp_path: Path, trace: str) -> None:
    """Without a backup the sentence says so, and how to begin anew."""
    (tmp_path / trace).touch()
    path = tmp_path / "holdfast.db"
    for word in COMMANDS:
        code, out, err = command(word, **of(path))
        assert code == BAD_DATABASE
        said_once(out, err, f"{path} is gone")
        assert f"there is no good backup in {tmp_path}/backups. " in err[0]
        assert err[0].endswith("run `holdfast migrate --new`.")
    assert [one.name for one in tmp_path.iterdir()] == [trace]
    assert command("migrate", "--new", **of(path))[0] == 0
    assert command("check-config", **of(path))[0] == 0


def test_f113_beginning_anew_on_purpose(tmp_path: Path) -> None:
    """Backups that have athletes do not stand in its way; a database with athletes does."""
    path = used(tmp_path)
    backup.make(f"sqlite:///{path}", tmp_path / "backups", NOW, 9)
    code, out, err = command("migrate", "--new", **of(path))
    assert code == BAD_DATABASE
    said_once(out, err, f"{path} is there")
    assert athletes(path) == ["Maria"]
    _gone(path)
    assert command("migrate", "--new", **of(path))[0] == 0
    for word in COMMANDS:
        assert command(word, **of(path))[0] == 0


async def test_f113_a_first_start_that_failed_can_be_repeated(place: Place) -> None:
    """The lock and the database that it leaves are no loss."""
    place.sandbox.token = "1:ANOTHER"
    for _ in range(2):
        code, _ = await place.finishes("run")
        assert code == CANNOT_GO_ON
    place.sandbox.token = TOKEN
    await place.runs()


@settings(max_examples=25, deadline=None)
@given(kinds=st.lists(st.booleans(), min_size=1, max_size=9), keep=st.integers(1, 3))
def test_f113_copies_of_an_empty_database_push_out_no_good_ones(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[bool], keep: int
) -> None:
    """Whatever the order in which they are made: the newest of each kind are kept."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    sources = {True: used(folder / "a"), False: folder / "b" / "holdfast.db"}
    made(sources[False])
    done = [
        backup.make(
            f"sqlite:///{sources[kind]}", folder / "x", NOW + timedelta(days=day), keep
        ).path
        for day, kind in enumerate(kinds)
    ]
    good = [path for path, kind in zip(done, kinds, strict=True) if kind]
    empty = [path for path, kind in zip(done, kinds, strict=True) if not kind]
    assert set((folder / "x").iterdir()) == {*good[-keep:], *empty[-keep:]}
    assert damage.newest_good(folder / "x") == (good or empty)[-1]


def test_f113_an_erased_athlete_leaves_the_backups_in_time(tmp_path: Path) -> None:
    """A database from which everybody was erased is no empty one: its copies push out others."""
    path, folder = used(tmp_path), tmp_path / "backups"
    backup.make(f"sqlite:///{path}", folder, NOW, 2)
    with closing(sqlite3.connect(path)) as found, found:
        found.execute("PRAGMA foreign_keys = ON")
        found.execute("DELETE FROM person")
    for day in (1, 2):
        backup.make(f"sqlite:///{path}", folder, NOW + timedelta(days=day), 2)
    assert [athletes(one) for one in sorted(folder.iterdir())] == [[], []]


# ---- F119: whole or not begun ----------------------------------------------------------


def _first_schema(path: Path) -> None:
    """Make a database of the first schema with some rows."""
    engine = open_engine(f"sqlite:///{path}", writes=True)
    with engine.begin() as connection:
        alembic.upgrade(config(connection), "0001")
        for number in range(1000):
            connection.exec_driver_sql(
                "INSERT INTO person (name, zone, created_at) VALUES (?, 'UTC', '2026-11-01 06:00')",
                (f"Athlete {number} " + "x" * 50,),
            )
    engine.dispose()


@pytest.fixture(scope="module")
def first_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return such a database."""
    path = tmp_path_factory.mktemp("first") / "holdfast.db"
    _first_schema(path)
    return path


@contextmanager
def room(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes: what a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def content(path: Path) -> dict[str, list[Any]]:
    """Return everything in a database, by table."""
    with closing(sqlite3.connect(path)) as found:
        query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
        tables = [row[0] for row in found.execute(query)]
        return {name: found.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608


@settings(max_examples=15, deadline=None)
@given(size=st.integers(0, 700) | st.sampled_from([0, 1]))
def test_f119_a_migration_on_a_full_disk(
    tmp_path_factory: pytest.TempPathFactory, first_schema: Path, size: int
) -> None:
    """However much room there is: it is migrated, or as it was; one sentence, nothing half made."""
    folder = tmp_path_factory.mktemp("full")
    path = folder / "holdfast.db"
    shutil.copyfile(first_schema, path)
    before = content(path)
    with room(size * 1024):
        code, out, err = command("migrate", **of(path))
    left = names(folder)
    if code == 0:
        assert content(path)["alembic_version"] != before["alembic_version"]
        assert content(folder / "holdfast.db.before-0001") == before
    else:
        assert code in {BAD_DATABASE, CANNOT_GO_ON}
        said_once(out, err, "")
        assert content(path) == before
        kept = folder / "holdfast.db.before-0001"
        assert not kept.exists() or content(kept) == before
    assert left <= {"holdfast.db", "holdfast.db.lock", "holdfast.db.before-0001"}


@settings(max_examples=15, deadline=None)
@given(size=st.integers(0, 700))
def test_f119_a_restore_on_a_full_disk(
    tmp_path_factory: pytest.TempPathFactory, first_schema: Path, size: int
) -> None:
    """The database is the restored one, migrated and settled; or the one that was there before."""
    folder = tmp_path_factory.mktemp("full")
    path, source = used(folder), folder / "old.db"
    shutil.copyfile(first_schema, source)
    before = content(path)
    with room(size * 1024):
        code, out, err = command("restore", str(source), **of(path))
    if code == 0:
        assert len(athletes(path)) == 1000
        assert [len(names(folder)), len(out)] == [4, 4]
    else:
        said_once(out, err, "")
        assert content(path) == before
        assert names(folder) <= {"holdfast.db", "holdfast.db.lock", "old.db"}


ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
OWNER = (23_456, 23_457)


@ROOT
@pytest.mark.parametrize("how", ["replaced", "gone"])
def test_f119_what_root_does_belongs_to_the_bots_user(tmp_path: Path, how: str) -> None:
    """After `restore`, `migrate` and `backup` as root every file is one that the bot can open."""
    folder = tmp_path / "data"
    folder.mkdir()
    path = used(folder)
    good = tmp_path / "good.db"
    backup.copy(path, good)
    for one in (folder, *folder.iterdir()):
        os.chown(one, *OWNER)
    if how == "gone":
        _gone(path)
        assert command("migrate", "--new", **of(path))[0] == 0
    for words in (["restore", str(good)], ["migrate"], ["backup"]):
        code, _, err = command(*words, **of(path))
        assert (code, err) == (0, [])
    found = {one: (one.stat().st_uid, one.stat().st_gid) for one in folder.rglob("*")}
    assert set(found.values()) == {OWNER}
    assert path.stat().st_mode & 0o777 == 0o600
    assert (folder / "backups").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8", "cp1252"])
async def test_f119_a_terminal_with_few_letters(place: Place, encoding: str) -> None:
    """What cannot be shown is written otherwise; the work is done, and nothing fails after it."""
    place.enrol("Žofie", ago=None)
    good = backup.make(place.url, place.folder / "backups", NOW, 9).path
    env = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "LC_ALL": "C"}
    for words in (["--help"], ["migrate"], ["stats"], ["backup"], ["restore", str(good)]):
        code, program = await place.finishes(*words, **env)
        assert (code, program.err) == (0, [])
        assert program.out
    assert athletes(place.database) == ["Žofie"]


def test_f119_nothing_is_restored_while_a_bot_runs(tmp_path: Path) -> None:
    """Not even its settling, which comes after the copy."""
    path = used(tmp_path)
    good = backup.make(f"sqlite:///{path}", tmp_path / "backups", NOW, 9).path
    lock = FileLock(f"sqlite:///{path}")
    code, out, err = command("restore", str(good), **of(path))
    lock.release()
    assert code == 7
    said_once(out, err, "already running")
    assert SECRET not in err[0]
