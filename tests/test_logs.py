"""No line of the log tells a token, and none raises."""

import errno
import io
import logging
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs, streams


@contextmanager
def as_before() -> Iterator[None]:
    """Undo the set-up of the log: its stream is one test's alone."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    standard, told = (sys.stdout, sys.stderr), logging.raiseExceptions
    yield
    sys.stdout, sys.stderr = standard
    structlog.reset_defaults()
    logging.captureWarnings(False)
    logging.raiseExceptions = told
    root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the log as it was."""
    with as_before():
        yield


TOKEN = "123456:AAHsecretsecretsecret"
ADDRESS = f"https://api.telegram.org/bot{TOKEN}/getMe"


def fail() -> None:
    """Raise an error whose text is the address of a request."""
    raise ValueError(ADDRESS)


def test_tokens_do_not_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither as a value, nor in a traceback, nor by way of a library."""
    logs.set_up()
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("update_failed", url=ADDRESS)
        logging.getLogger("aiohttp").exception("at %s", TOKEN)
    said = capsys.readouterr().err
    assert "update_failed" in said
    assert "at <token>" in said
    assert "secretsecret" not in said


@pytest.mark.parametrize(
    "around", ["{}", "https://api.telegram.org/bot{}/getMe", "'/file/bot{}/x.png'", "token={}."]
)
def test_a_token_is_hidden_wherever_it_stands(around: str) -> None:
    """Alone, in an address, in quotes: nothing of it is left."""
    assert logs.redact(around.format(TOKEN)) == around.format(logs.HIDDEN)


@pytest.mark.parametrize(
    "text", ["2026-11-24T06:30:05.123456Z", "http://127.0.0.1:8081/x", "3:1", "key=o12:remind:0"]
)
def test_what_is_no_token_stays(text: str) -> None:
    """Times, ports and keys are no tokens."""
    assert logs.redact(text) == text


# ---- F110: nothing that is logged raises ---------------------------------------------------


class Refusing(io.StringIO):
    """A stream that takes nothing, for one reason or another."""

    def __init__(self, error: Exception, *, at_flush: bool) -> None:
        super().__init__()
        self.error = error
        self.at_flush = at_flush

    def write(self, text: str) -> int:
        """Refuse, unless it is found out later."""
        if not self.at_flush:
            raise self.error
        return len(text)

    def flush(self) -> None:
        """Refuse."""
        raise self.error


class Odd:
    """A value that cannot be told."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class OddError(Exception):
    """A failure that cannot be told."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


def closed() -> io.StringIO:
    """Return a stream that was closed."""
    stream = io.StringIO()
    stream.close()
    return stream


def refusing(error: Exception, *, at_flush: bool) -> Callable[[], Any]:
    """Return what makes such a stream."""
    return lambda: Refusing(error, at_flush=at_flush)


def oddly() -> None:
    """Fail without words."""
    raise OddError


REFUSALS = [
    BrokenPipeError(errno.EPIPE, "gone"),
    OSError(errno.ENOSPC, "full"),
    OSError(errno.EIO, "broken"),
    BlockingIOError(errno.EAGAIN, "later"),
    ValueError("I/O operation on closed file"),
    UnicodeEncodeError("latin-1", "→", 0, 1, "not in it"),
    RuntimeError("anything"),
]
STREAMS: dict[str, Callable[[], Any]] = {
    **{
        f"{type(error).__name__} {error.args[0]} {'flush' if late else 'write'}": (
            refusing(error, at_flush=late)
        )
        for error in REFUSALS
        for late in (False, True)
    },
    "none": lambda: None,
    "closed": closed,
    "ascii": lambda: io.TextIOWrapper(io.BytesIO(), encoding="ascii"),
    "latin-1": lambda: io.TextIOWrapper(io.BytesIO(), encoding="latin-1"),
    "utf-8": lambda: io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
}


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(exclude_categories=())),  # half characters too
    st.binary(),
    st.just(Odd()),
    st.lists(st.just(Odd()), max_size=2),
    st.just(OddError()),
    st.tuples(st.text(), st.text()),
)
NAMES = st.text(st.characters(exclude_categories=()), min_size=1)


@given(
    stream=st.sampled_from(sorted(STREAMS)),
    event=VALUES,
    values=st.dictionaries(NAMES, VALUES, max_size=3),
    method=st.sampled_from(["debug", "info", "warning", "error", "exception", "critical"]),
    guarded=st.booleans(),
)
def test_f110_no_log_line_raises(
    *, stream: str, event: Any, values: dict[str, Any], method: str, guarded: bool
) -> None:
    """Whatever is logged, however, and whatever the stream does with it; libraries' lines too."""
    for name in ("event", "self", "method_name", "level"):
        values.pop(name, None)
    with as_before():
        sys.stderr = sys.stdout = STREAMS[stream]()
        if guarded:
            streams.guard()
        logs.set_up()
        log, library = structlog.get_logger(), logging.getLogger("aiohttp.server")
        getattr(log, method)(event, **values)
        try:
            oddly()
        except OddError:
            getattr(log, method)(event, **values)
            log.exception("x")
            library.exception("at %s", event)
            library.error("%d of %s", *values.values())
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(logs.plain(event), UserWarning, stacklevel=1)
        if guarded:
            print(logs.plain(event), list(values))  # noqa: T201 - what is tested
            sys.stdout.flush()


@given(stream=st.sampled_from(sorted(STREAMS)))
def test_f110_a_failure_is_stored_though_it_cannot_be_logged(stream: str) -> None:
    """What stands behind the line in an `except` is done."""
    stored: list[str] = []
    with as_before():
        sys.stderr = STREAMS[stream]()
        logs.set_up()
        try:
            fail()
        except ValueError as error:
            structlog.get_logger().exception("update_failed", what=Odd())
            logging.getLogger("apscheduler").exception("job %s", Odd())
            stored.append(type(error).__name__)
    assert stored == ["ValueError"]


def test_f110_what_cannot_be_told_is_named() -> None:
    """The rest of the line is there, with the type of what has no text and no token."""
    with as_before():
        sys.stderr = stream = io.StringIO()
        logs.set_up()
        log = structlog.get_logger()
        log.warning("send_refused", letter=3, what=Odd(), name="\udcff", far="→")
        log.warning("at %s", Odd())
        logging.getLogger("aiohttp").error("at %d", ADDRESS)
        told = stream.getvalue().splitlines()
    assert "event=send_refused letter=3 what=<Odd> name=\\udcff far=→" in told[0]
    assert told[1:] == [
        'level=error event="at %s <Odd>" not_told=RuntimeError',
        "ERROR:aiohttp:at %d",
    ]


def test_f110_a_reader_that_comes_back_is_told_how_much_it_missed() -> None:
    """A full pipe takes nothing and holds nobody up; once it is read the log goes on."""
    reader, writer = os.pipe()
    with as_before(), os.fdopen(writer, "w", encoding="utf-8") as pipe:
        sys.stderr = pipe
        logs.set_up()
        log = structlog.get_logger()
        for number in range(400):
            log.info("x" * 500, number=number)
        held = os.read(reader, 1 << 20)
        while b"log_lines_lost" not in held:
            log.info("again")
            held += os.read(reader, 1 << 20)
    os.close(reader)
    lines = held.decode().splitlines()
    written = sum(line.endswith(tuple("0123456789")) and "number=" in line for line in lines)
    (lost,) = [line for line in lines if "log_lines_lost" in line]
    assert 0 < written < 400
    assert int(lost.rpartition("=")[2]) == 400 - written
