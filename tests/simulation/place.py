"""Where the databases of runs are: in memory where possible, and at one place for every run."""

import atexit
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from testkit import database
from testkit.database import made, memory_folder
from testkit.postgresql import databases, join
from tests.simulation.kept import Kept, OnServer, kept_at

_GIVEN: Final[list[str]] = []


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, and a database without rows: of a file in it, or of a server."""

    folder: Path
    kept: Kept


def live_in(folder: str, kind: str, port: int | None) -> None:
    """Let this process have databases of a kind: in a folder that another one takes away.

    With a `port`, on the server there, which another one ends.
    """
    _GIVEN.append(folder)
    database.be(kind)
    if port is not None:
        join(port)


@cache
def _home() -> Path:
    if _GIVEN:
        home = Path(_GIVEN[-1], str(os.getpid()))
        home.mkdir()
        return home
    kept = memory_folder()
    atexit.register(kept.cleanup)
    return Path(kept.name)


def empty_place() -> Place:
    """Return a folder and an empty database, the same one for every run of a process."""
    folder = _home() / "run"
    if left := _open_files(folder):
        raise RuntimeError(f"an earlier run has left open: {left}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if not database.is_file():
        kept = OnServer(databases().anew(f"simulation_{os.getpid()}"))
        kept.prepare()
        return Place(folder, kept)
    return Place(folder, kept_at(made(folder / "world.db")))


def _open_files(place: Path) -> list[str]:
    """Return what this process has open there.

    SQLite takes away the journal at its path when the last connection closes: one that an earlier
    run has left would take away the next run's.
    """
    handles = Path("/proc/self/fd")
    if not handles.is_dir():
        return []
    found = []
    for one in handles.iterdir():
        with suppress(OSError):
            found.append(str(one.readlink()))
    return [one for one in found if one.startswith(str(place))]
