"""Golden messages: `pytest tests/chat --update-golden` writes them anew."""

import pytest

from bot.conversation.screen import Screen
from tests.chat.plainly import GOLDEN, Golden, as_text


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that writes golden files instead of comparing with them."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a screen with its golden file, or write the file with --update-golden."""
    update = request.config.getoption("--update-golden", default=False)

    def same(name: str, screen: Screen) -> None:
        path = GOLDEN / f"{name}.txt"
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(as_text(screen), encoding="utf-8")
        assert path.read_text(encoding="utf-8") == as_text(screen)

    return same
