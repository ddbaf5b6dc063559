"""Log lines: one stable event word and ids. Of an error types and places are told, no values.

Neither a token nor a person's data gets through, whoever logs: of what a library says the format
stands there, with the types of what would be put in.

No line ever raises, whatever its values are and wherever it is to be written: much is logged
where a failure is about to be stored, and that must not be lost with the line.
"""

import logging
import re
import sys
import warnings
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final, TextIO, cast

import structlog

from bot import traces
from bot.store.faults import is_of_the_file, reason
from bot.streams import Forgiving, forgiving

log = structlog.get_logger()

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
    return {_key(key): _told(value) for key, value in event.items()}


def _told(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    return traces.brief(value) if isinstance(value, BaseException) else redact(plain(value))


def _briefly(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Tell of an error its types and places.

    Trouble with the database's file is told in a few words: where it was met says nothing.
    """
    error = _error(event.pop("exc_info", None))
    if error is not None and is_of_the_file(error):
        event["error"] = reason(error)
    elif error is not None:
        event["exception"] = traces.whole(error)
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
    """Takes values out of what libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(_message(record)), None
        error = _error(record.exc_info)
        record.exc_text = None if error is None else traces.whole(error)
        record.exc_info = record.stack_info = None
        return True


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
    warnings.showwarning = _warned
    logging.raiseExceptions = False  # else a line that cannot be made prints its values
