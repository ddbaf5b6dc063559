"""The lease: one at a time, fenced by the connection that writes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bot.nodes.node import _take as begin
from bot.store import lease
from bot.store.engine import Store
from bot.store.lease import Won
from bot.store.own_bot import OtherBotError
from bot.store.server_connection import ServerConnection
from testkit import postgresql

pytestmark = pytest.mark.one_database("of a server")
RACER = Path(__file__).with_name("lease_racer.py")
ROUNDS = 200
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def url() -> str:
    """Return the address of a database with this version's tables."""
    return postgresql.server().url(postgresql.databases().fresh())


@contextmanager
def node(url: str) -> Iterator[tuple[Store, ServerConnection]]:
    """Give a node's connections: the writer's and that for beats."""
    line = lease.open_line(url)
    try:
        with Store(url, inline=True) as store:
            yield store, line
    finally:
        line.close()


def take(store: Store, line: ServerConnection, name: str) -> Won | None:
    """Try to lead."""
    return store.write_now(lease.take, name, lease.process_of(line))


def grow_old(url: str) -> None:
    """Let the last beat be ten seconds ago."""
    with psycopg.connect(url, autocommit=True) as found:
        found.execute("UPDATE lease SET at = at - interval '10 s'")


def test_one_leads_and_beats(url: str) -> None:
    """The second one does not get it; it sees who has it, and since when."""
    with node(url) as (first, beat), node(url) as (second, look):
        won = take(first, beat, "a")
        assert won == Won(1, None, None)
        assert take(second, look, "b") is None
        seen = lease.stand_by(look, "b", reaches=True)
        assert (seen.epoch, seen.holder, seen.others) == (1, "a", 0)
        assert seen.beat_age_s is not None
        assert seen.beat_age_s < lease.OLD_S
        beaten = lease.beat(beat, "a", lease.process_of(beat), 1, reaches=True)
        assert beaten is not None
        assert (beaten.others, beaten.reaching) == (1, 1)
        assert not lease.stand_by(look, "b", reaches=False).cut_off


def test_f167_no_term_begins_with_another_bots_token(url: str) -> None:
    """It came first since this one looked: nothing is written, and that one may lead."""
    with node(url) as (first, beat), node(url) as (second, look):
        assert first.write_now(begin, "a", lease.process_of(beat), "700", NOW) is not None
        first.close()
        with pytest.raises(OtherBotError):
            second.write_now(begin, "b", lease.process_of(look), "800", NOW)
        seen = lease.stand_by(look, "b", reaches=True)
        assert (seen.epoch, seen.holder, seen.bot) == (1, "a", "700")


def test_a_beat_of_a_term_that_is_over_does_not_count(url: str) -> None:
    """Another one leads since: its epoch is higher."""
    with node(url) as (second, look):
        with node(url) as (first, beat):
            take(first, beat, "a")
            process = lease.process_of(beat)
            grow_old(url)
            assert lease.end_holder(look) == 2
            won = None
            while won is None:
                won = take(second, look, "b")
            assert won.epoch == 2
            assert won.beat_at is not None
        with node(url) as (_third, line):
            assert lease.beat(line, "a", process, 1, reaches=True) is None
            assert lease.beat(line, "a", process, 2, reaches=True) is not None


def test_who_beats_is_not_ended(url: str) -> None:
    """Nor is anybody else, where a process id was given anew."""
    with node(url) as (first, beat), node(url) as (_second, look):
        take(first, beat, "a")
        assert lease.end_holder(look) == 0
        with psycopg.connect(url, autocommit=True) as found:
            found.execute(
                "UPDATE lease SET at = at - interval '10 s', "
                "writer_began = writer_began - interval '1 s', "
                "beat_began = beat_began - interval '1 s'"
            )
        assert lease.end_holder(look) == 0
        assert not first.is_cut


def test_a_connection_that_was_ended_is_known_at_once(url: str) -> None:
    """Though nobody has used it since."""
    with node(url) as (first, beat), node(url) as (_second, look):
        take(first, beat, "a")
        assert not first.is_cut
        grow_old(url)
        lease.end_holder(look)
        while not first.is_cut:
            pass  # its process ends a little later
        assert first.lost is None


def test_a_long_transaction_keeps_no_beat_waiting(url: str) -> None:
    """The beat has a connection of its own, and the writer holds no lock on its row."""
    with node(url) as (first, beat):
        take(first, beat, "a")
        process = lease.process_of(beat)

        def long(db: object) -> None:
            first_db = db
            first_db.connection().execute(text("UPDATE fact SET at = at"))  # type: ignore[attr-defined]
            assert lease.beat(beat, "a", process, 1, reaches=True) is not None

        first.write_now(long)


def test_an_end_in_order_lets_the_next_term_be_a_start(url: str) -> None:
    """No beat is left that it could go on from."""
    with node(url) as (first, beat):
        take(first, beat, "a")
        lease.give_back(beat, 1)
        lease.leave(beat, "a")
    with node(url) as (second, line):
        won = None
        while won is None:
            won = take(second, line, "b")
        assert won == Won(2, None, None)


def test_hundreds_of_terms_of_two_processes(url: str) -> None:
    """Each is ended in the middle of writing, by the other: nothing of it is stored afterwards."""
    with psycopg.connect(url, autocommit=True) as found:
        found.execute("CREATE TABLE race (id bigserial PRIMARY KEY, epoch bigint, seen bigint)")
        racers = [
            subprocess.Popen([sys.executable, str(RACER), url, name, str(ROUNDS)])  # noqa: S603 - our own
            for name in ("a", "b")
        ]
        try:
            assert [one.wait(120) for one in racers] == [0, 0]
        finally:
            for one in racers:
                one.kill()
                one.wait()
        rows = found.execute("SELECT epoch, seen FROM race ORDER BY id").fetchall()
        row = found.execute("SELECT epoch FROM lease").fetchone()
    assert row is not None
    assert row[0] >= ROUNDS
    assert len(rows) > ROUNDS
    epochs = [epoch for epoch, _ in rows]
    assert epochs == sorted(epochs)
    assert [seen for _, seen in rows] == list(range(len(rows)))
