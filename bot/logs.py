"""Log lines: one stable event word and ids. Of an error types and places are told, no values.

Neither a token nor a person's data gets through, whoever logs: of what a library says the format
stands there, with the types of what would be put in.

An expected failure – Telegram or the network away, the file locked or full – is one line. What
is told again and again is told once a minute, with how often it was. A fault has its traceback, and
is told each time.

No line ever raises, whatever its values are and wherever it is to be written: much is logged
where a failure is about to be stored, and that must not be lost with the line.
"""

import errno
import logging
import sys
import warnings
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO, cast

import structlog
from telegram.error import BadRequest, TelegramError

from bot import traces
from bot.clock.clock import SystemClock
from bot.expected import ExpectedError
from bot.hiding import HIDDEN, hide
from bot.repeats import Repeats
from bot.store.faults import is_of_the_file, reason
from bot.streams import Forgiving, forgiving

__all__ = ["HIDDEN", "QUIET", "plain", "redact", "set_up"]

log = structlog.get_logger()

QUIET: Final = logging.WARNING
_EXPECTED: Final = (ExpectedError, TelegramError, ConnectionError, TimeoutError)
_OF_THE_DISK: Final = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG, errno.EMFILE, errno.ENFILE}
)
_LEVELS: Final = ("debug", "info", "msg", "warning", "warn", "error", "exception", "critical")
_LEVELS_TOO: Final = ("fatal", "log")
_LAST_WORDS: Final = ("stopped",)


Line = tuple[str, str, tuple[tuple[str, str], ...]]
"""What is the same when it is told again: level, event, and the words among its values."""
_WHEN: Final = frozenset({"timestamp", "level", "event"})


Secrets = tuple[str, ...]
"""What no line may hold: the bot's token, the webhook's secret."""


def redact(text: str, *secrets: str) -> str:
    """Return `text` without anything that looks like a bot's token, or holds one of `secrets`."""
    return hide(text, *secrets)


def plain(value: object) -> str:
    """Return `value` as text, or its type where it has none."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a value that cannot be told must not take its line along
        return f"<{type(value).__name__}>"


def _redacted(
    secrets: Secrets, _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return the line with values that can be written, and no token among them."""
    return {_key(key): _told(value, secrets) for key, value in event.items()}


def _told(value: object, secrets: Secrets) -> object:
    if value is None or isinstance(value, bool):
        return value
    return (
        traces.brief(value) if isinstance(value, BaseException) else redact(plain(value), *secrets)
    )


