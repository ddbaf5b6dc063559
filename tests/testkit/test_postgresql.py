"""The tests' own PostgreSQL, where it lies in a folder on a disk."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench.both import durable

pytestmark = pytest.mark.one_database("of a server of its own")


def test_in_a_folder_it_keeps_what_it_commits() -> None:
    """What forgets everything is for tests; with a folder it is as durable as anybody's."""
    with TemporaryDirectory() as name, durable(Path(name)) as server:
        assert server.data.is_relative_to(name)
        with server.connect() as line:
            asked = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
            shown = [line.execute(f"SHOW {one}").fetchone() for one in asked]
        assert shown == [("on",)] * len(asked)
    assert not server.data.exists()
