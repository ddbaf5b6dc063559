"""A PostgreSQL of the tests' own: begun at its first use as an ordinary user, ended with them.

It lives in memory, on a free port, and forgets everything. Databases are made of one that has this
version's tables, used, emptied, and used again.
"""

import atexit
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final, NamedTuple

import psycopg
from sqlmodel import SQLModel

from bot.store.migrate import migrate
from testkit.shm import memory_folder

USER: Final = "holdfast"
ORDINARY: Final = "nobody"
"""Whose process it is where root runs the tests: PostgreSQL refuses to be root's."""
_QUICKLY: Final = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
    "shared_buffers=48MB",
    "max_connections=200",
    "log_min_messages=fatal",
)
_DURABLY: Final = (
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "wal_level=replica",
    "autovacuum=on",
    "shared_buffers=256MB",
    "max_wal_size=4GB",
)
"""Where a folder on a disk is given: what is committed is kept, as it is where people use it."""
_TEMPLATE: Final = "made"
_WITHOUT_ROWS: Final = "alembic_version"
_PR_SET_PDEATHSIG: Final = 1
_LEAVING: Final = 2_000
"""So many looks for connections that were closed, and which the server still has."""
MOST_OPEN: Final = 20
"""Connections that are kept, to databases that were used."""
VACUUM_EVERY: Final = 25
"""So often as a database is emptied, its space is taken back."""


def programs() -> Path:
    """Return the folder of the newest PostgreSQL of this machine; say what to do without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    where = str(found[-1]) if found else shutil.which("initdb")
    if where is None:
        raise RuntimeError("The tests need PostgreSQL: `make postgresql`, or install it by hand.")
    return Path(where).resolve().parent


def _version(path: Path) -> int:
    return int(path.parts[-3].partition(".")[0])


class Reached:
    """A running server, this process's or another's, by its port."""

    def __init__(self, port: int) -> None:
        self.port = port

    def url(self, database: str, user: str = USER, password: str = "") -> str:
        """Return the address of a database."""
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> "psycopg.Connection[Any]":
        """Connect to a database, each statement on its own."""
        return psycopg.connect(self.url(database), autocommit=True)

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each on its own."""
        with self.connect(database) as connection:
            for one in statements:
                connection.execute(one)


