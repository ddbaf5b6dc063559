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

from tests.hostile.schema import PUBLISHED
from tests.hostile.world import LIMIT_S, HostileWorld
from tests.page import keep

ROUND: Final = 5_000
"""Updates on one database; then a new one, so that no table grows beyond a person's use."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one round found; `took` is the seconds to each answer that was owed."""

    seed: str
    took: list[float]
    letters: int
    wrong: list[str]


def play(seed: str, updates: int) -> Result:
    """Play one round in this process."""
    with TemporaryDirectory() as folder:
        world = HostileWorld(Path(folder), Random(seed))
        before = world.protected()
        asyncio.run(world.many(updates))
        answered = [number for number in world.owed if world.letters.get(number)]
        took = [world.took[number] for number in answered]
        letters = sum(map(len, world.letters.values()))
        found = Result(seed, took, letters, world.wrong(before))
        world.close()
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
    took = sorted(seconds for result in done for seconds in result.took)
    minutes = (perf_counter() - begun) / 60
    told = {
        "updates tried": len(done) * size,
        "that were owed an answer, and got it": len(took),
        "messages that followed": sum(result.letters for result in done),
        "**faults, answers missing or too late, rows of others changed**": f"**{wrong}**",
        "seconds until an answer, median": f"{took[len(took) // 2]:.3f}",
        "– 99th percentile": f"{took[len(took) * 99 // 100]:.3f}",
        f"– slowest, of at most {LIMIT_S:g}": f"{took[-1]:.3f}",
        "minutes": f"{minutes:.1f}",
    }
    lines = ["| | |", "|---|---:|", *(f"| {name} | {value} |" for name, value in told.items())]
    say("\n".join(["", *lines]))
    if asked.write:
        keep("hostile", f"Seed {asked.seed}.\n\n" + "\n".join(lines))
    return 1 if wrong or not done else 0


if __name__ == "__main__":
    sys.exit(main())
