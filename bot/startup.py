"""What is looked at before the bot starts: one table, for `run` and `check-config` alike.

Nothing is made or changed here, and nothing is asked of Telegram. A check raises an
`ExpectedError` whose text is one sentence. What may be better and keeps nobody from starting is a
note: `check-config` prints it, `run` logs it.
"""

import errno
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from bot.expected import ExpectedError
from bot.metrics import HOST
from bot.protocol.calendar.zones import TzdataMissingError, check_tzdata, prefer_packaged_tzdata
from bot.settings import BadSettingsError, Settings, require_token
from bot.store import damage, lost, pages, schema
from bot.store.backup import folder_of
from bot.store.engine import StoreError, file_of
from bot.store.faults import DamagedError, is_passing, reason
from bot.store.file import check_database, check_sqlite, check_writable, is_locked


class StopError(ExpectedError):
    """The program cannot go on; the text is one sentence for a person."""


Check = Callable[[Settings], None]


def _token(settings: Settings) -> None:
    require_token(settings)


def _sqlite(_settings: Settings) -> None:
    check_sqlite()


def _zones(_settings: Settings) -> None:
    prefer_packaged_tzdata()
    try:
        check_tzdata()
    except TzdataMissingError as error:
        raise StopError(str(error)) from None


def _backups(settings: Settings) -> None:
    backups_of(settings)


def _database(settings: Settings) -> None:
    """It is one of this version's, or one that can be migrated, or can be made."""
    url = settings.database.url
    path, folder = file_of(url), backups_of(settings)
    is_locked(path)
    if lost.check(url, folder) or path.exists():
        check_database(path)
        schema.check_file(path)
        check_writable(path)


def _port(settings: Settings) -> None:
    """The port for figures is free, or the running bot's own."""
    port = settings.metrics.port
    if not port or is_locked(file_of(settings.database.url)):
        return
    try:
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((HOST, port))
    except OSError as error:
        raise port_error(port, error) from error


CHECKS: Final[tuple[Check, ...]] = (_token, _sqlite, _zones, _backups, _database, _port)
"""In their order; the first that fails is told."""


def check(settings: Settings) -> None:
    """Raise an `ExpectedError` with one sentence if the bot cannot start with these settings."""
    with told(settings):
        for one in CHECKS:
            one(settings)


def check_pages(settings: Settings) -> None:
    """Raise `DamagedError` if a page is damaged: the bot looks at them soon after its start.

    That takes its time, so no start waits for it.
    """
    path = file_of(settings.database.url)
    if path.exists():
        with told(settings), closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)) as read:
            why = pages.checked(read, pages.QUICK)
            if why is not None:
                raise DamagedError(why)


@contextmanager
def told(settings: Settings) -> Iterator[None]:
    """Around whatever uses the database: trouble with its file is an `ExpectedError`.

    Damage is a `DamagedError` that names the backup to restore; a file that is locked or full, or
    a disk that fails, is a `StopError`.
    """
    try:
        with damage.told(settings.database.url, backups_of(settings)):
            yield
    except Exception as error:
        if not is_passing(error):
            raise
        raise StopError(f"The database cannot be used just now: {reason(error)}.") from error


def port_error(port: int, error: OSError) -> StopError:
    """Return what is said of a port that cannot be used."""
    return StopError(f"metrics.port: {HOST}:{port} cannot be used: {error.strerror}.")


def backups_of(settings: Settings) -> Path:
    """Return where backups are kept; raises `BadSettingsError` where no path is named."""
    url = settings.database.url
    file_of(url)  # what is wrong with the address is told as such
    try:
        return folder_of(url, settings.backup.folder)
    except StoreError as error:
        raise BadSettingsError(str(error)) from None


# ---- notes ----------------------------------------------------------------------------


def _nobody_named(settings: Settings) -> str:
    operator = settings.operator
    if operator.name and operator.contact:
        return ""
    if operator.name:
        return "operator.contact is missing: athletes are not told how to reach who runs this bot."
    if operator.contact:
        return "operator.name is missing: athletes are not told who runs this bot."
    return (
        "operator.name and operator.contact are missing: athletes are not told who runs this bot "
        "and how to reach them."
    )


def _no_backups(settings: Settings) -> str:
    folder = near = backups_of(settings)
    while not near.exists():
        near = near.parent
    if near.is_dir() and os.access(near, os.W_OK | os.X_OK):
        return ""
    why = os.strerror(errno.EACCES if near.is_dir() else errno.ENOTDIR)
    return f"backup.folder: no backup can be made in {folder}: {why}."


NOTES: Final = (_nobody_named, _no_backups)
"""Each says nothing where all is well."""


def notes(settings: Settings) -> list[str]:
    """Return what may be better, one sentence each."""
    return [sentence for note in NOTES if (sentence := note(settings))]


def running(settings: Settings) -> str:
    """Return where another instance runs with these settings; empty if none does."""
    path = file_of(settings.database.url)
    return f"A Holdfast is running on {path} now." if is_locked(path) else ""
