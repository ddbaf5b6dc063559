"""The fixtures that pytest finds by itself, and the README's example."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from telegram_sandbox import Sandbox, Server

pytest_plugins = ["pytester"]

_README = Path(__file__).parents[1] / "README.md"
_OVERRIDDEN = """
import pytest
from telegram_sandbox import Sandbox

@pytest.fixture
def telegram_sandbox():
    return Sandbox("7:TEST", "my_bot", name="My bot")

def test_it_is_alone(telegram_sandbox):
    ada = telegram_sandbox.person("Ada", started=True)
    telegram_sandbox.call("sendMessage", {"chat_id": ada.id, "text": "hello"})
    assert ada.last.text == "hello"

@pytest.mark.asyncio
async def test_it_is_served(telegram_server, telegram_sandbox):
    assert telegram_server.sandbox is telegram_sandbox
    assert telegram_server.sandbox.me["first_name"] == "My bot"
"""

_NOT_LOADED = """
import sys

def test_it_is_not_there():
    assert "telegram_sandbox" not in sys.modules
"""


def _passes(pytester: pytest.Pytester, tests: str, *, passed: int) -> None:
    """Run tests in a pytest of their own, which has only what is installed."""
    pytester.makepyfile(tests)
    told = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider")
    told.assert_outcomes(passed=passed)


def test_the_fixtures_come_with_the_package(pytester: pytest.Pytester) -> None:
    """Nothing has to be imported or registered, and a test's own sandbox is the one served."""
    _passes(pytester, _OVERRIDDEN, passed=2)


def test_the_example_of_the_readme_works(pytester: pytest.Pytester) -> None:
    """It passes as it stands there."""
    (example,) = re.findall(r"```python\n(.*?)```", _README.read_text(encoding="utf-8"), re.DOTALL)
    _passes(pytester, example, passed=1)


def test_pytest_starts_without_loading_the_sandbox(pytester: pytest.Pytester) -> None:
    """Tests that need none do not wait for it."""
    _passes(pytester, _NOT_LOADED, passed=1)


def test_each_test_has_its_own(telegram_sandbox: Sandbox) -> None:
    """Nobody is there before the test adds people."""
    assert telegram_sandbox.people == {}


async def test_the_server_is_that_sandboxs(
    telegram_sandbox: Sandbox, telegram_server: Server
) -> None:
    """It listens, and serves the test's sandbox."""
    assert telegram_server.sandbox is telegram_sandbox
    assert telegram_server.port > 0
