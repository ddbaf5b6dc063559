"""Bringing a database to this version's schema, with a copy kept of what was there."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from bot.expected import Code
from bot.store import backup, schema, steps
from bot.store.driver import is_server
from bot.store.engine import StoreError, check_database, file_of, open_engine
from bot.store.faults import DamagedError, is_damage


class NoCopyError(StoreError):
    """The database could not be copied before its migration, so nothing of it was changed."""

    code = Code.CANNOT_GO_ON


def migrate(url: str, *, keep: bool = True) -> tuple[str | None, str]:
    """Upgrade the database at `url`, whole or not at all; return the revisions before and after.

    A file that already has data is copied beside itself first, unless `keep` is false. Raises
    `NoCopyError` where that fails, and what `schema.check` raises.
    """
    head = schema.newest()
    if is_server(url):
        from bot.store.server_schema import upgrade  # noqa: PLC0415 - see bot/store/driver.py

        return upgrade(url)
    path = file_of(url)
    engine = open_engine(url, writes=True)
    try:
        before = schema.check_file(path)
        if before == head:
            return before, head
        if keep and before is not None:
            _copy(path, before)
        with engine.begin() as connection:
            steps.upgrade(connection)
        return before, head
    finally:
        engine.dispose()


def require_schema(url: str) -> None:
    """Raise `StoreError` unless the database at `url` is of this version; none is made."""
    path = file_of(url)
    check_database(path)
    if not schema.is_current(url):
        schema.check_file(path)
        raise StoreError(
            f"database.url: {path} does not have this version's schema; "
            "run `holdfast migrate` first."
        )


def _copy(path: Path, revision: str) -> None:
    """Keep what is there beside it, whole or not at all."""
    target = path.with_name(f"{path.name}.before-{revision}")
    part = target.with_name(target.name + backup.UNFINISHED)
    try:
        backup.copy(path, part)
        part.replace(target)
    except (OSError, sqlite3.Error, DamagedError, UnicodeDecodeError) as error:
        with suppress(OSError):
            part.unlink()
        if is_damage(error):
            raise
        raise NoCopyError(
            f"The database was not migrated, and is as it was: {target} could not be made, "
            f"{backup.reason(error)}."
        ) from error