def _held_back(
    repeats: Repeats[Line], _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop what was told within the last minute, by its words; numbers differ each time."""
    is_trouble = event["level"] in {"warning", "error"} and "exception" not in event
    if is_trouble and "repeated" not in event and repeats.holds_back(_same(event)):
        raise structlog.DropEvent
    return event


def _same(event: MutableMapping[str, Any]) -> Line:
    words = [
        (key, str(value))
        for key, value in event.items()
        if isinstance(value, str) and key not in _WHEN
    ]
    return event["level"], plain(event["event"]), tuple(words)


def _briefly(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Tell of an error its types and places; an expected failure in a few words.

    Where such a failure was met says nothing.
    """
    error = _error(event.pop("exc_info", None))
    if error is not None and is_expected(error):
        event["error"] = _in_words(error)
    elif error is not None:
        event["exception"] = traces.whole(error)
    return event


def is_expected(error: BaseException) -> bool:
    """Whether nobody's code is to blame: the file, the disk, the network or Telegram is.

    A request that Telegram refuses for its form is a fault.
    """
    if is_of_the_file(error):
        return True
    of_the_disk = isinstance(error, OSError) and error.errno in _OF_THE_DISK
    return of_the_disk or (isinstance(error, _EXPECTED) and type(error) is not BadRequest)


def _in_words(error: BaseException) -> str:
    """Return SQLite's own reason; of others the type, since their texts may hold anything."""
    return reason(error) if is_of_the_file(error) else type(error).__name__


def _error(found: object) -> BaseException | None:
    """Return the exception that `exc_info` stands for, in whichever form."""
    if isinstance(found, tuple):
        found = found[1]
    elif found is True:
        found = sys.exc_info()[1]
    return found if isinstance(found, BaseException) else None


def _key(name: object) -> str:
    """Return a value's name without spaces, which the format does not allow."""
    return "_".join(plain(name).split()) or "_"


class _Filter(logging.Filter):
    """Takes values out of what libraries log."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(_message(record), *self._secrets), None
        error = _error(record.exc_info)
        record.exc_info = record.exc_text = record.stack_info = None
        if error is not None and is_expected(error):
            record.msg = f"{record.msg} ({_in_words(error)})"
        elif error is not None:
            record.exc_text = traces.whole(error)
        return True


class _OnceAMinute(logging.Filter):
    """Holds back what a library says again and again; how often is told with the next line."""

    def __init__(self, repeats: Repeats[Line]) -> None:
        super().__init__()
        self._repeats = repeats

    def filter(self, record: logging.LogRecord) -> bool:
        line = ("warning", f"{record.name}: {record.msg}", ())
        return bool(record.exc_text) or not self._repeats.holds_back(line)


def _message(record: logging.LogRecord) -> str:
    """Return a line's format with the types of its values; the place of one that has no values.

    A text without values may be made of some already.
    """
    if not record.args:
        return f"{record.module}:{record.lineno} {record.funcName}"
    try:
        return plain(plain(record.msg) % _types(record.args))
    except Exception:  # noqa: BLE001 - values that do not fit
        return plain(record.msg)


def _types(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {name: _type(value) for name, value in values.items()}
    return tuple(map(_type, values))


def _type(value: object) -> str:
    is_token = isinstance(value, str) and redact(value) == HIDDEN
    return HIDDEN if is_token else f"<{type(value).__name__}>"


def _warned(
    message: Warning | str,  # noqa: ARG001 - may quote anything
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    """Tell a warning by its type and place."""
    log.warning("warned", kind=category.__name__, at=f"{Path(filename).name}:{lineno}")


def _calm(level: int, stream: Forgiving, repeats: Repeats[Line]) -> type[Any]:
    """Return the class of loggers from `level` on; where a line cannot be made, it says so.

    What was held back is told with the first line after its minute, and with the last.
    """
    base: Any = structlog.make_filtering_bound_logger(level)

    def calmly(name: str) -> Callable[..., None]:
        method = getattr(base, name)

        def tell(self: Any, *words: Any, **values: Any) -> None:
            try:
                for (again, event, same), count in repeats.due(all_of_it=words == _LAST_WORDS):
                    getattr(base, again)(self, event, **dict(same), repeated=count)
                method(self, *words, **values)
            except Exception as error:  # noqa: BLE001 - see above: a line never raises
                event = redact(" ".join(plain(word) for word in words))
                stream.write(f'level=error event="{event}" not_told={type(error).__name__}\n')

        return tell

    return type("Calm", (base,), {name: calmly(name) for name in (*_LEVELS, *_LEVELS_TOO)})


def set_up(
    *,
    level: int = logging.INFO,
    secrets: Secrets = (),
    ticks: Callable[[], float] | None = None,
) -> None:
    """Send the program's and its libraries' log lines, and warnings, to standard error.

    `secrets`, such as the bot's token, are in none of them.
    """
    stream, repeats = forgiving(sys.stderr), Repeats[Line](ticks or SystemClock().ticks)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _briefly,
            partial(_held_back, repeats),
            partial(_redacted, secrets),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=_calm(level, stream, repeats),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", stream)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_Filter(secrets))
    handler.addFilter(_OnceAMinute(repeats))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)  # else they go to standard error as they are
    warnings.showwarning = _warned
    logging.raiseExceptions = False  # else a line that cannot be made prints its values
