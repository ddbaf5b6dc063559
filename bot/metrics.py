"""Figures for Prometheus: counted in memory since the start, shown on 127.0.0.1 alone.

docs/operations.md, Figures, lists them. No label names a person or a chat: kinds of messages and
of refusals alone, both bounded by the code.
"""

import json
import threading
from collections.abc import Callable
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    make_wsgi_app,
)
from prometheus_client.exposition import ThreadingWSGIServer

HOST: Final = "127.0.0.1"
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0, 30.0, 60.0)
"""Seconds. A HOLD is dropped at 3 s; most of what people wait for is under 0.05 s."""
_FRESH_S: Final = 1.0
"""How long what was said of the last second is true."""


class Metrics:
    """Is told by delivery, the inbox and the clock what happens. `ticks` only goes forward."""

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._paced = (ticks(), 0.0)
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._late = self._histogram(
            "holdfast_send_lateness_seconds",
            "From when a message was due until it was handed to Telegram.",
            "kind",
        )
        self._send = self._histogram(
            "holdfast_send_seconds", "How long Telegram took to accept a message.", "kind"
        )
        self._dropped = Counter(
            "holdfast_sends_dropped",
            "Messages not sent because their deadline had passed.",
            ["kind"],
            registry=self.registry,
        )
        self._refused = Counter(
            "holdfast_sends_refused",
            "Messages that were refused or not answered, by what that meant.",
            ["kind", "outcome"],
            registry=self.registry,
        )
        self._update = self._histogram(
            "holdfast_update_seconds", "From when an update was received until it was handled."
        )
        self._lag = self._histogram(
            "holdfast_due_lag_seconds", "How late the oldest row of each turn was acted on."
        )
        self._rate = self._gauge("holdfast_budget_rate", "Messages a second allowed just now.")
        self._used = self._gauge(
            "holdfast_budget_used", "Share of the allowed rate that the last second used."
        )
        self._used.set_function(self._share)
        self._waiting = self._gauge("holdfast_queue_waiting", "Messages that are due and wait.")

    def _histogram(self, name: str, words: str, *labels: str) -> Histogram:
        return Histogram(name, words, labels, registry=self.registry, buckets=BUCKETS)

    def _gauge(self, name: str, words: str) -> Gauge:
        return Gauge(name, words, registry=self.registry)

    # ---- told by delivery --------------------------------------------------------------

    def handed(self, kind: str, late_s: float) -> None:
        """A letter is handed to Telegram, so long after it was due."""
        self._late.labels(kind).observe(max(0.0, late_s))

    def answered(self, kind: str, took_s: float) -> None:
        """Telegram has taken a letter, so long after it was handed over."""
        self._send.labels(kind).observe(max(0.0, took_s))

    def dropped(self, kind: str) -> None:
        """A letter's deadline has passed; it is not sent."""
        self._dropped.labels(kind).inc()

    def refused(self, kind: str, outcome: str) -> None:
        """A letter was refused; `outcome` says what that meant."""
        self._refused.labels(kind, outcome).inc()

    def paced(self, sent: int, rate: float, waiting: int) -> None:
        """So many were sent in the last second, of `rate` allowed; so many wait that are due."""
        self._paced = (self._ticks(), sent / rate)
        self._rate.set(rate)
        self._waiting.set(waiting)

    def _share(self) -> float:
        """Return the share that was used; nothing told for a second means nothing sent in it."""
        at, share = self._paced
        return share if self._ticks() - at < _FRESH_S else 0.0

    # ---- told by the inbox and the clock -----------------------------------------------

    def handled(self, took_s: float) -> None:
        """An update was handled, and that is committed, so long after it was received."""
        self._update.observe(max(0.0, took_s))

    def acted(self, late_s: float) -> None:
        """Due rows were acted on, the oldest so long after it was due."""
        self._lag.observe(max(0.0, late_s))


_App = Callable[[dict[str, Any], Any], Any]
_OK: Final = "200 OK"
_NOT_READY: Final = "503 Service Unavailable"


class _Silent(WSGIRequestHandler):
    """Prints nothing about requests."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Print nothing."""


class Endpoint:
    """Shows a registry at http://127.0.0.1:`port`/metrics, from a thread of its own.

    So it answers while the event loop is busy, and never delays a cue. Raises OSError when the
    port cannot be had. Port 0 takes a free one.

    `/healthz` says that the process lives, `/readyz` that it leads or stands by: `role` returns
    which, or None where it can do neither just now.
    """

    def __init__(
        self, metrics: Metrics, port: int, role: Callable[[], str | None] = lambda: "leader"
    ) -> None:
        figures: _App = make_wsgi_app(metrics.registry)

        def answer(environ: dict[str, Any], start: Any) -> Any:
            path, found = environ.get("PATH_INFO"), role()
            if path not in {"/healthz", "/readyz"}:
                return figures(environ, start)
            ready = path == "/healthz" or found is not None
            body = json.dumps({"role": found}).encode() + b"\n"
            start(_OK if ready else _NOT_READY, [("Content-Type", "application/json")])
            return [body]

        self._server = make_server(HOST, port, answer, ThreadingWSGIServer, _Silent)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.port = self._server.server_port

    def close(self) -> None:
        """Stop answering. Takes up to half a second."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
