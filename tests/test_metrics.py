"""What is told is counted, under names that Prometheus knows, and read on this machine alone."""

import json
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.request import urlopen

import pytest

from bot.metrics import BUCKETS, HOST, Endpoint, Metrics
from testkit.virtual import HandClock

if TYPE_CHECKING:
    from bot.delivery.ports import Watch
    from bot.telegram.ports import EdgeWatch as ChatWatch

NAMES: Final = {
    "holdfast_send_lateness_seconds": "histogram",
    "holdfast_send_seconds": "histogram",
    "holdfast_sends_dropped_total": "counter",
    "holdfast_sends_refused_total": "counter",
    "holdfast_update_seconds": "histogram",
    "holdfast_due_lag_seconds": "histogram",
    "holdfast_budget_rate": "gauge",
    "holdfast_budget_used": "gauge",
    "holdfast_queue_waiting": "gauge",
}

LABELS: Final = {
    "holdfast_send_lateness_seconds": ["kind"],
    "holdfast_send_seconds": ["kind"],
    "holdfast_sends_dropped_total": ["kind"],
    "holdfast_sends_refused_total": ["kind", "outcome"],
}


@pytest.fixture
def clock() -> HandClock:
    """Return a clock."""
    return HandClock()


@pytest.fixture
def metrics(clock: HandClock) -> Metrics:
    """Return metrics of a program that has just started."""
    return Metrics(clock.ticks)


@pytest.fixture
def endpoint(metrics: Metrics) -> Iterator[Endpoint]:
    """Show them at a free port."""
    shown = Endpoint(metrics, 0)
    yield shown
    shown.close()


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """Return one figure."""
    return metrics.registry.get_sample_value(name, labels)


def scraped(endpoint: Endpoint) -> str:
    """Return what Prometheus reads."""
    with urlopen(f"http://{HOST}:{endpoint.port}/metrics", timeout=10) as answer:
        return str(answer.read().decode())


# ---- health ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "path", "code"),
    [
        ("leader", "readyz", 200),
        ("standby", "readyz", 200),
        (None, "readyz", 503),
        ("leader", "healthz", 200),
        (None, "healthz", 200),
    ],
)
def test_who_is_ready(metrics: Metrics, role: str | None, path: str, code: int) -> None:
    """Who leads, and who stands by; not who can do neither just now."""
    shown = Endpoint(metrics, 0, lambda: role)
    connection = HTTPConnection(HOST, shown.port, timeout=10)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (code, {"role": role})
    finally:
        connection.close()
        shown.close()


# ---- counting -------------------------------------------------------------------------


def test_it_is_what_delivery_and_the_inbox_ask_for(metrics: Metrics) -> None:
    """Both ports are met; the type checker reads this as well."""
    delivery: Watch = metrics
    chat: ChatWatch = metrics
    delivery.answered("Hold", 0.03)
    chat.handled(0.02)
    assert value(metrics, "holdfast_send_seconds_sum", kind="Hold") == 0.03
    assert value(metrics, "holdfast_update_seconds_sum") == 0.02


def test_lateness_falls_into_the_buckets_of_its_kind(metrics: Metrics) -> None:
    """Two cues within 0.005 and 0.25 s; another kind is counted by itself."""
    for late in (0.004, 0.2):
        metrics.handed("Hold", late)
    metrics.handed("Reminder", 70.0)
    name = "holdfast_send_lateness_seconds_bucket"
    held = [value(metrics, name, kind="Hold", le=str(edge)) for edge in BUCKETS]
    assert held == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]
    assert value(metrics, name, kind="Reminder", le="60.0") == 0
    assert value(metrics, name, kind="Reminder", le="+Inf") == 1


def test_a_clock_that_was_set_back_counts_as_no_time(metrics: Metrics) -> None:
    """A histogram's sum never falls: Prometheus would take that for a restart."""
    metrics.handed("Hold", -3.0)
    metrics.answered("Hold", -3.0)
    metrics.handled(-3.0)
    metrics.acted(-3.0)
    sums = [
        value(metrics, "holdfast_send_lateness_seconds_sum", kind="Hold"),
        value(metrics, "holdfast_send_seconds_sum", kind="Hold"),
        value(metrics, "holdfast_update_seconds_sum"),
        value(metrics, "holdfast_due_lag_seconds_sum"),
    ]
    assert sums == [0.0] * 4


