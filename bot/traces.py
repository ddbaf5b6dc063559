"""What is told of an error: its types and the places it came through, never its text.

The text of an error may hold anything: a validation error prints its input, a database's error its
parameters. Types, places and error numbers are of the program, not of a person.
"""

import errno
import sqlite3
import sys
import threading
from collections.abc import Iterator
from traceback import walk_tb
from types import TracebackType
from typing import Any, Final

MOST: Final = 40
"""Places told of one error: the outermost and the innermost half of a longer way."""


def kind(error: BaseException) -> str:
    """Return an error's type; with its number where it is the system's or a database's."""
    code: object = getattr(error, "sqlstate", None)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorname", None)
    elif isinstance(error, OSError) and isinstance(error.errno, int):
        code = errno.errorcode.get(error.errno)
    return _type(error) if code is None else f"{_type(error)} ({code})"


def brief(error: BaseException) -> str:
    """Return an error in one line: what it is, and where it was raised."""
    places = list(_places(error.__traceback__))
    return f"{kind(error)} at {places[-1]}" if places else kind(error)


def whole(error: BaseException) -> str:
    """Return an error in lines: the way it came, and the errors it came from."""
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    if id(error) in seen:
        return
    seen.add(id(error))
    before = error.__cause__
    if before is None and not error.__suppress_context__:
        before = error.__context__
    if before is not None:
        yield from _lines(before, seen)
        yield "which led to"
    yield kind(error)
    places = list(_places(error.__traceback__))
    half = MOST // 2
    if len(places) > MOST:
        places = [*places[:half], f"{len(places) - MOST} more", *places[-half:]]
    yield from (f"  at {place}" for place in places)
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield "of which one is"
            yield from _lines(one, seen)


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame, line in walk_tb(trace):
        yield f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"


def _type(error: BaseException) -> str:
    found = type(error)
    room = "" if found.__module__ == "builtins" else f"{found.__module__}."
    return f"{room}{found.__qualname__}"


# ---- what nobody has caught -----------------------------------------------------------


def guard() -> None:
    """From now on an error that nobody catches is told so too, in every thread."""
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda left: _print(left.exc_value)
    threading.excepthook = lambda left: _print(left.exc_value)


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: Any) -> None:
    _print(error)


def _print(error: BaseException | None) -> None:
    if error is not None and sys.stderr is not None:
        print(whole(error), file=sys.stderr)  # noqa: T201 - there is nothing else to tell it by
