"""For all tests: durations as the program has them, and no test fails for being slow.

Every message that any test comes across is looked at: its labels are read whole on a phone, and
it is in plain words.
"""

import gc
import os
from collections.abc import Iterator
from typing import Any, Final
from unittest.mock import patch

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Dialect, Engine, event

from bot.conversation.screen import Screen
from tests import plain_words
from tests.labels import CUT, too_long

os.environ["PTB_TIMEDELTA"] = "true"
settings.register_profile("repeated", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeated"))

COMPILED: Final[dict[Any, Any]] = {}
DIALECTS: Final[dict[str, Dialect]] = {}


@event.listens_for(Engine, "engine_connect")
def share_compiled(connection: Connection) -> None:
    """Compile a statement once, as a running bot does, and not anew for every test's database."""
    connection.dialect = DIALECTS.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=COMPILED)


def pytest_collection_finish() -> None:
    """Keep what was imported out of every later look for garbage: it stays anyway."""
    gc.collect()
    gc.freeze()


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
