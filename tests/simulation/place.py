"""Where the databases of runs lie: in memory where possible, and at one path for every run."""

import atexit
import os
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from testkit.database import made, memory_folder

_GIVEN: Final[list[str]] = []


def live_in(folder: str) -> None:
    """Let this process put its databases into a folder that another one takes away."""
    _GIVEN.append(folder)


@cache
def _home() -> Path:
    if _GIVEN:
        home = Path(_GIVEN[-1], str(os.getpid()))
        home.mkdir()
        return home
    kept = memory_folder()
    atexit.register(kept.cleanup)
    return Path(kept.name)


def empty_place() -> Path:
    """Return a folder with an empty database in it, the same one for every run of a process."""
    place = _home() / "run"
    if left := _open_files(place):
        raise RuntimeError(f"an earlier run has left open: {left}")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    made(place / "world.db")
    return place


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
