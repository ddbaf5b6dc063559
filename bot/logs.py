"""Log lines: one stable event word and ids. Tokens never get through, tracebacks included."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_TOKEN: Final = re.compile(r"(?:(?<=bot)|\b)\d{1,20}:[A-Za-z0-9_-]{6,}")
HIDDEN: Final = "<token>"
QUIET: Final = logging.WARNING


def redact(text: str) -> str:
    """Return `text` without anything that looks like a bot's token."""
    return _TOKEN.sub(HIDDEN, text)


def _redacted(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event


class _Filter(logging.Filter):
    """Takes tokens out of what libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


def set_up(*, level: int = logging.INFO) -> None:
    """Send the program's and its libraries' log lines to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redacted,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_Filter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