def test_f51_drops_and_refusals_by_kind(metrics: Metrics) -> None:
    """A 429 is the outcome retry_after."""
    metrics.dropped("Hold")
    for _ in range(2):
        metrics.refused("Reminder", "retry_after")
    metrics.refused("Reminder", "unreachable")
    refused = "holdfast_sends_refused_total"
    assert value(metrics, "holdfast_sends_dropped_total", kind="Hold") == 1
    assert value(metrics, refused, kind="Reminder", outcome="retry_after") == 2
    assert value(metrics, refused, kind="Reminder", outcome="unreachable") == 1


def test_the_budget_of_the_last_second(metrics: Metrics, clock: HandClock) -> None:
    """Half of the rate was used; a second later, with nothing more told, none of it."""
    assert value(metrics, "holdfast_budget_used") == 0.0
    metrics.paced(14, 28.0, 3)
    assert value(metrics, "holdfast_budget_rate") == 28.0
    assert value(metrics, "holdfast_budget_used") == 0.5
    clock.at += timedelta(seconds=1)
    assert value(metrics, "holdfast_budget_used") == 0.0
    assert value(metrics, "holdfast_queue_waiting") == 3


def test_two_programs_in_one_process_count_apart(clock: HandClock) -> None:
    """Nothing is shared: each has a registry of its own."""
    one, other = Metrics(clock.ticks), Metrics(clock.ticks)
    one.dropped("Hold")
    assert value(other, "holdfast_sends_dropped_total", kind="Hold") is None


# ---- the endpoint ---------------------------------------------------------------------


def test_every_name_is_there_from_the_start(endpoint: Endpoint) -> None:
    """With its type and its words, before anything has happened; and the process's own."""
    lines = scraped(endpoint).splitlines()
    types = dict(line.split()[2:] for line in lines if line.startswith("# TYPE "))
    ours = {name for name in types if name.startswith("holdfast_")}
    since = {name for name in ours if name.endswith("_created")}  # the library's, of each figure
    assert {name: types[name] for name in ours - since} == NAMES
    told = {line.split()[2] for line in lines if line.startswith("# HELP ") and line.endswith(".")}
    assert told & NAMES.keys() == NAMES.keys()
    assert types["process_resident_memory_bytes"] == "gauge"


def test_the_page_of_operations_lists_each() -> None:
    """docs/operations.md has a row for every name, with its type and labels, and no other."""
    page = (Path(__file__).parents[1] / "docs/operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(holdfast_\w+)` \| (\w+) \| ([^|]+) \|", page, re.MULTILINE)
    assert {name: kind for name, kind, _labels in rows} == NAMES
    labels = {name: re.findall(r"`(\w+)`", told) for name, _kind, told in rows}
    assert labels == {name: LABELS.get(name, []) for name in NAMES}


def test_what_is_read_is_what_was_told(endpoint: Endpoint, metrics: Metrics) -> None:
    """Figures are as new as the reading."""
    assert 'kind="Hold"' not in scraped(endpoint)
    metrics.dropped("Hold")
    assert 'holdfast_sends_dropped_total{kind="Hold"} 1.0\n' in scraped(endpoint)


@pytest.mark.parametrize("elsewhere", ["127.0.0.2", "::1"])
def test_it_is_on_127_0_0_1_alone(endpoint: Endpoint, elsewhere: str) -> None:
    """At another address of this machine nobody answers."""
    socket.create_connection((HOST, endpoint.port), timeout=10).close()
    with pytest.raises(OSError, match=r"refused|Cannot assign|not supported"):
        socket.create_connection((elsewhere, endpoint.port), timeout=10)


def test_the_port_is_free_again_at_once(metrics: Metrics) -> None:
    """A restart finds it as it was."""
    first = Endpoint(metrics, 0)
    first.close()
    second = Endpoint(metrics, first.port)
    second.close()
    assert second.port == first.port


def test_a_port_that_is_taken(endpoint: Endpoint, metrics: Metrics) -> None:
    """Two programs never share one."""
    with pytest.raises(OSError, match="in use"):
        Endpoint(metrics, endpoint.port)