class Server(Reached):
    """A server of this process: in memory and forgetful, or durable in a folder on a disk.

    The folder must be one that an ordinary user may enter.
    """

    def __init__(self, *options: str, folder: Path | None = None) -> None:
        super().__init__(_free_port())
        self._folder = _memory_or(folder)
        self.data = Path(self._folder.name) / "data"
        self._owner = ORDINARY if os.geteuid() == 0 else None
        if self._owner is not None:
            shutil.chown(self._folder.name, self._owner)
        self._options = (*(() if folder is None else _DURABLY), *options)
        self._lay_out()
        self._process = self._begin()

    def _lay_out(self) -> None:
        """Make its folder, or unpack the one that was made before: that takes its time."""
        bundle = Path(sys.prefix) / f".cluster-{programs().parent.name}.tar"
        with bundle.with_suffix(".lock").open("a") as waiting:
            fcntl.flock(waiting, fcntl.LOCK_EX)
            if not bundle.exists():
                self._run(
                    "initdb", "-D", self.data, "-U", USER, "-A", "trust", "-N", "-E", "UTF8",
                    "--locale=C.UTF-8",
                )  # fmt: skip
                part = bundle.with_suffix(".part")
                with tarfile.open(part, "w") as made:
                    made.add(self.data, "data")
                part.replace(bundle)
        if not self.data.exists():
            with tarfile.open(bundle) as made:
                made.extractall(self._folder.name, filter="data")
            self.data.chmod(0o700)
        if self._owner is not None:
            for path in (self.data, *self.data.rglob("*")):
                shutil.chown(path, self._owner)

    def _run(self, program: str, *words: object) -> None:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            [str(programs() / program), *map(str, words)],
            user=self._owner,
            capture_output=True,
            check=False,
            cwd="/",
        )
        if done.returncode:
            raise RuntimeError(done.stderr.decode(errors="replace"))

    def _begin(self) -> "subprocess.Popen[bytes]":
        options = [
            *_QUICKLY,
            *self._options,
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._folder.name}",
        ]
        with (Path(self._folder.name) / "log").open("ab") as log:
            begun = self._process_of(options, log)
        self._wait_for(begun)
        return begun

    def _process_of(self, options: list[str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 - the same
            [
                str(programs() / "postgres"), "-D", str(self.data), "-p", str(self.port),
                *(word for option in options for word in ("-c", option)),
            ],
            user=self._owner,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=_ends_with_us,  # noqa: PLW1509 - two system calls, and no lock of ours
        )  # fmt: skip

    def _wait_for(self, begun: "subprocess.Popen[bytes]") -> None:
        while True:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                if begun.poll() is not None:
                    raise RuntimeError((Path(self._folder.name) / "log").read_text()) from None
                with_pause(begun)
            else:
                return

    @property
    def pid(self) -> int:
        """The process whose children serve the connections."""
        return self._process.pid

    @contextmanager
    def asking(self, user: str) -> Iterator[None]:
        """Ask this user, who must be there, for a password within the block."""
        rules = self.data / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text(f"host all {user} 127.0.0.1/32 scram-sha-256\n{before}")
        self.run("SELECT pg_reload_conf()")
        with suppress(psycopg.OperationalError):
            while True:  # it is read a little later
                psycopg.connect(self.url("postgres", user)).close()
        try:
            yield
        finally:
            rules.write_text(before)
            self.run("SELECT pg_reload_conf()")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server: SIGINT cuts who is connected, SIGQUIT is a crash."""
        if self._process.poll() is None:
            self._process.send_signal(how)
        self._process.wait()

    def start(self) -> None:
        """Begin it again after `stop`."""
        self._process = self._begin()

    def close(self) -> None:
        """End the server and take its folder away."""
        self.stop(signal.SIGQUIT)
        self._folder.cleanup()


def _memory_or(folder: Path | None) -> TemporaryDirectory[str]:
    return (
        memory_folder() if folder is None else TemporaryDirectory(prefix="postgresql-", dir=folder)
    )


def _ends_with_us() -> None:
    """Have the kernel end this child when its parent is gone, however that went."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def with_pause(begun: "subprocess.Popen[bytes]") -> None:
    """Wait a moment for a server that begins, or has ended already."""
    try:
        begun.wait(0.02)
    except subprocess.TimeoutExpired:
        return


def _free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        port: int = tried.getsockname()[1]
        return port


# ---- databases ------------------------------------------------------------------------


class Rows(NamedTuple):
    """What is in a database: tables as COPY writes them, and what sets ids to go on from there."""

    tables: dict[str, bytes]
    counted: str


_COUNTED: Final = """
SELECT format('SELECT setval(%L, %s)', sequencename, last_value) FROM pg_sequences
WHERE last_value IS NOT NULL
"""


class Databases:
    """Databases with this version's tables and no rows, by the path that a file would have.

    Those of another process's server are made of what `begun` there.
    """

    def __init__(self, server: Reached, *, begun: bool = False) -> None:
        self.server = server
        self.used: dict[Path, str] = {}
        self._free: list[str] = []
        self._made = 0
        self._emptied = 0
        self._open: dict[str, psycopg.Connection[Any]] = {}
        if not begun:
            server.run(f"CREATE DATABASE {_TEMPLATE}")
            migrate(server.url(_TEMPLATE))
            tables = [name for name in SQLModel.metadata.tables if name != _WITHOUT_ROWS]
            server.run(_emptying(tables), database=_TEMPLATE)

    def close(self) -> None:
        """Let go of all connections."""
        for one in self._open.values():
            one.close()

    def at(self, path: Path) -> str:
        """Return the address of the database for a path, an empty one at first."""
        if path not in self.used:
            self.used[path] = self._free.pop() if self._free else self.fresh()
        return self.server.url(self.used[path])

    def fresh(self, template: str = _TEMPLATE) -> str:
        """Return the name of a new database."""
        self._made += 1
        name = f"test_{os.getpid()}_{self._made}"
        self.server.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def anew(self, name: str) -> str:
        """Return the address of a new database of this name; one that there was is dropped.

        Its rows lie where they lie in every other: one that was emptied has gaps to fill. Raises
        `RuntimeError` where somebody still uses it.
        """
        with self._connected("postgres").cursor() as cursor:
            for _ in range(_LEAVING):
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", (name,))
                if cursor.fetchone() == (0,):
                    break
                cursor.execute("SELECT pg_sleep(0.002)")
            else:
                raise RuntimeError(f"somebody still uses the database {name}")
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return self.server.url(name)

    def put(self, path: Path, rows: "Rows") -> None:
        """Fill the database for a path, which must be empty, with rows."""
        self.at(path)
        with self._connected(self.used[path]).cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for name, content in rows.tables.items():
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(content)
            cursor.execute("SET session_replication_role = origin")
            cursor.execute(rows.counted)

    def rows(self, path: Path) -> "Rows":
        """Return what the database for a path holds."""
        found: dict[str, bytes] = {}
        with self._connected(self.used[path]).cursor() as cursor:
            for name in SQLModel.metadata.tables:
                with cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
                    found[name] = b"".join(map(bytes, copy))
            cursor.execute(_COUNTED)
            calls = [row[0] for row in cursor]
        return Rows({name: rows for name, rows in found.items() if rows}, "; ".join(calls))

    def _connected(self, name: str) -> "psycopg.Connection[Any]":
        """Return a connection to a database; of some it is kept, unless a test has ended it."""
        if name in self._open and not _lives(self._open[name]):
            self._open.pop(name).close()
        if name not in self._open:
            if len(self._open) == MOST_OPEN:
                self._open.pop(next(iter(self._open))).close()
            self._open[name] = self.server.connect(name)
        return self._open[name]

    def give_back(self, paths: Iterable[Path]) -> None:
        """Let others have these paths' databases, without a row."""
        for path in list(paths):
            name = self.used.pop(path)
            connection = self._connected(name)
            connection.execute("SELECT emptied()")
            self._emptied += 1
            if self._emptied % VACUUM_EVERY == 0:
                connection.execute("VACUUM")
            self._free.append(name)


def _lives(connection: "psycopg.Connection[Any]") -> bool:
    """Whether the server still answers on a connection."""
    with suppress(psycopg.Error):
        connection.execute("SELECT 1")
        return True
    return False


def _emptying(tables: Iterable[str]) -> str:
    """Return the function that takes all rows away, and lets ids begin anew."""
    deletes = "\n".join(f'DELETE FROM "{name}";' for name in tables)  # noqa: S608 - our own tables
    return _EMPTYING.replace("DELETES", deletes)


_EMPTYING: Final = """
CREATE FUNCTION emptied() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica SET client_min_messages = warning AS $$ BEGIN
DROP FUNCTION IF EXISTS tells(), refuses() CASCADE;
DELETES
PERFORM setval(format('%I', sequencename), 1, false) FROM pg_sequences
    WHERE last_value IS NOT NULL;
END $$
"""


@cache
def server() -> Server:
    """Return this process's server, begun at the first call."""
    begun = Server()
    atexit.register(begun.close)
    return begun


_JOINED: Final[list[int]] = []


def join(port: int) -> None:
    """Let this process have its databases on another one's server, where there are some."""
    _JOINED.append(port)


@cache
def databases() -> Databases:
    """Return the databases of this process's server, or of the one that it has joined."""
    made = Databases(Reached(_JOINED[-1]), begun=True) if _JOINED else Databases(server())
    atexit.register(made.close)
    return made
