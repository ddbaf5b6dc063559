"""Two PostgreSQL servers: one writes, the other follows it, and is asked before each commit.

One is killed as a machine is that loses its power; the other is promoted; the first comes back as
its follower. Who does that in earnest is Patroni, or a provider.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import psycopg

from testkit.postgresql import USER, Server

_SAFELY: Final = (
    "wal_level=replica",
    "max_wal_senders=6",
    "wal_keep_size=256MB",
    "hot_standby=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "dynamic_shared_memory_type=mmap",  # in its own folder: a kill leaves nothing elsewhere
    "max_connections=100",
)
_SYNCHRONOUS: Final = "synchronous_standby_names"
_LOOK_S: Final = 0.02


class Member(Server):
    """A server of a pair; one that has a `source` begins as its copy, and follows it."""

    def __init__(self, source: Server | None = None) -> None:
        self._source = source
        super().__init__(*_SAFELY)

    def _lay_out(self) -> None:
        if self._source is None:
            super()._lay_out()
            return
        self._run(
            "pg_basebackup", "-D", self.data, "-h", "127.0.0.1", "-p", self._source.port,
            "-U", USER, "-X", "stream", "-c", "fast", "-R", "--no-sync",
        )  # fmt: skip

    def kill(self) -> None:
        """End it and all that it has started, at once."""
        lead = self._process.pid
        self._process.send_signal(signal.SIGSTOP)  # it starts nothing more
        memory = self._shared_memory()
        for pid in _children(lead):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        if memory is not None and (ipcrm := shutil.which("ipcrm")) is not None:
            self._let_go(ipcrm, memory)

    def _shared_memory(self) -> str | None:
        """Return the id of the few bytes of shared memory by which a second server is kept off."""
        with suppress(OSError, IndexError):
            return (self.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
        return None

    def _let_go(self, ipcrm: str, memory: str) -> None:
        subprocess.run(  # noqa: S603 - Debian's own program
            [ipcrm, "-m", memory], check=False, capture_output=True, user=self._owner
        )

    def follow(self, source: Server) -> None:
        """Begin anew as a copy of `source`, whatever was here."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._source = source
        self._lay_out()
        self.start()

    def promote(self) -> None:
        """Lead from now on; returns once it takes writes."""
        self.run("SELECT pg_promote()")


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            after_name = stat.read_text().rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(stat.parent.name))
    return found


class Pair:
    """`leading` takes writes; `following` has each of them before it is told to be stored.

    `prepare` makes the databases, before there is a follower.
    """

    def __init__(self, prepare: Callable[[Server], None]) -> None:
        first = Member()
        self.servers = (first, first)
        try:
            prepare(first)
            self.servers = (first, Member(first))
            self._wait_for_each_other()
        except BaseException:
            self.close()
            raise

    @property
    def leading(self) -> Member:
        """The one that takes writes, or did last."""
        return self.servers[0]

    @property
    def following(self) -> Member:
        """The other."""
        return self.servers[1]

    def _wait_for_each_other(self) -> None:
        """Let nothing be told to be stored that the follower has not."""
        self.leading.run(f"ALTER SYSTEM SET {_SYNCHRONOUS} = '*'", "SELECT pg_reload_conf()")
        asked = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        with self.leading.connect() as found:
            while found.execute(asked).fetchone() != (1,):
                time.sleep(_LOOK_S)

    def promote(self) -> None:
        """Let the follower lead; the one that led must have been killed."""
        self.servers = (self.servers[1], self.servers[0])
        self.leading.promote()

    def rejoin(self) -> None:
        """Let the one that was killed follow."""
        self.following.follow(self.leading)
        self._wait_for_each_other()

    def close(self) -> None:
        """End both and take their folders away."""
        for one in dict.fromkeys(self.servers):
            with suppress(psycopg.Error, OSError):
                one.close()
