"""One of two processes that take the lease from each other: run by its path."""

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from sqlalchemy import text
from sqlmodel import Session as Db

from bot.store import lease
from bot.store.engine import Store
from bot.store.faults import is_passing
from bot.store.server_connection import ServerConnection

WRITES = 20
"""Transactions of one term, at most."""


def add(db: Db, epoch: int) -> None:
    """Count the rows, and then add one: two that lead at once would count the same."""
    seen = db.connection().execute(text("SELECT count(*) FROM race")).scalar_one()
    row = {"epoch": epoch, "seen": seen}
    db.connection().execute(text("INSERT INTO race (epoch, seen) VALUES (:epoch, :seen)"), row)


def end(line: ServerConnection) -> None:
    """End who leads, whatever it is doing: as if its beat were old."""
    line.execute("UPDATE lease SET at = at - interval '1 hour'")
    lease.end_holder(line)


def term(url: str, name: str, rounds: int, rng: random.Random) -> bool:
    """Lead once, and end the other's term before that; return whether there were enough."""
    with Store(url, inline=True) as store:
        line = lease.open_line(url)
        try:
            process = lease.process_of(line)
            won = None
            while won is None:
                row: Any = line.execute("SELECT max(epoch) FROM lease").fetchone()
                if row[0] is not None and row[0] >= rounds:
                    return True
                won = store.write_now(lease.take, name, process)
                if won is None and rng.random() < 0.5:
                    end(line)
            for _ in range(rng.randint(1, WRITES)):
                store.write_now(add, won.epoch)
        finally:
            with suppress(psycopg.Error):
                line.close()
    return False


def passing(act: Callable[[], bool]) -> bool:
    """Do it; a connection that the other has ended is what this is about."""
    try:
        return act()
    except Exception as error:
        if not is_passing(error):
            raise
        return False


def main() -> None:
    """Race until there were enough terms."""
    url, name, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    rng = random.Random(name)
    while not passing(lambda: term(url, name, rounds, rng)):
        pass


if __name__ == "__main__":
    main()
