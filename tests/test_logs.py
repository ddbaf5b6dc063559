"""No line of the log tells a token or a value of an error, and none raises."""

import asyncio
import base64
import errno
import gc
import html
import io
import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert
from sqlalchemy.exc import OperationalError
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut

from bot import logs, streams, traces
from bot.store.engine import StoreError
from bot.store.faults import reason


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


# ---- F111: the token in any spelling, and one line for what is expected ---------------------

SECRET = "ThisIsTheSecretHalfOfTheToken-35char"
WHOLE = f"700700700:{SECRET}"
ROUNDS = st.lists(
    st.sampled_from(
        [
            quote,
            lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
            lambda text: "".join(f"&#{ord(char)};" for char in text),
            lambda text: "".join(f"&#x{ord(char):X};" for char in text),
            lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
            lambda text: re.sub("[!-~]", lambda found: f"\\x{ord(found[0]):02x}", text),
            lambda text: text.replace(":", "&colon;"),
            lambda text: text.replace(":", "%3A"),
            lambda text: text.replace(":", "=3A"),
            lambda text: text.replace(":", "："),
            html.escape,
            json.dumps,
            repr,
        ]
    ),
    max_size=4,
)
ENDS = st.sampled_from(["", " ", "/getMe", '"', "%2FgetMe", "</a>", "?x=1"])
FORMS = [
    lambda token: token,
    lambda token: f"https://api.telegram.org/bot{token}",
    lambda token: token.partition(":")[2],
    lambda token: base64.b64encode(f"/bot{token}/getMe".encode()).decode(),
    lambda token: base64.urlsafe_b64encode(f"x{token}/a".encode()).decode(),
    lambda token: token.encode().hex(),
]


@given(form=st.sampled_from(FORMS), rounds=ROUNDS, before=st.text(max_size=9), end=ENDS)
def test_f111_the_token_is_hidden_in_any_spelling(
    form: Callable[[str], str], rounds: list[Callable[[str], str]], before: str, end: str
) -> None:
    """However often and by what it was written anew: undoing that finds nothing of it."""
    text = form(WHOLE)
    for once in rounds:
        text = once(text)
    told = logs.redact(f"{before} {text}{end}", WHOLE)
    assert text not in told
    assert SECRET not in told


@given(rounds=ROUNDS)
def test_f111_a_token_that_nobody_knows_is_hidden_as_well(
    rounds: list[Callable[[str], str]],
) -> None:
    """By its form alone, as another bot's token."""
    text = f"https://api.telegram.org/bot{WHOLE}/getMe"
    for once in rounds:
        text = once(text)
    told = logs.redact(text)
    assert told != text
    assert SECRET not in told


def sqlite_error(code: int) -> sqlite3.OperationalError:
    """Return an error of SQLite's."""
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = code
    return error


EXPECTED: list[BaseException] = [
    NetworkError("Bad Gateway (502)"),
    TimedOut(),
    RetryAfter(3),
    StoreError("The database is locked."),
    ConnectionResetError(104, "reset"),
    TimeoutError(),
    OSError(errno.ENOSPC, "full"),
    OperationalError("SELECT 1", {}, sqlite_error(sqlite3.SQLITE_FULL)),
]


def raised(error: BaseException) -> None:
    """Log an error where it is met, as a program and as a library."""
    with suppress(BaseException), told_twice():
        raise error


@contextmanager
def told_twice() -> Iterator[None]:
    """Log what is raised here, twice."""
    try:
        yield
    except BaseException:
        structlog.get_logger().exception("x_failed", letter=3)
        logging.getLogger("library").exception("x failed")
        raise


