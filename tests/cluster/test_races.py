"""Processes that act at the same instant; thousands of pairs are part of `make cluster`."""

from random import Random

import pytest

from testkit import postgresql
from tests.cluster import races


@pytest.mark.timeout(120)
async def test_processes_that_act_at_the_same_instant() -> None:
    """One leads on, everything is handled once, STOP is heard, and who led does not write."""
    databases = postgresql.databases()
    name = databases.fresh()
    seen, found = await races.run(databases.server.url(name), Random(1), 120)
    assert found == []
    assert seen.pairs == 120
