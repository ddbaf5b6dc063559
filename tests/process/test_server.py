"""The bot as a process on a PostgreSQL server: what ends it, and its commands."""

import pytest
from sqlalchemy import text
from sqlmodel import Session as Db

from bot.store import people
from bot.store.engine import Store
from testkit import database, postgresql
from tests.process.running import SECRET, Place

pytestmark = pytest.mark.one_database("of a server")
AWAY = 9
NEWER = (
    "ALTER TABLE alembic_version ADD COLUMN IF NOT EXISTS readable_since text",
    "UPDATE alembic_version SET readable_since = version_num, version_num = '9' || version_num",
)
AS_IT_WAS = "UPDATE alembic_version SET version_num = substr(version_num, 2)"
ENDS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


def made_newer(db: Db) -> None:
    """Let the tables be those of a newer version, which this one may read."""
    for one in NEWER:
        db.connection().execute(text(one))


@pytest.fixture
def server() -> postgresql.Server:
    """Return the running server."""
    return postgresql.server()


async def test_a_server_that_is_gone(place: Place, server: postgresql.Server) -> None:
    """The bot waits for it; who starts meanwhile ends, with one sentence."""
    with database.kind(database.POSTGRESQL), database.given_back():
        maria = place.enrol("Maria", ago=None)
        bot = await place.runs()
        name = place.url.rpartition("/")[2]
        await place.acted(maria)
        server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false", ENDS.format(name))
        await bot.logs("database_away")
        code, refused = await place.finishes("run")
        assert (code, len(refused.err)) == (AWAY, 1)
        assert f"can be reached at {place.named}" in refused.err[0]
        server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await bot.logs("standby", times=2)
        await place.acted(maria)
        assert await bot.terminated() == 0


async def test_commands_on_a_server(place: Place, server: postgresql.Server) -> None:
    """Each says in a sentence what it did, or why not; none shows the password."""
    with database.kind(database.POSTGRESQL), database.given_back():
        place.enrol("Maria", ago=None)
        url = place.url.replace("holdfast@", f"holdfast:{SECRET}@")
        code, shown = await place.finishes("check-config", BOT_DATABASE__URL=url)
        assert (code, shown.err) == (0, [])
        assert f"database.url = {place.named}" in shown.out
        for word, last in (("migrate", f", in {place.named}."), ("stats", "")):
            code, done = await place.finishes(word, BOT_DATABASE__URL=url)
            assert (code, done.err) == (0, [])
            assert done.out[-1].endswith(last)
        place.write(made_newer)
        code, done = await place.finishes("stats", BOT_DATABASE__URL=url)
        place.write(lambda db: db.connection().execute(text(AS_IT_WAS)))
        assert (code, done.err) == (0, [])
        for words in (("backup",), ("restore", "some.db")):
            code, refused = await place.finishes(*words, BOT_DATABASE__URL=url)
            assert code != 0
            assert "pg_dump" in refused.err[0]
        new = f"sqlite:///{place.folder / 'copy.db'}"
        code, done = await place.finishes("copy", url, new)
        assert (code, done.err) == (0, [])
        assert done.out[0].startswith("Copied ")
        copied = place.folder / "copy.db"
        assert f"from {place.named} to {copied}; each" in done.out[0]
    with Store(new, inline=True) as store:
        found = store.read_now(lambda db: [one.name for one in people.athletes(db, None)])
        rows = store.read_now(lambda db: db.connection().execute(text("SELECT 1 FROM plan")).all())
    assert (found, len(rows)) == (["Maria"], 1)
