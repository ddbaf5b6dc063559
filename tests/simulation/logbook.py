"""What the bot and its libraries log during a run, and what must never stand in it."""

import asyncio
import logging
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import structlog

if TYPE_CHECKING:
    from tests.simulation.run import Run


class Logbook(logging.Handler):
    """Takes every line, and breaks the run for one that should not be there."""

    def __init__(self, run: "Run") -> None:
        super().__init__(logging.WARNING)
        self._run = run
        self._names = [one.name for one in run.town.athletes]

    def __enter__(self) -> Self:
        """Take the place of whatever listens to logs."""
        self._before = structlog.get_config()
        structlog.configure(
            processors=[structlog.processors.format_exc_info, self._line],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.ReturnLoggerFactory(),
            cache_logger_on_first_use=False,
        )
        logging.getLogger().addHandler(self)
        asyncio.get_running_loop().set_exception_handler(self._unhandled)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave logs as they were."""
        logging.getLogger().removeHandler(self)
        structlog.configure(**self._before)

    def _line(self, _logger: Any, method: str, event: Any) -> Any:
        here = {key: value for key, value in event.items() if key != "database"}  # of this run
        self._look(method, " ".join(f"{key}={value}" for key, value in here.items()))
        raise structlog.DropEvent

    def emit(self, record: logging.LogRecord) -> None:
        """Take a library's line."""
        self._look(record.levelname.lower(), record.getMessage())

    def _unhandled(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        self._look("error", f"unhandled: {context['message']} {error!r}")

    def _look(self, level: str, line: str) -> None:
        run = self._run
        run.note(f"log {level} {line if level in {'info', 'warning'} else line[-300:]}")
        run.report.counts[f"log {level}"] += 1
        if any(name in line for name in self._names):
            run.broken(f"a name stands in the log: {line[:200]}")
        if run.sandbox.token.partition(":")[2] in line:
            run.broken(f"the token stands in the log: {line[:200]}")
        if "invalid JSON" in line and run.network.struck["5xx html"]:
            return  # a web page came in place of an answer: the library says so
        if run.weather.damaged and ("letter_unreadable" in line or "letter_broken" in line):
            return  # it may have waited for hours after it was damaged
        if level in {"error", "exception", "critical"} and not run.weather.explains_errors():
            run.broken(f"nothing explains this line of the log: {line[-1500:]}")
