"""What most tests of flows begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A bot with an empty database."""
    with World(tmp_path) as world:
        yield world
