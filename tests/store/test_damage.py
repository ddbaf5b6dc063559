"""F116: damage is told from other trouble, wherever it is met, and a good backup is found."""

import asyncio
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session as Db

from bot.dispatch import due_work
from bot.protocol.dose.dose import Dose
from bot.store import backup, damage
from bot.store import pages as looking
from bot.store.backup import BackupError
from bot.store.engine import Store, StoreError, file_of
from bot.store.faults import DamagedError, is_damage, is_of_the_file, is_passing
from testkit.database import made
from testkit.people import enrolled
from tests.store import pages
from tests.store.pages import Harm

pytestmark = pytest.mark.one_database("of a file")

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
SILENT = {Harm.TEXT, Harm.EMPTY}


def made_in(folder: Path) -> str:
    """Return the address of a database with an athlete, all of it in its one file."""
    path = folder / "holdfast.db"
    url = made(path)
    with Store(url, inline=True) as store:
        store.write_now(enrolled, 1001, "Zoë", Dose(), None, NOW)
    pages.whole(path)
    return url


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return such an address."""
    return made_in(tmp_path)


def failure(code: int | None, words: str = "no") -> sqlite3.OperationalError:
    """Return an error of SQLite's with a code."""
    error = sqlite3.OperationalError(words)
    if code is not None:
        error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "passing", "damaged"),
    [
        (failure(sqlite3.SQLITE_CORRUPT), False, True),
        (failure(sqlite3.SQLITE_CORRUPT_INDEX), False, True),
        (failure(sqlite3.SQLITE_NOTADB), False, True),
        (failure(sqlite3.SQLITE_ERROR, "unsupported file format"), False, True),
        (failure(None, "Could not decode to UTF-8 column 'name'"), False, True),
        (failure(sqlite3.SQLITE_FULL), True, False),
        (failure(sqlite3.SQLITE_IOERR_WRITE), True, False),
        (failure(sqlite3.SQLITE_READONLY), True, False),
        (failure(sqlite3.SQLITE_BUSY), True, False),
        (failure(sqlite3.SQLITE_CONSTRAINT_CHECK), False, False),
        (ValueError("database disk image is malformed"), False, False),
        (DamagedError("x"), False, True),
    ],
)
def test_f116_what_kind_of_trouble_it_is(error: Exception, passing: bool, damaged: bool) -> None:  # noqa: FBT001 - the table's columns
    """Locked or full passes, damage does not; anything else is neither."""
    assert (is_passing(error), is_damage(error)) == (passing, damaged)
    assert is_of_the_file(error) is (passing or damaged)


def everything(db: Db) -> None:
    """Read all of all tables."""
    names = db.connection().execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'"))
    for (name,) in list(names):
        db.connection().execute(text(f"SELECT * FROM {name}")).fetchall()  # noqa: S608


def swallowing(db: Db) -> None:
    """Read everything, whatever comes of it."""
    with suppress(Exception):
        everything(db)


@pytest.mark.parametrize("how", ["read", "write", "due"])
async def test_f116_damage_is_noticed_whoever_catches_it(url: str, how: str) -> None:
    """A flow that swallows the error, a query, the acting on due rows: the store knows."""
    told: list[bool] = []
    with Store(url) as store:
        pages.harm(file_of(url), pages.root_of(file_of(url), "occurrence"))
        store.on_fault.append(lambda: told.append(store.damage is not None))
        with suppress(Exception):
            if how == "read":
                await store.read(swallowing)
            elif how == "write":
                await store.write(swallowing)
            else:
                await store.write(due_work.act_due, NOW + timedelta(days=3))
        await asyncio.sleep(0)
        assert store.damage is not None
    assert True in told


def test_f116_a_store_that_cannot_be_opened_says_so_at_once(url: str) -> None:
    """No writer thread dies in silence while everybody waits for it."""
    pages.harm(file_of(url), 1)
    with pytest.raises(DamagedError, match=r"database\.url: .* is damaged, or no database"):
        Store(url)


