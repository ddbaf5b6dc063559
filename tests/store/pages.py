"""Damaging pages of a database's file, as a dying disk would."""

import random
import sqlite3
from contextlib import closing
from enum import StrEnum
from pathlib import Path

SIZE = 4096


class Harm(StrEnum):
    """What became of a page."""

    ZEROS = "zeros"
    ONES = "ones"
    NOISE = "noise"
    SHIFTED = "shifted"  # its content lies a few bytes further on
    ANOTHER = "another"  # another page was written there
    TEXT = "text"  # letters that are none
    EMPTY = "empty"  # a leaf of a tree, with nothing in it


def whole(path: Path) -> None:
    """Put all of a database into its one file, as far as nobody uses it meanwhile."""
    with closing(sqlite3.connect(path)) as found:
        found.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def count(path: Path) -> int:
    """Return how many pages the file has."""
    return path.stat().st_size // SIZE


def root_of(path: Path, name: str) -> int:
    """Return the number of the first page of a table or an index; pages count from 1."""
    with closing(sqlite3.connect(path)) as found:
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        return int(found.execute(query, (name,)).fetchone()[0])


def harm_in_use(path: Path, page: int) -> None:
    """Damage a page while a program has the database open, and writes.

    Nothing of what it has written is beside the file then: that would still be whole.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        while True:
            whole(path)
            held.execute("BEGIN IMMEDIATE")
            if path.with_name(f"{path.name}-wal").stat().st_size == 0:
                harm(path, page)
                held.execute("ROLLBACK")
                return
            held.execute("ROLLBACK")


def harm(path: Path, page: int, how: Harm = Harm.NOISE) -> None:
    """Damage a page in the file, whoever has it open."""
    content = path.read_bytes()
    here = slice((page - 1) * SIZE, page * SIZE)
    old = content[here]
    other = content[here.stop : here.stop + SIZE] or content[:SIZE]
    new = {
        Harm.ZEROS: bytes(SIZE),
        Harm.ONES: b"\xff" * SIZE,
        Harm.NOISE: random.Random(page).randbytes(SIZE),
        Harm.SHIFTED: old[-7:] + old[:-7],
        Harm.ANOTHER: other,
        Harm.EMPTY: old[:1] + b"\0\0" + b"\0\0" + SIZE.to_bytes(2, "big") + bytes(SIZE - 7),
        Harm.TEXT: bytes(b | 0x80 if 0x61 <= b <= 0x7A else b for b in old),
    }[how]
    with path.open("r+b") as file:
        file.seek(here.start)
        file.write(new)
