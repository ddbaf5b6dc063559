"""What keeps the bot from starting is known before: `check-config` and `run` look at one table."""

import errno
import fcntl
import json
import os
import resource
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot import cli, logs, outside
from bot.store import file as store_file
from bot.store.engine import FileLock, StoreError
from testkit.database import made

TOKEN = "700700700:ThisIsTheSecretHalfOfTheToken-35char"
BAD_SETTINGS, BAD_DATABASE, CANNOT_GO_ON = 3, 4, 5

Section = dict[str, Any]


class ReachedError(Exception):
    """The start got as far as asking Telegram."""


class Told(NamedTuple):
    """How a command ended, and what it said on standard error."""

    code: int
    words: list[str]


@pytest.fixture(scope="module", autouse=True)
def _no_network() -> Iterator[None]:
    """A start ends where it would ask Telegram, and leaves the log as it is."""

    async def reach(*_args: object) -> None:
        raise ReachedError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outside, "_bot", reach)
        patched.setattr(logs, "set_up", lambda **_options: None)
        for name in [name for name in os.environ if name.startswith("BOT_")]:
            patched.delenv(name)
        yield


def command(*words: str, **env: str) -> Told:
    """Run a command in this process; a start that reaches Telegram ends with 0."""
    done = CliRunner().invoke(cli.cli, words, env=env)
    if done.exception is not None and not isinstance(done.exception, ReachedError | SystemExit):
        raise done.exception
    said = [line for line in done.stderr.splitlines() if line.startswith("holdfast:")]
    return Told(0 if isinstance(done.exception, ReachedError) else done.exit_code, said)


def toml(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value) if isinstance(value, str | bool | int) else repr(value)


def document(sections: dict[str, Any]) -> str:
    """Write a settings file."""
    plain = {name: value for name, value in sections.items() if not isinstance(value, dict)}
    lines = [f"{name} = {toml(value)}" for name, value in plain.items()]
    for name, keys in sections.items():
        if name not in plain:
            lines += [f"[{name}]", *(f"{key} = {toml(value)}" for key, value in keys.items())]
    return "\n".join(lines)


# ---- any settings ---------------------------------------------------------------------

PLAIN = ("x.db", "a b.db", "deep/er/x.db", "ünï/数.db", "a#b.db", "a%zz.db", "n" * 300)
TAKEN = ("there.db", "blank.db", "newer.db", "foreign.db", "text.txt", "folder", "text.txt/x.db")
UNCLEAR = ("a?b.db", "a%20b.db", "~/x.db", "/~/x.db", "~nobody-of-this-name/x.db", "a\x00b.db")
NAMES = st.sampled_from((*PLAIN, *TAKEN, *UNCLEAR, "", ":memory:"))
OTHER_KINDS = ("sqlite:///", "sqlite://", "sqlite:", "postgresql://u:p@h/", "sqlite+x:///", "")
KINDS = st.sampled_from((*["sqlite:///{folder}/"] * 6, *OTHER_KINDS, "{folder}/"))
URLS = st.builds(lambda kind, name: kind + name, KINDS, NAMES)
IDS = st.one_of(
    st.integers(1, 2**40),
    st.sampled_from([-1001234567890, 0, 12345678901234567890, 2**52, 2**52 - 1, True, 1.5, "7"]),
    st.sampled_from(["me", "", [1], float("nan")]),
)
ODD = st.sampled_from([True, "", "x", "3", -1, 0, 1, 10**20, 1.5, float("nan"), float("inf"), []])
VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "telegram": {"token": st.sampled_from([TOKEN, f" {TOKEN}\r", "", " ", "1:x y", "abc", "١:a"])},
    "database": {"url": URLS},
    "access": {"admins": st.lists(IDS, max_size=2) | IDS, "open_enrolment": ODD},
    "operator": {"name": st.sampled_from(["Berg", "", "a\nb", "n" * 101]), "contact": ODD},
    "delivery": {"rate": ODD | st.floats(0, 2000), "paid_rate": ODD, "reminders_within_s": ODD},
    "backup": {
        "folder": st.sampled_from(
            ["backups", "~/b", "~nobody-of-this-name", "", "a\nb", "text.txt"]
        ),
        "nightly": st.sampled_from(["03:00", "off", "3:00", "24:00", "٠٣:٠٠", ""]),
        "keep": ODD,
    },
    "metrics": {"port": ODD | st.integers(-1, 70_000)},
}
KEYS = [(section, key) for section, keys in VALUES.items() for key in keys]
CHANGES = st.lists(
    st.sampled_from(KEYS).flatmap(
        lambda key: st.tuples(
            st.just(key), VALUES[key[0]][key[1]], st.sampled_from(["file", "env"])
        )
    ),
    max_size=3,
)
WRAPS = st.sampled_from(["{}", '"{}"', "'{}'", " {} ", '"{}', "{}\r"])
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
ENCODINGS = st.sampled_from((*["utf-8"] * 4, "utf-8-sig", "utf-16", "latin-1"))
EXTRAS = st.sampled_from(
    (*[{}] * 6, {"delivery": 3}, {"nobody": {"x": 1}}, {"access": {"admin": [1]}}, {"x" * 99: 1})
)


