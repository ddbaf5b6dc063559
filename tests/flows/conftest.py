"""What most tests of flows begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.world import FlowWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FlowWorld]:
    """A bot with an empty database."""
    with FlowWorld(tmp_path) as world:
        yield world
