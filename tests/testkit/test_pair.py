"""A pair of servers: what was told to be stored outlives the one that is killed."""

from collections.abc import Iterator

import psycopg
import pytest

from testkit.pair import Pair
from testkit.postgresql import Server

ROWS = "SELECT n FROM kept ORDER BY n"


def prepared(server: Server) -> None:
    """Make a table."""
    server.run("CREATE TABLE kept (n int)")


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Return two servers."""
    made = Pair(prepared)
    yield made
    made.close()


def test_each_takes_over_from_the_other(pair: Pair) -> None:
    """Twice, so that each has been killed, and has come back as the other's follower."""
    for number in range(2):
        first, second = pair.servers
        first.run(f"INSERT INTO kept VALUES ({number})")  # noqa: S608 - a number
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            second.run("INSERT INTO kept VALUES (9)")
        first.kill()
        with pytest.raises(psycopg.OperationalError):
            first.connect()
        pair.promote()
        pair.rejoin()
        assert pair.servers == (second, first)
    for server in pair.servers:
        with server.connect() as found:
            assert found.execute(ROWS).fetchall() == [(0,), (1,)]
