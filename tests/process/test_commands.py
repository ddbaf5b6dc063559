"""Whatever is wrong at the start is one sentence and an exit code."""

import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.cli import cli
from bot.store import people
from testkit.database import made
from tests.process.running import SECRET, TOKEN, Place

pytestmark = pytest.mark.one_database("of a file's commands; see test_server.py")

BAD_SETTINGS, BAD_DATABASE, IN_USE, NO_SANDBOX = 3, 4, 7, 8

Env = dict[str, str | None]

SETTINGS: dict[str, tuple[str | None, Env, str]] = {
    "unknown key": ("[access]\nopen = true\n", {}, "access.open"),
    "broken TOML": ("[access\n", {}, "holdfast.toml"),
    "not text": ("\udcff\udcfe", {}, "holdfast.toml"),
    "a section that is none": ('delivery = "fast"\n', {}, "delivery"),
    "unknown variable": (None, {"BOT_TELEGRAM__TOKE": "x"}, "BOT_TELEGRAM__TOKE"),
    "bad list": (None, {"BOT_ACCESS__ADMINS": "12,13"}, "BOT_ACCESS__ADMINS"),
    "bad list entry": (None, {"BOT_ACCESS__ADMINS": '["me"]'}, "access.admins"),
    "bad bool": (None, {"BOT_ACCESS__OPEN_ENROLMENT": "perhaps"}, "access.open_enrolment"),
    "no token": (None, {"BOT_TELEGRAM__TOKEN": None}, "telegram.token"),
    "blank token": (None, {"BOT_TELEGRAM__TOKEN": " "}, "telegram.token"),
}


@pytest.mark.parametrize("wrong", SETTINGS)
def test_settings_that_can_not_be_used(tmp_path: Path, wrong: str) -> None:
    """One sentence on standard error names the key or the file."""
    toml, env, named = SETTINGS[wrong]
    path = tmp_path / "holdfast.toml"
    path.write_bytes((toml or "").encode("utf-8", "surrogateescape"))
    token: Env = {"BOT_TELEGRAM__TOKEN": TOKEN}
    code, out, err = command("check-config", "--config", str(path), **(token | env))
    assert code == BAD_SETTINGS
    said_once(out, err, named)


def command(*words: str, **env: str | None) -> tuple[int, list[str], list[str]]:
    """Run a command in this process; return its exit code, and the lines on both channels."""
    done = CliRunner().invoke(cli, words, env=env)
    return done.exit_code, done.stdout.splitlines(), done.stderr.splitlines()


