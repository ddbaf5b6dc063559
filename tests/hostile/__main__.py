"""`make hostile`: 100,000 random updates of every kind, from people without any right."""

import argparse
import asyncio
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from tests.hostile.house import Hostile
from tests.hostile.schema import PUBLISHED
from tests.page import keep

ROUND: Final = 5_000
"""Updates on one database; then a new one, so that no table grows beyond a person's use."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one round found. `slowest` is what a hundred updates took together, in seconds."""

    seed: str
    answered: int
    letters: int
    slowest: float
    wrong: list[str]


def play(seed: str, updates: int) -> Result:
    """Play one round in this process."""
    with TemporaryDirectory() as folder:
        house = Hostile(Path(folder), Random(seed))
        before = house.protected()
        asyncio.run(house.many(updates))
        found = Result(seed, len(house.senders), house.seen, house.slowest, house.wrong(before))
        house.close()
    return found


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201 - a command's own output


def main() -> int:
    """Play all rounds, print what was found; return the exit code."""
    parser = argparse.ArgumentParser(prog="make hostile", description=__doc__)
    parser.add_argument("--updates", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20_261_125)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    asked = parser.parse_args()
    size = min(ROUND, asked.updates)
    seeds = [f"{asked.seed}:{number}" for number in range(asked.updates // size)]
    say(f"kinds of updates from {PUBLISHED if PUBLISHED.is_file() else 'the built-in list'}")
    begun, done = perf_counter(), list[Result]()
    with ProcessPoolExecutor(asked.workers) as pool:
        for result in pool.map(partial(play, updates=size), seeds):
            done.append(result)
            say(f"{len(done) * size:7} updates, seed {result.seed}: {len(result.wrong)} wrong")
            for sentence in result.wrong[:20]:
                say(f"        {sentence}")
    wrong = sum(len(result.wrong) for result in done)
    minutes = (perf_counter() - begun) / 60
    told = {
        "updates tried": len(done) * size,
        "that were owed an answer, and got it": sum(result.answered for result in done),
        "messages that followed": sum(result.letters for result in done),
        "**faults, answers missing, rows of others changed**": f"**{wrong}**",
        "seconds that the slowest hundred took together": f"{max(d.slowest for d in done):.1f}",
        "minutes": f"{minutes:.1f}",
    }
    lines = ["| | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in told.items())]
    say("\n".join(["", *lines]))
    if asked.write:
        keep("hostile", f"Seed {asked.seed}.\n\n" + "\n".join(lines))
    return 1 if wrong or not done else 0


if __name__ == "__main__":
    sys.exit(main())
