"""A place of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.process.running import Place, place_in


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: it mostly waits, and the rest fits beside it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Return a folder, a sandbox and the means to start the bot there, which draws no pictures."""
    async with place_in(tmp_path, drawing=False) as made:
        yield made


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Place]:
    """Return the same with pictures."""
    async with place_in(tmp_path) as made:
        yield made
