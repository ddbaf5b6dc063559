"""Databases as the bot makes them, without its wait: migrated once, then copied.

Which kind they are is said once, by `kind`: files, or databases of a server of the tests' own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from bot.store.engine import Store
from bot.store.migrate import migrate
from testkit.shm import memory_folder

if TYPE_CHECKING:
    from testkit.postgresql import Rows

__all__ = ["KINDS", "empty", "in_memory", "is_file", "kind", "made", "memory_folder", "opened"]

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
KINDS: Final = (SQLITE, POSTGRESQL)
_KIND: Final = [SQLITE]


@contextmanager
def kind(name: str) -> Iterator[None]:
    """Let all databases of the block be of one kind, which is one of `KINDS`."""
    _KIND.append(name)
    try:
        yield
    finally:
        _KIND.pop()


def be(name: str) -> None:
    """Let all databases of this process be of one kind, unless a block says another."""
    _KIND[0] = name


def is_file() -> bool:
    """Whether databases are files now."""
    return _KIND[-1] == SQLITE


@contextmanager
def given_back() -> Iterator[None]:
    """Let others have, after the block, the servers' databases that were made in it."""
    if is_file():
        yield
        return
    from testkit.postgresql import databases  # noqa: PLC0415 - a server is begun for those only

    before = set(databases().used)
    yield
    databases().give_back(databases().used.keys() - before)


@cache
def empty() -> bytes:
    """Return a migrated database's file without rows."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


def made(path: Path) -> str:
    """Put an empty database there, unless there is one; return its address."""
    if not is_file():
        from testkit.postgresql import databases  # noqa: PLC0415 - the same

        return databases().at(path)
    if not path.exists():
        path.write_bytes(empty())
    return f"sqlite:///{path}"


def filled(path: Path, fill: Callable[[Path], None]) -> None:
    """Put a database there as `fill` makes one in a folder; it is called once for each kind.

    Its database is `holdfast.db`, in that folder.
    """
    if not is_file():
        from testkit.postgresql import databases  # noqa: PLC0415 - the same

        databases().put(path, _rows(fill))
        return
    path.write_bytes(_file(fill))


@cache
def _file(fill: Callable[[Path], None]) -> bytes:
    with TemporaryDirectory() as folder:
        fill(Path(folder))
        return (Path(folder) / "holdfast.db").read_bytes()


@cache
def _rows(fill: Callable[[Path], None]) -> "Rows":
    from testkit.postgresql import databases  # noqa: PLC0415 - the same

    with given_back(), TemporaryDirectory() as folder:
        fill(Path(folder))
        return databases().rows(Path(folder) / "holdfast.db")


def opened(path: Path, *, inline: bool = True) -> Store:
    """Open the database there, an empty one if there is none.

    `inline` runs everything in the caller's thread; without, there is the program's writer.
    """
    return Store(made(path), inline=inline)


@contextmanager
def in_memory() -> Iterator[Store]:
    """Open an empty database for the block, where no disk is waited for."""
    with given_back(), memory_folder() as folder, opened(Path(folder) / "holdfast.db") as store:
        yield store
