"""Where a database lives, as a start and the commands see it: a file, or a server."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from sqlmodel import Session as Db

from bot.store import backup, damage, lost, own_bot, pages, schema
from bot.store.backup import Copied
from bot.store.driver import is_server
from bot.store.faults import DamagedError, StoreError
from bot.store.file import (
    FileLock,
    check_database,
    check_sqlite,
    check_writable,
    file_of,
    is_locked,
)


class Right(Protocol):
    """The right to run on a database."""

    def keep(self, db: Db | None = None) -> None:
        """There is a database now; with `db`, whose connection writes, that has the right."""

    def release(self) -> None:
        """Let another instance in."""


class Home(Protocol):
    """One database's place; `str()` of it is what people are told, without a password."""

    url: str
    folder: Path
    """Where its backups are, and the list of who was erased."""
    makes_backups: bool
    """Whether the bot makes copies of it."""

    def check(self) -> None:
        """Raise `StoreError` with one sentence unless the bot can run here; nothing is changed."""

    def require(self, hint: str) -> None:
        """Raise `StoreError` unless there is a database; `hint` says what to do."""

    def require_current(self) -> None:
        """Raise `StoreError` unless it has this version's schema."""

    def require_usable(self) -> None:
        """Raise `StoreError` unless this version can work on it as it is."""

    def expect(self, *, new: bool) -> None:
        """Raise `StoreError` unless it can be migrated, or made where it is to be `new`."""

    def require_file(self) -> None:
        """Raise `StoreError` unless a file can be put in its place."""

    def is_in_use(self) -> bool:
        """Whether an instance runs on it; nothing is left behind."""

    def lock(self) -> Right:
        """Return the right to run on it; raises `InUseError` while another has it."""

    def lock_to_migrate(self) -> Right:
        """Return the right to migrate it; raises `InUseError` while another is in the way."""

    def is_current(self) -> bool:
        """Whether it needs no migration."""

    def shows_nodes(self) -> bool:
        """Whether it says who leads and stands by, be it current or not."""

    def bot(self) -> str | None:
        """Return the id of the bot whose it is, as it stands there; None of nobody's."""

    def migrate(self) -> tuple[str | None, str]:
        """Bring it to this version's schema, whole or not at all; return what it was and is."""

    def told(self) -> AbstractContextManager[None]:
        """Around whatever uses it: damage is a `DamagedError`, a server's trouble `StoreError`."""

    def check_pages(self) -> None:
        """Raise `DamagedError` if a page is damaged, which takes its time to see."""

    def find_damage(self, stopped: Callable[[], bool], *, closely: bool) -> str | None:
        """Return what is damaged, or None; gives up soon after `stopped` says so."""

    def back_up(self, now: datetime, keep: int, stopped: Callable[[], bool]) -> Copied:
        """Make a backup and keep the newest; raises `BackupError`."""


def home_of(url: str, backups: str) -> Home:
    """Return the place that an address names; `backups` is the setting of their folder.

    Raises `StoreError` where the address is none.
    """
    if is_server(url):
        from bot.store.server import ServerHome  # noqa: PLC0415 - see bot/store/driver.py

        return ServerHome(url, backups)
    return FileHome(url, backups)


_HAS_FACTS: Final = "SELECT 1 FROM sqlite_master WHERE name = 'fact'"


class FileHome:
    """A database's file."""

    def __init__(self, url: str, backups: str) -> None:
        self.url = url
        self.path = file_of(url)
        self.folder = backup.folder_of(url, backups)
        self.makes_backups = True

    def __str__(self) -> str:
        return str(self.path)

    def check(self) -> None:
        """It is one of this version's, or one that can be migrated, or can be made."""
        check_sqlite()
        is_locked(self.path)
        try:
            was_there = lost.check(self.url, self.folder)
        except StoreError:
            if is_locked(self.path):  # another makes it just now: its lock tells
                return
            raise
        if was_there or self.path.exists():
            check_database(self.path)
            schema.check_file(self.path)
            check_writable(self.path)

    def require(self, hint: str) -> None:
        """Raise `StoreError` unless there is one, of whatever version."""
        lost.require(self.url, self.folder, hint)

    def require_current(self) -> None:
        """Raise `StoreError` unless it is of this version."""
        from bot.store.migrate import require_schema  # noqa: PLC0415 - see bot/store/schema.py

        require_schema(self.url)

    def require_usable(self) -> None:
        """Raise `StoreError` unless it is of this version: no file has two of them beside."""
        self.require_current()

    def expect(self, *, new: bool) -> None:
        """Raise `StoreError` where it is there and was to be made, or the other way round."""
        if new:
            lost.require_none(self.url)
        else:
            self.require("to make one, run `holdfast migrate --new`")

    def require_file(self) -> None:
        """Every file can."""

    def is_in_use(self) -> bool:
        """Whether an instance has its lock."""
        return is_locked(self.path)

    def lock(self) -> FileLock:
        """Take its lock; raises `InUseError`."""
        return FileLock(self.url)

    def lock_to_migrate(self) -> FileLock:
        """Take the same lock: nobody may run meanwhile."""
        return self.lock()

    def is_current(self) -> bool:
        """Whether it needs no migration; False for one that cannot be read."""
        return schema.is_current(self.url)

    def shows_nodes(self) -> bool:
        """A file has one process."""
        return False

    def bot(self) -> str | None:
        """Read whose it is, of whatever version it is; nothing is made."""
        if lost.is_blank(self.path):
            return None
        with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True)) as found:
            is_there = found.execute(_HAS_FACTS).fetchone() is not None
            row = found.execute(own_bot.QUERY).fetchone() if is_there else None
        return None if row is None else str(row[0])

    def migrate(self) -> tuple[str | None, str]:
        """Migrate it, with a copy kept of what was there."""
        from bot.store.migrate import migrate  # noqa: PLC0415 - see bot/store/schema.py

        return migrate(self.url)

    @contextmanager
    def told(self) -> Iterator[None]:
        """Damage is a `DamagedError` that names the backup to restore."""
        with damage.told(self.url, self.folder):
            yield

    def check_pages(self) -> None:
        """Look at its pages; nothing is left behind."""
        if not self.path.exists():
            return
        with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True)) as read:
            why = pages.checked(read, pages.QUICK)
        if why is not None:
            raise DamagedError(why)

    def find_damage(self, stopped: Callable[[], bool], *, closely: bool) -> str | None:
        """Look at its pages; `closely` takes longer."""
        return pages.find(self.path, stopped, how=pages.LONG if closely else pages.QUICK)

    def back_up(self, now: datetime, keep: int, stopped: Callable[[], bool]) -> Copied:
        """Copy it into the folder of its backups."""
        return backup.make(self.url, self.folder, now, keep, stopped)
