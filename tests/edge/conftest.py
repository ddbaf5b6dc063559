"""A world for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from testkit.world import BotWorld, world_at


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[BotWorld]:
    """Holdfast on a clock moved by hand, at 07:00 on a Monday in Berlin."""
    async with world_at(tmp_path) as made:
        yield made
