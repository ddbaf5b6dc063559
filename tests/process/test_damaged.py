"""F116: the database's file is damaged, before the start or while the bot runs."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.store import backup
from tests.process.running import ADMIN, Place, Program
from tests.store import pages
from tests.store.pages import Harm

pytestmark = pytest.mark.one_database("of a file")

BAD_DATABASE = 4
NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


def good_backup(place: Place) -> Path:
    """Make a good backup, and a newer one that is damaged; return the good one."""
    folder = place.folder / "backups"
    good = backup.make(place.url, folder, NOW, 9).path
    newer = backup.make(place.url, folder, NOW + timedelta(days=1), 9).path
    pages.harm(newer, pages.root_of(newer, "outbox"))
    pages.whole(place.database)
    return good


def told(bot: Program, good: Path) -> None:
    """One sentence names the good backup, and how to restore it."""
    said = [line for line in bot.err if "event=" not in line]
    assert len(said) == 1, bot.printed
    assert said[0].startswith(
        f"holdfast: database.url: {good.parent.parent}/holdfast.db is damaged"
    )
    assert said[0].endswith(f"`holdfast restore {good}`.")


PLACES = ["header", "outbox", "session", "ix_outbox_send", "person", "alembic_version"]


@pytest.mark.parametrize("where", PLACES)
async def test_f116_damaged_before_the_start(place: Place, where: str) -> None:
    """Whichever page it is, the bot ends soon, names the newest good backup, and that helps."""
    maria = place.enrol("Maria", ago=None)
    good = good_backup(place)
    page = 1 if where == "header" else pages.root_of(place.database, _name(place, where))
    pages.harm(place.database, page)
    code, bot = await place.finishes("run")
    assert code == BAD_DATABASE
    told(bot, good)
    code, _ = await place.finishes("restore", str(good))
    assert code == 0
    await place.runs()
    await place.acted(maria)


def _name(place: Place, where: str) -> str:
    """Return a table, or an index of the outbox."""
    if not where.startswith("ix_"):
        return where
    with closing(sqlite3.connect(place.database)) as found:
        query = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'outbox'"
        return str(found.execute(f"{query} AND sql IS NOT NULL").fetchone()[0])


@pytest.mark.parametrize("where", ["header", "outbox", "session", "inbox"])
async def test_f116_damaged_while_it_runs(place: Place, where: str) -> None:
    """Damage that is met later, in a read, a write or a backup, ends it in the same way."""
    maria = place.enrol("Maria", ago=None)
    good = good_backup(place)
    admin = place.sandbox.people[ADMIN]
    bot = await place.runs()
    await place.acted(maria)
    page = 1 if where == "header" else pages.root_of(place.database, where)
    pages.harm_in_use(place.database, page)
    maria.say("/session")
    admin.say("/backup")
    assert await bot.ended() == BAD_DATABASE
    said = [line for line in bot.err if "event=" not in line]
    assert len(said) == 1, bot.printed
    assert "`holdfast restore " in said[0]
    named = Path(said[0].partition("`holdfast restore ")[2].rstrip("`."))
    assert named == max(one for one in good.parent.iterdir() if one.name != newer_name())


def newer_name() -> str:
    """Return the name of the damaged backup."""
    return f"holdfast-{NOW + timedelta(days=1):%Y%m%dT%H%M%SZ}.db"


@pytest.mark.parametrize("word", ["migrate", "backup", "stats"])
async def test_f116_other_commands_say_the_same(place: Place, word: str) -> None:
    """Damage is one sentence and exit code 4, whichever command meets it."""
    place.enrol("Maria", ago=None)
    good = good_backup(place)
    pages.harm(place.database, 1, Harm.ZEROS)
    code, done = await place.finishes(word)
    assert code == BAD_DATABASE
    assert done.out == []
    told(done, good)


@pytest.mark.parametrize("where", ["outbox", "session", "person"])
async def test_f116_the_check_looks_at_every_page(place: Place, where: str) -> None:
    """As the bot does soon after its start, and says what the bot would say."""
    place.enrol("Maria", ago=None)
    good = good_backup(place)
    assert (await place.finishes("check-config"))[0] == 0
    pages.harm(place.database, pages.root_of(place.database, where))
    code, done = await place.finishes("check-config")
    assert code == BAD_DATABASE
    told(done, good)


async def test_f116_without_a_good_backup(place: Place) -> None:
    """A backup that is damaged as well is not named."""
    place.enrol("Maria", ago=None)
    good = good_backup(place)
    pages.harm(good, 3)
    pages.harm(place.database, pages.root_of(place.database, "session"))
    code, bot = await place.finishes("run")
    assert code == BAD_DATABASE
    (said,) = [line for line in bot.err if "event=" not in line]
    assert said.endswith(f"and there is no good backup in {good.parent}.")