def prepare(folder: Path) -> None:
    """Put things where a database could be."""
    made(folder / "there.db")
    made(folder / "newer.db")
    with closing(sqlite3.connect(folder / "newer.db")) as found, found:
        found.execute("UPDATE alembic_version SET version_num = '9999'")
    with closing(sqlite3.connect(folder / "foreign.db")) as found, found:
        found.execute("CREATE TABLE mine (id INTEGER)")
    (folder / "text.txt").write_text("This is no database. " * 99)
    (folder / "blank.db").touch()
    (folder / "folder").mkdir()
    (folder / "home").mkdir()


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(changes=CHANGES, extra=EXTRAS, wrap=WRAPS, end=ENDS, encoding=ENCODINGS)
@example([(("database", "url"), "sqlite:///{folder}/there.db", "env")], {}, '"{}"', "\n", "utf-8")
@example([(("database", "url"), "sqlite:///~/x.db", "file")], {}, "{}", "\r\n", "utf-8-sig")
@example([(("database", "url"), "sqlite:///{folder}/newer.db", "file")], {}, "{}", "\n", "utf-8")
@example([(("access", "admins"), [-100123], "env")], {}, "'{}'", "\n", "utf-8")
def test_f117_check_config_accepts_exactly_what_run_accepts(
    changes: list[tuple[tuple[str, str], Any, str]],
    extra: dict[str, Any],
    wrap: str,
    end: str,
    encoding: str,
) -> None:
    """Whatever stands in the file and the environment: one exit code and one sentence for both.

    The check makes nothing: what it finds is what the start finds.
    """
    with TemporaryDirectory() as name, inside(Path(name)):
        folder = Path(name)
        prepare(folder)
        wanted: dict[str, Any] = {"telegram": {"token": TOKEN}}
        env = {"HOME": str(folder / "home")}
        for (section, key), value, where in changes:
            meant = value.replace("{folder}", name) if isinstance(value, str) else value
            if where == "file":
                wanted.setdefault(section, {})[key] = meant
            elif "\0" not in str(meant):
                text = meant if isinstance(meant, str) else json.dumps(meant)
                env[f"BOT_{section}__{key}".upper()] = wrap.replace("{}", text)
        config = folder / "holdfast.toml"
        text = document(wanted | extra).replace("\n", end)
        config.write_bytes(text.encode(encoding, "replace"))
        before = sorted(folder.rglob("*"))
        checked = command("check-config", "--config", str(config), **env)
        assert sorted(folder.rglob("*")) == before
        started = command("run", "--config", str(config), **env)
        assert started == checked
        assert (checked.code == 0) == (checked.words == [])
        assert len(checked.words) <= 1
        assert all(line.endswith((".", "`.")) for line in checked.words)
        assert TOKEN.partition(":")[2] not in "".join(checked.words)


# ---- what is read right ---------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_f117_a_file_of_any_editor(tmp_path: Path, encoding: str, end: str) -> None:
    """A mark at the beginning and other ends of lines change nothing."""
    config = tmp_path / "holdfast.toml"
    text = document({"telegram": {"token": TOKEN}, "access": {"admins": [7]}})
    config.write_bytes(text.replace("\n", end).encode(encoding))
    shown = CliRunner().invoke(cli.cli, ["check-config", "--config", str(config)])
    assert shown.exit_code == 0
    assert "access.admins = (7,)" in shown.stdout.splitlines()


