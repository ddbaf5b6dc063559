"""Databases of both kinds, side by side on one disk: each keeps what it has committed."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.machine import cpu_of_all
from bot.store.engine import Store
from bot.store.migrate import migrate
from testkit import database
from testkit.postgresql import Server

SQLITE: Final = "SQLite"
POSTGRESQL: Final = "PostgreSQL"
ENTERED: Final = 0o711
"""The mode of a folder that PostgreSQL's user must get through."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of database: `fresh` gives the address of a new one, by name, or of a copy of another.

    `cpu` are the seconds of CPU its server has used, beside those of whoever asks it.
    """

    name: str
    fresh: Callable[[str, str | None], str]
    cpu: Callable[[], float]


@contextmanager
def durable(folder: Path) -> Iterator[Server]:
    """Run a PostgreSQL with its data in a folder for the block."""
    folder.chmod(ENTERED)
    server = Server(folder=folder)
    try:
        yield server
    finally:
        server.close()


def made(server: Server, name: str, template: str | None = None) -> str:
    """Make a database with this version's tables, or a copy of another; return its address."""
    like = "" if template is None else f" TEMPLATE {template}"
    server.run(f"CREATE DATABASE {name}{like}")
    if template is None:
        migrate(server.url(name))
    return server.url(name)


@contextmanager
def both(folder: Path) -> Iterator[tuple[Kind, Kind]]:
    """Give SQLite and PostgreSQL for the block."""

    def file(name: str, template: str | None) -> str:
        if template is not None:
            shutil.copy(folder / f"{template}.db", folder / f"{name}.db")
        return database.made(folder / f"{name}.db")

    with durable(folder) as server:
        yield (
            Kind(SQLITE, file, lambda: 0.0),
            Kind(
                POSTGRESQL,
                lambda name, template: made(server, name, template),
                lambda: cpu_of_all(server.pid),
            ),
        )


@dataclass(frozen=True, slots=True)
class Speed:
    """How many a second, and what one takes of a core, in seconds: of the bot, of the server."""

    per_s: float
    bot_s: float
    server_s: float


def speed(kind: Kind, url: str, work: Callable[[Store], int]) -> Speed:
    """Let `work` do so many things as it returns, on a database."""
    with Store(url) as store:
        server, own, start = kind.cpu(), time.process_time(), time.perf_counter()
        done = work(store)
        took = time.perf_counter() - start
        own, server = time.process_time() - own, kind.cpu() - server
    return Speed(done / took, own / done, server / done)
