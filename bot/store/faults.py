"""The one place where an error of the database is judged.

- Passing: the file is locked or full, or the disk fails. The same may work a little later.
- Damage: pages of the file are not what SQLite has written. Nothing helps but a backup.
- Anything else is about the statement or the flow.
"""

import sqlite3
from typing import Final

from bot.expected import Code, ExpectedError

_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
"""SQLite's codes for a file that is locked or full, or a disk that fails."""
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DAMAGE_TOO: Final = ("unsupported file format", "malformed database schema", "Could not decode")
"""Beginnings of messages that come without such a code: the header, or a text, is no more one."""
_TEXT: Final = " with text "
"""Behind these words SQLite puts the very text that is none."""


class StoreError(ExpectedError):
    """The database cannot be opened; the text is a sentence for a person."""

    code = Code.BAD_DATABASE


class DamagedError(StoreError):
    """The database's file is damaged; `why` is what SQLite says of it."""

    def __init__(self, why: str, sentence: str = "") -> None:
        super().__init__(sentence or f"The database is damaged ({why}).")
        self.why = why


def is_passing(error: BaseException) -> bool:
    """Whether it is the file that failed, not the flow: the same may work a little later."""
    return _code(error) in _PASSING


def is_damage(error: BaseException) -> bool:
    """Whether the file is damaged: neither this nor anything else will work again."""
    if isinstance(error, DamagedError):
        return True
    if isinstance(error, UnicodeDecodeError):  # SQLite's own words, with a name that is no text
        return error.object.startswith(_DAMAGE_TOO[1].encode())
    if not isinstance(_of_sqlite(error), sqlite3.Error):
        return False
    return _code(error) in _DAMAGE or reason(error).startswith(_DAMAGE_TOO)


def is_of_the_file(error: BaseException) -> bool:
    """Whether it is about the file, in either way: the flow is not to blame."""
    return is_passing(error) or is_damage(error)


def is_unreadable(error: BaseException) -> bool:
    """Whether a page could not be read from the disk at all."""
    return getattr(_of_sqlite(error), "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_READ


def reason(error: BaseException) -> str:
    """Return what SQLite says, without the statement and without a text of the database."""
    if isinstance(error, DamagedError):
        return error.why
    return str(_of_sqlite(error)).partition(_TEXT)[0]


def _code(error: BaseException) -> int:
    code: int = getattr(_of_sqlite(error), "sqlite_errorcode", 0)
    return code & 0xFF


def _of_sqlite(error: BaseException) -> BaseException:
    """Return the driver's own error, which SQLAlchemy wraps."""
    found: BaseException = getattr(error, "orig", None) or error
    return found
