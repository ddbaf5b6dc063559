"""A bot with people in it, for every test."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.hostile.world import HostileWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[HostileWorld]:
    """Two athletes in sessions, a coach, an admin, and a coach without athletes."""
    with HostileWorld(tmp_path, Random(1)) as made:
        yield made
