"""Where the databases of runs lie: in memory where possible, and at one path for every run."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from tests.simulation.machine import empty_database

SHM: Final = Path("/dev/shm")  # noqa: S108 - a folder in memory, where there is one
_GIVEN: Final[list[str]] = []


def new_home() -> tempfile.TemporaryDirectory[str]:
    """Return a new folder for databases; whoever asked for it takes it away."""
    return tempfile.TemporaryDirectory(prefix="simulation-", dir=SHM if SHM.is_dir() else None)


def live_in(folder: str) -> None:
    """Let this process put its databases into a folder that another one takes away."""
    _GIVEN.append(folder)


@cache
def _home() -> Path:
    if _GIVEN:
        home = Path(_GIVEN[-1], str(os.getpid()))
        home.mkdir()
        return home
    kept = new_home()
    atexit.register(kept.cleanup)
    return Path(kept.name)


def empty_place() -> Path:
    """Return a folder with an empty database in it, the same one for every run of a process."""
    place = _home() / "run"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copyfile(empty_database(_home()), place / "world.db")
    return place
