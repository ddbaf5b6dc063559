"""Processes that act at the same instant; thousands of pairs are part of `make cluster`."""

from pathlib import Path
from random import Random

import pytest

from testkit import postgresql
from tests.cluster import posted, races


@pytest.mark.timeout(120)
async def test_processes_that_act_at_the_same_instant() -> None:
    """One leads on, everything is handled once, STOP is heard, and who led does not write."""
    databases = postgresql.databases()
    name = databases.fresh()
    seen, found = await races.run(databases.server.url(name), Random(1), 120)
    assert found == []
    assert seen.pairs == 120


@pytest.mark.timeout(120)
async def test_what_two_ingress_are_handed_at_the_same_instant(tmp_path: Path) -> None:
    """In whatever order they store it, it is handled once, and STOP is heard."""
    databases = postgresql.databases()
    name = databases.fresh()
    seen, found = await posted.run(databases.server.url(name), Random(2), 60, tmp_path)
    assert found == []
    assert seen.pairs == 60