@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_f117_quotes_that_were_kept(tmp_path: Path, quote: str) -> None:
    """A list of variables keeps quotes that a shell would take off."""
    values = {
        "TELEGRAM__TOKEN": TOKEN,
        "DATABASE__URL": f"sqlite:///{tmp_path}/x.db",
        "ACCESS__ADMINS": "[7]",
        "ACCESS__OPEN_ENROLMENT": "true",
        "DELIVERY__RATE": "20",
        "BACKUP__NIGHTLY": "04:00",
    }
    env = {f"BOT_{name}": f"{quote}{value}{quote}" for name, value in values.items()}
    shown = CliRunner().invoke(cli.cli, ["check-config"], env=env).stdout.splitlines()
    for line in ("access.admins = (7,)", "access.open_enrolment = True", "delivery.rate = 20.0"):
        assert line in shown
    assert f"database.url = sqlite:///{tmp_path}/x.db" in shown


def test_f117_a_home_folder(tmp_path: Path) -> None:
    """“~” is the home folder, for the database and the backups."""
    env = {"HOME": str(tmp_path), "BOT_TELEGRAM__TOKEN": TOKEN, "BOT_BACKUP__FOLDER": "~/kept"}
    env["BOT_DATABASE__URL"] = "sqlite:///~/here.db"
    assert command("run", **env) == Told(0, [])
    assert (tmp_path / "here.db").exists()
    assert CliRunner().invoke(cli.cli, ["backup"], env=env).exit_code == 0
    assert len(list((tmp_path / "kept").iterdir())) == 1


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "x.db?mode=ro"])
def test_f117_no_other_file_than_the_one_that_was_meant(tmp_path: Path, name: str) -> None:
    """What an address could mean in two ways is refused, and no file is made."""
    env = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": f"sqlite:///{tmp_path}/{name}"}
    for word in ("run", "check-config", "backup", "migrate", "stats"):
        code, (said,) = command(word, **env)
        assert code == BAD_DATABASE
        assert "as it is" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", ["-1001234567890", "12345678901234567890", "0"])
def test_f117_an_admin_is_a_person(wrong: str) -> None:
    """A group's id, and a number that is nobody's, are refused with an example."""
    env = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_ACCESS__ADMINS": f"[{wrong}]"}
    for word in ("run", "check-config"):
        code, (said,) = command(word, **env)
        assert code == BAD_SETTINGS
        assert said.startswith("holdfast: access.admins is not valid: ")
        assert said.endswith("for example [12345].")


# ---- what only the machine knows ------------------------------------------------------


def both(folder: Path, **env: str) -> Told:
    """Return what `check-config` and `run` both say."""
    here = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": f"sqlite:///{folder}/holdfast.db"}
    checked = command("check-config", **(here | env))
    assert command("run", **(here | env)) == checked
    return checked


def test_f114_an_old_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command says so in one sentence, before anything is made."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.36.0")
    said = both(tmp_path)
    assert said.code == BAD_DATABASE
    assert said.words[0].startswith("holdfast: SQLite 3.36.0 is too old: Holdfast needs 3.37")
    env = {"BOT_DATABASE__URL": f"sqlite:///{tmp_path}/holdfast.db"}
    for words in (["migrate", "--new"], ["backup"], ["stats"], ["restore", "x.db", "--new"]):
        assert command(*words, **env) == said
    assert list(tmp_path.iterdir()) == []


NO_LOCKS = [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EIO]


@pytest.mark.parametrize("number", NO_LOCKS)
@pytest.mark.parametrize("stands", [False, True])
def test_f115_a_file_system_without_locks(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    stands: bool,  # noqa: FBT001 - a test's own
) -> None:
    """That a lock fails is not that another holds it; nothing new is left behind."""

    def refuse(*_args: object) -> None:
        raise OSError(number, os.strerror(number))

    if stands:
        made(tmp_path / "holdfast.db")
        (tmp_path / "holdfast.db.lock").touch()
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr(fcntl, "flock", refuse)
    code, (said,) = both(tmp_path)
    assert code == BAD_DATABASE
    assert f"the file system of {tmp_path}/holdfast.db takes no locks" in said
    with pytest.raises(StoreError, match="takes no locks"):
        FileLock(f"sqlite:///{tmp_path}/holdfast.db")
    assert sorted(tmp_path.iterdir()) == before


