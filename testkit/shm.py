"""Folders in memory, where a disk would only take time."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

SHM: Final = Path("/dev/shm")  # noqa: S108 - folders of their own are made in it


def memory_folder() -> TemporaryDirectory[str]:
    """Return a new folder, in memory where possible; whoever asked for it takes it away."""
    return TemporaryDirectory(prefix="holdfast-", dir=SHM if SHM.is_dir() else None)
