"""Databases as the bot makes them, without its wait: migrated once, then copied."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.store.engine import Store
from bot.store.migrate import migrate

SHM: Final = Path("/dev/shm")  # noqa: S108 - folders of their own are made in it


@cache
def empty() -> bytes:
    """Return a migrated database without rows."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


def made(path: Path) -> str:
    """Put an empty database there, unless there is one; return its address."""
    if not path.exists():
        path.write_bytes(empty())
    return f"sqlite:///{path}"


def opened(path: Path, *, inline: bool = True) -> Store:
    """Open the database there, an empty one if there is none.

    `inline` runs everything in the caller's thread; without, there is the program's writer.
    """
    return Store(made(path), inline=inline)


def memory_folder() -> TemporaryDirectory[str]:
    """Return a new folder, in memory where possible; whoever asked for it takes it away."""
    return TemporaryDirectory(prefix="holdfast-", dir=SHM if SHM.is_dir() else None)


@contextmanager
def in_memory() -> Iterator[Store]:
    """Open an empty database for the block, where no disk is waited for."""
    with memory_folder() as folder, opened(Path(folder) / "holdfast.db") as store:
        yield store
