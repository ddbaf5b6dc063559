"""Putting a backup in the database's place; what was there before is kept beside it."""

import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session as Db

from bot.store import backup, erasures, forgetting, people, personal_data
from bot.store.engine import FileLock, Store, StoreError, file_of
from bot.store.erasures import Erasure
from bot.store.faults import DamagedError, is_passing, reason
from bot.store.migrate import migrate
from bot.store.schema import NEEDED, known
from bot.store.tables import Role


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: where the former database is now, if there was one, and the schemas.

    So many athletes who were `erased` since the backup was made were erased again.
    """

    former: Path | None
    revision: str
    head: str
    erased: int = 0


def restore(
    url: str,
    source: Path,
    now: datetime,
    folder: Path | None = None,
    settle: Callable[[str], None] = lambda _url: None,
) -> Restored:
    """Replace the database at `url` by the one in `source`, brought to this version's schema.

    It is made ready beside the database, by `settle` too, which gets its address: whatever fails
    before it is whole has touched nothing. Who was erased since is erased again, by the list beside
    the backup, that in the backups' `folder`, and what the database itself knows. It belongs to the
    owner of the database, or of its folder. Raises `StoreError`, `InUseError` while a bot runs on
    the database.
    """
    path = file_of(url)
    if not source.is_file():
        raise StoreError(f"There is no file {source}.")
    lock = FileLock(url)
    fresh = path.with_name(f"{path.name}.restoring")
    try:
        erased = erasures.known_to(path, {source.parent, folder or source.parent})
        revision = _fetch(source, fresh, path)
        again = list[int]()

        def ready(address: str) -> None:
            again.append(erase_again(address, erased, now))
            settle(address)

        head = _ready(fresh, source, ready)
        former = _put_aside(path, now)
        fresh.replace(path)
        backup.sync(path.parent)
        lock.keep()
    finally:
        for end in ("", "-wal", "-shm"):
            fresh.with_name(fresh.name + end).unlink(missing_ok=True)
        lock.release()
    return Restored(former, revision, head, sum(again))


def erase_again(url: str, known: Collection[Erasure], now: datetime) -> int:
    """Erase in the database at `url` who was erased after the backup was made; return how many."""
    with Store(url, inline=True) as store:
        return store.write_now(_erase_again, known, now)


def catch_up(db: Db, listed: Collection[Erasure], now: datetime) -> int:
    """Erase again who is on the list, where the database does not know: it is of an earlier time.

    So a server's database that was set back, or a file that was put there by hand, brings nobody
    back. Returns how many were erased.
    """
    known = {one.hash: one.at for one in erasures.all_known(db)}
    unknown = [one for one in listed if one.hash not in known or one.at > known[one.hash]]
    return _erase_again(db, unknown, now) if unknown else 0


def _erase_again(db: Db, known: Collection[Erasure], now: datetime) -> int:
    found = erasures.erased_since(db, known)
    for athlete_id in found:
        stays = bool(people.roles_of(db, athlete_id) - {Role.ATHLETE})
        forgetting.forget(db, personal_data.about(db, athlete_id), now, stays=stays)
    erasures.keep(db, known)
    return len(found)


def _fetch(source: Path, fresh: Path, path: Path) -> str:
    """Copy the backup beside the database and return its revision; or say what is wrong."""
    try:
        backup.copy(source, fresh, like=path)
        with closing(sqlite3.connect(fresh)) as found:
            names = {row[0] for row in found.execute("SELECT name FROM sqlite_master")}
            revision = _revision(found) if names >= NEEDED else None
    except (OSError, sqlite3.Error, DamagedError, UnicodeDecodeError) as error:
        raise StoreError(f"{source} cannot be restored: {backup.reason(error)}.") from error
    if revision is None:
        raise StoreError(f"{source} is not a Holdfast database.")
    if revision not in known():
        raise StoreError(
            f"{source} has schema {revision}, which this version does not know: "
            "it was made by a newer Holdfast. Update the program first."
        )
    return revision


def _ready(fresh: Path, source: Path, settle: Callable[[str], None]) -> str:
    """Migrate and settle the copy; return its revision."""
    address = f"sqlite:///{fresh}"
    try:
        _before, head = migrate(address, keep=False)
        settle(address)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as found:
            # All of it is in the one file then: closing it alone says nothing if that fails.
            found.execute("PRAGMA journal_mode = DELETE")
        backup.sync(fresh)
    except Exception as error:
        if not is_passing(error):
            raise
        raise StoreError(f"{source} cannot be restored: {reason(error)}.") from error
    return head


def _revision(found: sqlite3.Connection) -> str | None:
    row = found.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _put_aside(path: Path, now: datetime) -> Path | None:
    """Rename the database, with the journal that belongs to it; a damaged one too."""
    if not path.exists() or not path.stat().st_size:
        for end in ("-wal", "-shm"):  # of a database that is gone: it would spoil the new one
            path.with_name(path.name + end).unlink(missing_ok=True)
        return None
    former = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
    if former.exists():
        raise StoreError(f"{former} exists already; try again in a second.")
    for end in ("", "-wal"):
        part = path.with_name(path.name + end)
        if part.exists():
            part.rename(former.with_name(former.name + end))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    return former
