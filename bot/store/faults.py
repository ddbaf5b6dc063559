"""The one place where an error of the database is judged.

- Passing: the file is locked or full, or the disk fails; a server is out of reach, full, or waits
  for another. The same may work a little later.
- Damage: pages are not what the database has written. Nothing helps but a backup.
- Anything else is about the statement or the flow.

psycopg's errors are known by what they have: whoever has a file does not load it.
"""

import sqlite3
from typing import Any, Final

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
_PASSING_STATES: Final = (
    "08",  # the connection
    "25006",  # this host takes no writes any more: another one does
    "25P03",  # a transaction that waited too long
    "40001",
    "40P01",  # two waited for each other
    "53",  # no room, no memory, too many connections
    "55P03",  # locked
    "57",  # the server stops, or starts
    "58",  # its disk fails
)
"""What PostgreSQL's codes begin with, of the same kind."""
_IN_THE_WAY: Final = ("55P03", "40P01")
_DAMAGED_STATES: Final = ("XX001", "XX002")
_QUOTES: Final = "22"
"""Errors about values begin so; their texts quote them."""
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
    """Whether it is the database that failed, not the flow: the same may work a little later."""
    if isinstance(error, StoreError):
        return error.code is Code.SERVER_AWAY
    if _is_of_server(error):
        return _state(error).startswith(_PASSING_STATES) or _is_cut(error)
    return _code(error) in _PASSING


def is_in_the_way(error: BaseException) -> bool:
    """Whether somebody else had what a server's statement would have locked."""
    return _is_of_server(error) and _state(error) in _IN_THE_WAY


def may_pass(error: BaseException) -> bool:
    """Whether it is locked, or the disk is full or fails: not that somebody may not use it."""
    return _code(error) in _PASSING - {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}


def is_damage(error: BaseException) -> bool:
    """Whether the file is damaged: neither this nor anything else will work again."""
    if isinstance(error, DamagedError):
        return True
    if _is_of_server(error):
        return _state(error) in _DAMAGED_STATES
    if isinstance(error, UnicodeDecodeError):  # SQLite's own words, with a name that is no text
        return error.object.startswith(_DAMAGE_TOO[1].encode())
    if not isinstance(_of_driver(error), sqlite3.Error):
        return False
    return _code(error) in _DAMAGE or reason(error).startswith(_DAMAGE_TOO)


def is_of_the_file(error: BaseException) -> bool:
    """Whether it is about the file, in either way: the flow is not to blame."""
    return is_passing(error) or is_damage(error)


def is_unreadable(error: BaseException) -> bool:
    """Whether a page could not be read from the disk at all."""
    return getattr(_of_driver(error), "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_READ


def reason(error: BaseException) -> str:
    """Return what the database says, without the statement and without a text of its rows."""
    if isinstance(error, DamagedError):
        return error.why
    if _is_of_server(error):
        return _of_server(error)
    return str(_of_driver(error)).partition(_TEXT)[0]


def _code(error: BaseException) -> int:
    code: int = getattr(_of_driver(error), "sqlite_errorcode", 0)
    return code & 0xFF


def _is_of_server(error: BaseException) -> bool:
    return type(_of_driver(error)).__module__.partition(".")[0] == "psycopg"


def _state(error: BaseException) -> str:
    """Return PostgreSQL's code; empty where psycopg itself has failed."""
    return getattr(_of_driver(error), "sqlstate", None) or ""


def _is_cut(error: BaseException) -> bool:
    """Whether there is no connection: nothing was heard that could have a code."""
    kinds = {one.__name__ for one in type(_of_driver(error)).__mro__}
    return not _state(error) and bool(kinds & {"OperationalError", "InterfaceError"})


def _of_server(error: BaseException) -> str:
    """Return what PostgreSQL says, without its details, which quote rows."""
    found: Any = _of_driver(error)
    if _state(error).startswith(_QUOTES):
        return f"a value was refused, {_state(error)}"
    told = getattr(getattr(found, "diag", None), "message_primary", None) or str(found)
    return " ".join(told.split()).rstrip(".")


def _of_driver(error: BaseException) -> BaseException:
    """Return the driver's own error, which SQLAlchemy wraps."""
    found: BaseException = getattr(error, "orig", None) or error
    return found
