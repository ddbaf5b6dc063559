"""Why a server cannot be used: one sentence and an exit code for each reason.

libpq has no code for what a server says when it lets nobody in, so that is known by its words.
"""

import re
from typing import Final

from bot.expected import Code
from bot.store.faults import StoreError, reason


class ServerError(StoreError):
    """A server that cannot be used; `code` says why."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


_WRONG_PASSWORD: Final = re.compile(
    "authentication failed|no password supplied|SCRAM|wrong password|password is required"
)
_NO_DATABASE: Final = re.compile(r'database "[^"]*" does not exist|no such database')
_NO_RIGHTS: Final = re.compile(
    r"permission denied|no pg_hba\.conf entry|pg_hba\.conf rejects"
    r'|role "[^"]*" (does not exist|is not permitted)|not allow connections'
)
_NOT_PASSED_ON: Final = re.compile("unsupported startup parameter")
_WRONG_OPTION: Final = re.compile(
    r'invalid \w+ value: "|invalid (integer value|port number|value for parameter)'
    r"|bad value for connect_timeout|could not match \d+ |unrecognized configuration parameter"
    r'|certificate file "[^"]*" does not exist'
)
"""What libpq, or the server, says of a value in the address that will never do."""
_PLAIN: Final = re.compile("[a-z_][a-z0-9_]*")
"""A name that needs no quotes."""
_BESIDE: Final = ("DETAIL:", "HINT:", "Is the server running")
"""How lines begin that add something to what was said before."""


def refusal(name: str, error: Exception) -> ServerError:
    """Return what a server's refusal to let somebody in means; `name` is its address for people."""
    told = str(error)
    if _WRONG_PASSWORD.search(told):
        return ServerError(
            Code.WRONG_PASSWORD,
            f"database.url: {name} does not take the name or the password that is in the address "
            f"({_shortly(told)}).",
        )
    if _NO_DATABASE.search(told):
        return ServerError(
            Code.NO_SUCH_DATABASE,
            f"database.url: the server has no such database as in {name}; make it first: CREATE "
            f"DATABASE {_in_sql(name)} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'.",
        )
    if _NO_RIGHTS.search(told):
        return no_rights(name, _shortly(told))
    if _NOT_PASSED_ON.search(told):
        return ServerError(
            Code.POOLED,
            f"database.url: at {name} is a pooler that does not pass on what the address asks for "
            f"({_shortly(told)}); name the server itself, or ask for it by ALTER ROLE … SET.",
        )
    if _WRONG_OPTION.search(told):
        return ServerError(
            Code.BAD_DATABASE,
            f"database.url: something in the address of {name} cannot be used: {_shortly(told)}; "
            "what is allowed there says libpq, for example ?sslmode=verify-full.",
        )
    return ServerError(
        Code.SERVER_AWAY,
        f"database.url: no server that takes writes can be reached at {name} ({_shortly(told)}).",
    )


def lost(name: str, error: BaseException) -> ServerError:
    """Return what is said when a connection is gone, or the server cannot go on."""
    return ServerError(
        Code.SERVER_AWAY, f"The database {name} cannot be reached any more: {reason(error)}."
    )


def no_rights(name: str, what: str) -> ServerError:
    """Return what is said where the user may not do what Holdfast does."""
    return ServerError(
        Code.MISSING_RIGHTS, f"database.url: the user has too few rights in {name}: {what}."
    )


def pooled(name: str) -> ServerError:
    """Return what is said of a pooler that gives each transaction another connection."""
    return ServerError(
        Code.POOLED,
        f"database.url: at {name} is a pooler in transaction mode, where two could lead at once; "
        "name the server itself, or a pooler in session mode.",
    )


def read_only(name: str) -> ServerError:
    """Return what is said of a server, or a user, that may only read."""
    return ServerError(
        Code.SERVER_AWAY,
        f"database.url: {name} takes no writes: it follows another server, or is set to be read "
        "alone; name the one that takes them, without target_session_attrs.",
    )


def too_old(name: str, version: str, oldest: int) -> ServerError:
    """Return what is said of a server that is older than `oldest`."""
    return ServerError(
        Code.SERVER_TOO_OLD,
        f"database.url: {name} is PostgreSQL {version}; Holdfast needs {oldest} or newer.",
    )


def other_order(name: str, found: str) -> ServerError:
    """Return what is said of a database whose texts are of another order or encoding."""
    return ServerError(
        Code.WRONG_COLLATION,
        f"database.url: {name} was made with {found}; Holdfast needs one made with TEMPLATE "
        "template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'.",
    )


def _in_sql(name: str) -> str:
    """Return the database that an address names, as a statement has it."""
    database = name.rpartition("/")[2]
    return database if _PLAIN.fullmatch(database) else f'"{database.replace(chr(34), chr(34) * 2)}"'


def _shortly(told: str) -> str:
    """Return the last thing that was said, without the way to it and without advice."""
    lines = [line.strip() for line in told.strip().splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith(_BESIDE)]
    last = said[-1] if said else "no reason was told"
    last = last.rpartition("FATAL:")[2].removeprefix("connection is bad: ")
    return last.rpartition(" failed: ")[2].strip().rstrip(".")