@settings(max_examples=40)
@given(page=st.integers(min_value=1), how=st.sampled_from(Harm))
def test_f116_a_damaged_page_is_found_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, page: int, how: Harm
) -> None:
    """Whichever page it is: it is found, or everything can be read as it was.

    A page that is a good one, without its rows or with other letters, no check can find.
    Of the others, no damaged backup is named, and no copy is made.
    """
    folder = tmp_path_factory.mktemp("damaged")
    url = made_in(folder)
    path = file_of(url)
    good = backup.make(url, folder / "backups", NOW, 2).path
    before = contents(path)
    number = 1 + page % pages.count(path)
    pages.harm(path, number, how)
    with pytest.raises(BackupError) if looking.find(path) else suppress(BackupError):
        backup.make(url, folder / "backups", NOW + timedelta(days=1), 2)
        assert how in SILENT or contents(path) == before
    assert good.exists()
    newer = backup.make(f"sqlite:///{good}", folder / "backups", NOW + timedelta(days=2), 9).path
    pages.harm(newer, number, how)
    named = damage.newest_good(folder / "backups")
    assert named != newer or how in SILENT or contents(newer) == before


def contents(path: Path) -> dict[str, list[Any]]:
    """Return everything that stands in a database, by table."""
    with closing(sqlite3.connect(path)) as found:
        query = "SELECT name FROM sqlite_schema WHERE type='table'"
        names = [row[0] for row in found.execute(query)]
        return {name: found.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608


def test_f116_an_index_that_lacks_a_row_is_no_good_backup(url: str, tmp_path: Path) -> None:
    """What only the long check finds keeps a copy from being made, or named."""
    folder = tmp_path / "backups"
    good = backup.make(url, folder, NOW, 2).path
    with closing(sqlite3.connect(file_of(url))) as raw:
        query = (
            "SELECT rootpage FROM sqlite_schema "
            "WHERE type = 'index' AND tbl_name = 'occurrence' AND sql IS NOT NULL"
        )
        (root,) = raw.execute(query).fetchone()
    pages.harm(file_of(url), root, Harm.EMPTY)
    assert looking.find(file_of(url)) is None
    with pytest.raises(BackupError, match="index"):
        backup.make(url, folder, NOW + timedelta(days=1), 1)
    assert [path.name for path in folder.iterdir()] == [good.name]
    assert damage.newest_good(folder) == good


def test_f116_the_newest_good_backup_is_named(url: str, tmp_path: Path) -> None:
    """Damaged, foreign, newer and half-made ones are passed over; the sentence says what to do."""
    folder = tmp_path / "back ups"
    made = [backup.make(url, folder, NOW + timedelta(days=day), 9).path for day in range(5)]
    made[4].write_text("This is no database. " * 300)
    pages.harm(made[3], 5)
    with closing(sqlite3.connect(made[2])) as found, found:
        found.execute("UPDATE alembic_version SET version_num = '9999'")
    (folder / "holdfast-20991231T000000Z.db.part").write_bytes(made[0].read_bytes())
    assert damage.newest_good(folder) == made[1]
    assert damage.sentence(url, folder, "why").endswith(
        f"the newest good backup is {made[1].name}: run `holdfast restore '{made[1]}'`."
    )
    for path in made:
        path.unlink()
    assert damage.sentence(url, folder, "why") == (
        f"database.url: {file_of(url)} is damaged (why), and there is no good backup in {folder}."
    )


def test_f116_what_is_no_damage_stays_what_it_is(url: str, tmp_path: Path) -> None:
    """Other failures go through as they are."""
    for error in (ValueError("x"), StoreError("y"), failure(sqlite3.SQLITE_FULL)):
        with pytest.raises(type(error)) as raised, damage.told(url, tmp_path):
            raise error
        assert raised.value is error