def test_f112_a_running_bot_is_noticed(tmp_path: Path) -> None:
    """The check may run meanwhile and says so, its own port included; a second start may not."""
    url = made(tmp_path / "holdfast.db")
    lock = FileLock(url)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        env = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": url, "BOT_METRICS__PORT": port}
        shown = CliRunner().invoke(cli.cli, ["check-config"], env=env)
        assert shown.exit_code == 0
        assert f"Note: A Holdfast is running on {tmp_path}/holdfast.db now." in shown.stdout
        assert [command(word, **env).code for word in ("run", "migrate")] == [7, 7]
        lock.release()
        said = both(tmp_path, BOT_METRICS__PORT=port)
    assert said.code == CANNOT_GO_ON
    assert said.words[0].startswith("holdfast: metrics.port: ")


def test_f17_one_bot_whatever_its_database_is_called(tmp_path: Path) -> None:
    """A link to the file is the same database: the second start is told so."""
    url = made(tmp_path / "holdfast.db")
    link = tmp_path / "elsewhere" / "live.db"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "holdfast.db")
    lock = FileLock(url)
    env = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": f"sqlite:///{link}"}
    assert command("run", **env).code == 7
    lock.release()
    assert command("run", **env) == Told(0, [])


@pytest.mark.parametrize("begun", [False, True])
def test_f17_two_first_starts_at_once(tmp_path: Path, begun: bool) -> None:  # noqa: FBT001 - a parameter
    """One makes the database just now: the other is told so, and not that one is lost."""
    path = tmp_path / "holdfast.db"
    lock = FileLock(f"sqlite:///{path}")
    if begun:
        path.touch()
    env = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_DATABASE__URL": f"sqlite:///{path}"}
    said = command("run", **env)
    lock.release()
    assert said.code == 7
    assert "already running" in said.words[0]


def test_f117_a_file_that_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite opens it for reading, and says so at the first write only."""
    made(tmp_path / "holdfast.db")
    real = os.access

    def may(path: Path, mode: int, **more: bool) -> bool:
        return path.name != "holdfast.db" and real(path, mode, **more)

    monkeypatch.setattr(os, "access", may)
    code, (said,) = both(tmp_path)
    assert code == BAD_DATABASE
    assert said.endswith("/holdfast.db can be read, and cannot be written to.")


@pytest.mark.parametrize("room", [0, 10**9])
def test_f119_a_full_disk_is_no_bad_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    """The exit code is one after which a start is tried again; SQLite tells of an I/O error."""
    made(tmp_path / "holdfast.db")
    disk = os.statvfs(tmp_path)
    free = list(disk)
    free[4] = room // disk.f_frsize
    monkeypatch.setattr(os, "statvfs", lambda _path: os.statvfs_result(free))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        code, (said,) = both(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == CANNOT_GO_ON
    assert ("is full; make room" in said) == (not room)


def test_the_check_says_what_is_missing(tmp_path: Path) -> None:
    """Who runs the bot, and backups that cannot be made: the bot starts all the same."""
    (tmp_path / "file").touch()
    env = {
        "BOT_TELEGRAM__TOKEN": TOKEN,
        "BOT_DATABASE__URL": f"sqlite:///{tmp_path}/holdfast.db",
        "BOT_BACKUP__FOLDER": "file/backups",
        "BOT_OPERATOR__NAME": "Physio Berg",
    }
    shown = CliRunner().invoke(cli.cli, ["check-config"], env=env)
    assert shown.exit_code == 0
    notes = [line for line in shown.stdout.splitlines() if line.startswith("Note: ")]
    assert notes == [
        "Note: operator.contact is missing: athletes are not told how to reach who runs this bot.",
        f"Note: backup.folder: no backup can be made in {tmp_path}/file/backups: Not a directory.",
    ]
    assert command("run", **env) == Told(0, [])


def test_a_first_start_that_failed_leaves_no_lock(tmp_path: Path) -> None:
    """A lock beside no database would say that there was one."""
    url = f"sqlite:///{tmp_path / 'holdfast.db'}"
    FileLock(url).release()
    assert not store_file.lock_of(tmp_path / "holdfast.db").exists()