def test_the_demo_without_its_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in production: the sentence says what is missing and how to get it."""
    monkeypatch.setitem(sys.modules, "telegram_sandbox", None)
    code, out, err = command("demo")
    assert code == NO_SANDBOX
    said_once(out, err, "telegram-sandbox")
    assert "make demo" in err[0]


@pytest.mark.parametrize("kind", ["missing", "folder"])
async def test_a_file_that_can_not_be_read(place: Place, kind: str) -> None:
    """The sentence names the file."""
    path = place.folder / "there.toml"
    if kind == "folder":
        path.mkdir()
    code, program = await place.finishes("run", "--config", str(path))
    assert code == BAD_SETTINGS
    said_once(program.out, program.err, "there.toml")


def said_once(out: list[str], err: list[str], named: str) -> None:
    """One sentence on standard error, and nothing else."""
    assert out == []
    assert len(err) == 1
    assert err[0].startswith("holdfast: ")
    assert err[0].endswith(".")
    assert named in err[0]


UNUSABLE = ["sqlite:///{folder}/taken", "sqlite:///{folder}/plain.txt", "holdfast.db"]
"""A folder, no database, no address."""
OTHERS = [
    ("migrate", "sqlite:///{folder}/plain.txt/x.db"),
    ("migrate", "mysql://somebody:their-password@localhost/holdfast"),
    ("stats", "sqlite:///{folder}/plain.txt"),
    ("stats", "sqlite://"),
    ("backup", "sqlite:///{folder}/plain.txt"),
]
"""Under a file, another kind, no database, in memory."""


@pytest.mark.parametrize("url", UNUSABLE)
async def test_a_database_that_can_not_be_used(place: Place, url: str) -> None:
    """One sentence names the setting, and nothing is made."""
    occupy(place.folder)
    code, program = await place.finishes("run", BOT_DATABASE__URL=url.format(folder=place.folder))
    assert code == BAD_DATABASE
    said_once(program.out, program.err, "database.url")
    assert occupied(place.folder)


@pytest.mark.parametrize(("word", "url"), OTHERS)
def test_whatever_the_command(tmp_path: Path, word: str, url: str) -> None:
    """The same is said by commands that are done at once."""
    occupy(tmp_path)
    env = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": url.format(folder=tmp_path)}
    code, out, err = command(word, **env)
    assert code == BAD_DATABASE
    said_once(out, err, "database.url")
    assert "their-password" not in err[0]
    assert occupied(tmp_path)


def occupy(folder: Path) -> None:
    """Put a folder and a text where a database should be."""
    (folder / "taken").mkdir()
    (folder / "plain.txt").write_text("This is no database. " * 200)


def occupied(folder: Path) -> bool:
    """Whether nothing but that is there; a lock may be."""
    left = [name for name in names(folder) if not name.endswith(".lock")]
    return left == ["plain.txt", "taken"]


async def test_stats_without_a_database(place: Place) -> None:
    """Figures of a database that was never made: one sentence, and still no database."""
    code, program = await place.finishes("stats")
    assert code == BAD_DATABASE
    said_once(program.out, program.err, "database.url")
    assert list(place.folder.iterdir()) == []


async def test_good_settings_are_shown_without_secrets(place: Place) -> None:
    """The check prints every setting, and the token as stars."""
    path = place.folder / "holdfast.toml"
    path.write_text(f'[telegram]\ntoken = "{TOKEN}"\n[access]\nopen_enrolment = true\n')
    code, program = await place.finishes(
        "check-config", "--config", str(path), BOT_TELEGRAM__TOKEN=None
    )
    assert code == 0
    assert program.err == []
    assert "telegram.token = **********" in program.out
    assert "access.open_enrolment = True" in program.out
    assert SECRET not in program.printed


async def test_migrating_twice(place: Place) -> None:
    """The second time changes nothing."""
    first, one = await place.finishes("migrate", "--new")
    second, two = await place.finishes("migrate")
    assert (first, second) == (0, 0)
    assert one.out[0].startswith("Schema: none → ")
    head = one.out[0].partition(" → ")[2].partition(",")[0]
    assert two.out == [f"Schema: {head} → {head}, in {place.database}."]
    assert names(place.folder) == ["holdfast.db", "holdfast.db.lock"]


@pytest.mark.parametrize("command", ["migrate", "run"])
async def test_f72_a_database_of_a_newer_version(place: Place, command: str) -> None:
    """There is no way down: one sentence, and the database stays as it is."""
    made(place.database)
    place.write(
        lambda db: db.connection().execute(text("UPDATE alembic_version SET version_num='9999'"))
    )
    code, program = await place.finishes(command)
    assert code == BAD_DATABASE
    said_once(program.out, program.err, "9999")
    assert "newer" in program.err[0]
    found = place.write(
        lambda db: db.connection().execute(text("SELECT * FROM alembic_version")).scalar()
    )
    assert found == "9999"


async def test_f72_backup_and_restore(place: Place) -> None:
    """What a backup holds comes back; what was there lies beside it; both say what they did."""
    place.enrol("Maria", ago=None)
    code, made = await place.finishes("backup")
    assert (code, made.err) == (0, [])
    (path,) = (place.folder / "backups").iterdir()
    assert made.out[0].startswith(f"Backup: {path} (")
    place.enrol("Jonas", ago=None)
    code, done = await place.finishes("restore", str(path))
    assert (code, done.err) == (0, [])
    assert done.out[0].startswith(f"Restored {path} as {place.database}, schema ")
    assert "before-restore-" in done.out[1]
    found = place.write(lambda db: [one.name for one in people.athletes(db, None)])
    assert found == ["Maria"]


async def test_f72_nothing_is_restored_while_the_bot_runs(place: Place) -> None:
    """A first start makes a backup by itself; restoring it is refused until the bot is stopped."""
    bot = await place.runs()
    await bot.logs("backup_made")
    (path,) = (place.folder / "backups").iterdir()
    code, refused = await place.finishes("restore", str(path))
    assert code == IN_USE
    said_once(refused.out, refused.err, "already running")
    code, missing = await place.finishes("restore", str(place.folder / "none.db"))
    assert code == BAD_DATABASE
    said_once(missing.out, missing.err, "none.db")


def names(folder: Path) -> list[str]:
    """Return the files of a folder, without what SQLite keeps beside its own."""
    return sorted(p.name for p in folder.iterdir() if not p.name.endswith(("-wal", "-shm")))
