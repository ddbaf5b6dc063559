"""Log lines: one stable event word and ids. Tokens never get through, tracebacks included.

No line ever raises, whatever its values are and wherever it is to be written: much is logged
where a failure is about to be stored, and that must not be lost with the line.
"""

import logging
import re
import sys
from collections.abc import Callable, MutableMapping
from typing import Any, Final, TextIO, cast

import structlog

from bot.store.faults import is_of_the_file, reason
from bot.streams import Forgiving, forgiving

_TOKEN: Final = re.compile(r"(?:(?<=bot)|\b)\d{1,20}:[A-Za-z0-9_-]{6,}")
HIDDEN: Final = "<token>"
QUIET: Final = logging.WARNING
_LEVELS: Final = ("debug", "info", "msg", "warning", "warn", "error", "exception", "critical")
_LEVELS_TOO: Final = ("fatal", "log")


def redact(text: str) -> str:
    """Return `text` without anything that looks like a bot's token."""
    return _TOKEN.sub(HIDDEN, text)


def plain(value: object) -> str:
    """Return `value` as text, or its type where it has none."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - a value that cannot be told must not take its line along
        return f"<{type(value).__name__}>"


def _redacted(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return the line with values that can be written, and no token among them."""
    return {
        _key(key): value if value is None or isinstance(value, bool) else redact(plain(value))
        for key, value in event.items()
    }


def _briefly(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Tell trouble with the database's file in a few words: where it was met says nothing."""
    error = _error(event.get("exc_info"))
    if error is not None and is_of_the_file(error):
        del event["exc_info"]
        event["error"] = reason(error)
    return event


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
    """Takes tokens out of what libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(_message(record)), None
        if record.exc_info:
            record.exc_text = redact(_traceback(record.exc_info))
            record.exc_info = None
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - values that do not fit, or cannot be told
        return plain(record.msg)


def _traceback(found: Any) -> str:
    try:
        return logging.Formatter().formatException(found)
    except Exception:  # noqa: BLE001 - as above
        return plain(found)


def _calm(level: int, stream: Forgiving) -> type[Any]:
    """Return the class of loggers from `level` on; where a line cannot be made, it says so."""
    base: Any = structlog.make_filtering_bound_logger(level)

    def calmly(name: str) -> Callable[..., None]:
        method = getattr(base, name)

        def tell(self: Any, *words: Any, **values: Any) -> None:
            try:
                method(self, *words, **values)
            except Exception as error:  # noqa: BLE001 - see above: a line never raises
                event = redact(" ".join(plain(word) for word in words))
                stream.write(f'level=error event="{event}" not_told={type(error).__name__}\n')

        return tell

    return type("Calm", (base,), {name: calmly(name) for name in (*_LEVELS, *_LEVELS_TOO)})


def set_up(*, level: int = logging.INFO) -> None:
    """Send the program's and its libraries' log lines, and warnings, to standard error."""
    stream = forgiving(sys.stderr)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _briefly,
            structlog.processors.format_exc_info,
            _redacted,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=_calm(level, stream),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", stream)),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(_Filter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)  # else they go to standard error as they are
    logging.raiseExceptions = False  # else a line that cannot be made prints its values
