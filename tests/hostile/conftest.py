"""A bot with people in it, for every test."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.hostile.house import Hostile


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Hostile]:
    """Two athletes in sessions, a coach, an admin, and a coach without athletes."""
    made = Hostile(tmp_path, Random(1))
    yield made
    made.close()