@pytest.mark.parametrize("error", EXPECTED, ids=lambda error: type(error).__name__)
def test_f111_an_expected_failure_is_one_line(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its type or SQLite's reason, whoever logs it."""
    logs.set_up()
    raised(error)
    mine, libraries = capsys.readouterr().err.splitlines()
    assert "event=x_failed" in mine
    assert "error=" in mine
    assert re.search(r"^ERROR:library:test_logs:\d+ told_twice \(.+\)$", libraries)


@pytest.mark.parametrize("error", [ValueError("x"), BadRequest("Message is too long")])
def test_f111_a_fault_has_its_places_each_time(
    error: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody expected is never shortened or held back."""
    logs.set_up()
    for _ in range(3):
        raised(error)
    said = capsys.readouterr().err
    assert said.count("event=x_failed") == 3
    assert said.count("  at tests.test_logs:") >= 6


@given(
    times=st.lists(
        st.tuples(st.floats(0, 40), st.sampled_from(["a_failed", "b_failed"])), max_size=30
    )
)
def test_f111_a_repeated_one_is_told_once_a_minute_with_its_count(
    times: list[tuple[float, str]],
) -> None:
    """Whenever it comes: never twice within a minute, and the counts add up."""
    now = 0.0
    with as_before():
        sys.stderr = stream = io.StringIO()
        logs.set_up(ticks=lambda: now)
        log, told_at = structlog.get_logger(), dict[str, list[float]]()
        for passed, event in times:
            now += passed
            seen = len(stream.getvalue())
            log.warning(event, error="TimedOut", tries=now, letter=int(now))
            for name in ("a_failed", "b_failed"):
                if f"event={name}" in stream.getvalue()[seen:]:
                    told_at.setdefault(name, []).append(now)
        log.info("stopped")
        lines = stream.getvalue().splitlines()
    for name in ("a_failed", "b_failed"):
        mine = [line for line in lines if f"event={name}" in line]
        held = sum(int(line.partition("repeated=")[2] or 0) for line in mine)
        first = sum("repeated=" not in line for line in mine)
        assert first + held == sum(event == name for _, event in times)
        at = told_at.get(name, [])
        assert all(later - earlier >= 60 for earlier, later in pairwise(at))


def test_f111_what_differs_in_its_words_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Another error, kind or reason is another failure; news that is no trouble is always told."""
    logs.set_up()
    log = structlog.get_logger()
    for error in ("TimedOut", "NetworkError", "TimedOut"):
        log.warning("fetch_failed", error=error)
        log.info("backup_made", name="x")
    said = capsys.readouterr().err
    assert said.count("event=fetch_failed") == 2
    assert said.count("event=backup_made") == 3


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


# ---- F140: types and places, never values --------------------------------------------------

MARK = "Åsa Ørsted"
MARKS = (MARK, MARK.encode("unicode_escape").decode(), str(MARK.encode())[2:-1])
"""What nobody may read in the log, in the ways that errors quote it."""


class Strict(BaseModel):
    """A model that says what it was given, when it was given something else."""

    pain: int


NAMES_ONCE = Table("names", MetaData(), Column("name", String, primary_key=True))
"""A table that takes a name once."""


def _not_valid() -> None:
    Strict.model_validate({"pain": MARK})


def _not_stored() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        NAMES_ONCE.create(connection)
        for _ in range(2):
            connection.execute(insert(NAMES_ONCE).values(name=MARK))


def _not_json() -> None:
    json.loads(f'{{"name": "{MARK}"')


def _no_text() -> None:
    with closing(sqlite3.connect(":memory:")) as found:
        found.execute("SELECT CAST(? || x'ff' AS TEXT)", (MARK,)).fetchone()


def _no_number() -> None:
    int(MARK)


def _no_file() -> None:
    Path("/nowhere", MARK).read_text(encoding="utf-8")


def _not_encoded() -> None:
    MARK.encode("ascii")


def _no_key() -> None:
    {}[MARK]  # type: ignore[index]


def _with_a_note() -> None:
    error = RuntimeError(MARK)
    error.add_note(MARK)
    raise error


def _several() -> None:
    raise ExceptionGroup(MARK, [ValueError(MARK), BadRequest(MARK)])


def _sent() -> None:
    raise BadRequest(MARK)


def _as_number() -> None:
    raise OSError(MARK, MARK, MARK)


TROUBLES: list[Callable[[], None]] = [
    _not_valid,
    _not_stored,
    _not_json,
    _no_text,
    _no_number,
    _no_file,
    _not_encoded,
    _no_key,
    _with_a_note,
    _several,
    _sent,
    _as_number,
]


def _chained(ways: list[Callable[[], None]], *, openly: bool) -> None:
    """Fail in each of these ways, each while the one before is handled."""
    first, *rest = ways
    try:
        first()
    except Exception as error:
        if not rest:
            raise
        if openly:
            raise RuntimeError(MARK) from error
        _chained(rest, openly=openly)


@contextmanager
def telling() -> Iterator[io.StringIO]:
    """Set the log up, and return what it says."""
    with as_before():
        sys.stderr = stream = io.StringIO()
        hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
        logs.set_up()
        traces.guard()
        try:
            yield stream
        finally:
            sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


@given(st.lists(st.sampled_from(TROUBLES), min_size=1, max_size=3), st.booleans())
def test_f140_no_value_of_an_error_is_told(
    ways: list[Callable[[], None]],
    openly: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    """Whatever went wrong with it, and whoever tells it: the bot, a library, a thread, nobody."""
    with telling() as stream:
        log, library = structlog.get_logger(), logging.getLogger("aiohttp.server")
        try:
            _chained(ways, openly=openly)
        except Exception as error:
            log.exception("update_failed", update=3)
            log.warning("x", error=error)
            log.warning("x", exc_info=error)
            library.exception("Error handling request")
            library.exception("at %s", error)
            library.error("at %s of %d", MARK, 7, exc_info=error)
            library.error(f"about {MARK}: {error}")
            sys.excepthook(type(error), error, error.__traceback__)
            told = traces.brief(error)
        thread = threading.Thread(target=_chained, args=(ways,), kwargs={"openly": openly})
        thread.start()
        thread.join()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(MARK, UserWarning, stacklevel=1)
        said = stream.getvalue() + told
    assert [mark for mark in MARKS if mark in said] == []
    assert "tests.test_logs:" in said
    assert "kind=UserWarning at=test_logs.py:" in said


def test_f140_a_task_that_nobody_waits_for() -> None:
    """Its own line, asyncio's, has the error, and the values a callback was given."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(_fails_with, MARK)
        task = asyncio.create_task(_fails(), name=MARK)
        await asyncio.wait({task})
        del task
        gc.collect()

    with telling() as stream:
        asyncio.run(run())
        said = stream.getvalue()
    assert MARK not in said
    assert said.count("ERROR:asyncio:base_events:") == 2
    assert said.count("ValueError") == 2


def _fails_with(text: str) -> None:
    raise ValueError(text)


async def _fails() -> None:
    raise ValueError(MARK)


def test_f140_a_text_that_is_none_is_not_told_as_the_reason() -> None:
    """SQLite quotes it; what is told of damage, to the operator and to admins, does not."""
    with pytest.raises(sqlite3.OperationalError) as caught:
        _no_text()
    assert MARK in str(caught.value) or "rsted" in str(caught.value)
    assert reason(caught.value).startswith("Could not decode to UTF-8 column")
    assert "rsted" not in reason(caught.value)


def test_f140_the_way_is_told() -> None:
    """What an operator needs: each error's type, what it came from, and where."""
    try:
        _chained([_no_number], openly=False)
    except ValueError as error:
        lines = traces.whole(error).splitlines()
    assert lines[0] == "ValueError"
    assert [line.partition(":")[0] for line in lines[1:]] == ["  at tests.test_logs"] * 3
    assert lines[-1].endswith(" _no_number")


def test_f140_a_long_way_is_cut() -> None:
    """A recursion without end is told by its beginning and its end."""

    def deeper(left: int) -> None:
        if left:
            deeper(left - 1)
        raise ValueError(MARK)

    try:
        deeper(500)
    except ValueError as error:
        lines = traces.whole(error).splitlines()
    assert len(lines) == traces.MOST + 2
    assert "more" in lines[traces.MOST // 2 + 1]


_COMMAND: Final = """
import sys
from bot import cli
def fails(*_):
    raise ValueError("{mark}")
cli.load = fails
sys.argv = ["holdfast", "check-config"]
cli.main()
"""


def test_f140_a_command_that_fails_tells_types_and_places() -> None:
    """A fault of the program ends it with code 1, and nothing of its text is printed."""
    code = _COMMAND.format(mark=MARK)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    assert MARK not in done.stdout + done.stderr
    assert done.stderr.startswith("ValueError\n  at ")
