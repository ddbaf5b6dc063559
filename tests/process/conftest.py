"""A place of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.process.running import Place, place_in


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    """Return a folder, a sandbox and the means to start the bot there."""
    async with place_in(tmp_path) as made:
        yield made
