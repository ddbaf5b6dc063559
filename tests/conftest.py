"""For all tests: durations as the program has them, and no test fails for being slow.

Every message that any test comes across is looked at: its labels are read whole on a phone, and
it is in plain words.
"""

import gc
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Dialect, Engine, event

from bot.conversation.screen import Screen
from testkit import database
from tests import plain_words
from tests.labels import CUT, too_long

os.environ["PTB_TIMEDELTA"] = "true"
settings.register_profile("repeated", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeated"))

TESTS: Final = Path(__file__).parent
ON_BOTH: Final = frozenset(
    {"store", "flows", "edge", "delivery", "clock", "process", "hostile", "simulation"}
)
"""Folders whose tests have a real database: of each kind."""
EVERY: Final = "--every-variant"
COMPILED: Final[dict[Any, Any]] = {}
DIALECTS: Final[dict[str, Dialect]] = {}


@event.listens_for(Engine, "engine_connect")
def share_compiled(connection: Connection) -> None:
    """Compile a statement once, as a running bot does, and not anew for every test's database.

    A database that the store has not opened is left as it is.
    """
    if "judge" not in connection.get_execution_options():
        return
    connection.dialect = DIALECTS.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=COMPILED)


def pytest_collection_finish() -> None:
    """Keep what was imported out of every later look for garbage: it stays anyway."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that runs all variants of each test on each kind of database."""
    parser.addoption(EVERY, action="store_true", help="run every variant on PostgreSQL too")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test's many variants let two run on PostgreSQL: words differ in them, not statements."""
    if config.getoption(EVERY, default=False):
        return
    variants: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if _is_on_server(item):
            variants[item.nodeid.partition("[")[0]].append(item.nodeid)
    kept = {one for found in variants.values() for one in (min(found), max(found))}
    left = [item for item in items if _is_on_server(item) and item.nodeid not in kept]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if not _is_on_server(item) or item.nodeid in kept]


def _is_on_server(item: pytest.Item) -> bool:
    call: Any = getattr(item, "callspec", None)
    return call is not None and call.params.get("engine") == database.POSTGRESQL


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a real database on each kind of them.

    Random input for use cases is tried with files alone: hundreds of examples each, and their
    statements are those of all other tests.
    """
    folder = metafunc.definition.path.relative_to(TESTS).parts[0]
    at_random = folder != "store" and hasattr(metafunc.function, "hypothesis")
    one_only = metafunc.definition.get_closest_marker("one_database") is not None
    if folder in ON_BOTH and not (one_only or at_random):
        metafunc.parametrize("engine", database.KINDS, indirect=True, scope="module")


@pytest.fixture(autouse=True, scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Return which kind of database the module's tests have."""
    name: str = getattr(request, "param", database.SQLITE)
    with database.kind(name):
        yield name


@pytest.fixture(autouse=True)
def databases_are_given_back(engine: str) -> Iterator[None]:
    """Let the next test have the databases of this one."""
    with database.given_back():
        yield


@pytest.fixture(autouse=True, scope="session")
def every_screen() -> Iterator[None]:
    """Look at each message and its keyboard when it is made, whoever makes it."""
    make = Screen.__init__

    def made(screen: Screen, *values: Any, **named: Any) -> None:
        make(screen, *values, **named)
        CUT.extend(too_long(screen))
        plain_words.FOUND.extend(plain_words.on_screen(screen))

    with patch.object(Screen, "__init__", made):
        yield


@pytest.fixture(autouse=True)
def labels_are_read_whole() -> Iterator[None]:
    """Fail the test that came across a label which Telegram would cut."""
    CUT.clear()
    yield
    assert CUT == []


@pytest.fixture(autouse=True)
def words_are_plain(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that came across a code or a word of the trade.

    Where a test types anything at random (`any_words`), some of it is said back.
    """
    plain_words.FOUND.clear()
    yield
    if request.node.get_closest_marker("any_words") is None:
        assert plain_words.FOUND == []
