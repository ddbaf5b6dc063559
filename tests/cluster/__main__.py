"""`make cluster`: three nodes on two database servers, under faults, while people train.

The seed chooses which faults come and who does what; the machine decides the rest. Whatever is
wrong, or takes longer than it may, is printed, and the exit code is 1.
"""

import argparse
import asyncio
import sys
import time
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from testkit import postgresql
from testkit.shm import SHM
from tests.cluster import posted, races
from tests.cluster.faults import KINDS, Struck, chosen
from tests.cluster.figures import bounds, table
from tests.cluster.judge import Run, wrong
from tests.cluster.ordeal import survives
from tests.page import keep

PAIRS_AT_ONCE = 40


def wishes() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--athletes", type=int, default=90, help="accounts at a time")
    parser.add_argument("--at-once", type=int, default=24, help="people who train at a time")
    parser.add_argument("--pairs", type=int, default=2000, help="of a race, before the faults")
    parser.add_argument("--only", action="append", help="a kind of fault, or several")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    return parser.parse_args()


def say(line: str) -> None:
    """Print at once."""
    print(line, flush=True)  # noqa: T201 - a command's own output


async def play(asked: argparse.Namespace) -> Run:
    """Let the cluster live through its faults; say each as it is over."""
    numbers, began = count(1), time.monotonic()
    only = [kind for kind in KINDS if not asked.only or kind.name in asked.only]
    kinds = chosen(Random(asked.seed), asked.faults, only)

    def tell(struck: Struck) -> None:
        holding = struck.phases.get("holding", 0)
        took = "" if struck.acted_s is None else f"{struck.acted_s:6.2f} s"
        say(
            f"{time.monotonic() - began:5.0f} s  fault {next(numbers):3} of {asked.faults}  "
            f"{struck.kind:36} {took:9} {sum(struck.phases.values())} in a session, "
            f"{holding} of them holding{''.join(f'  ! {line}' for line in struck.wrong)}"
        )

    with TemporaryDirectory(dir=SHM if SHM.is_dir() else None) as folder:
        return await survives(
            Path(folder), Random(asked.seed), kinds, asked.athletes, asked.at_once, tell
        )


async def race(asked: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Let processes race, each kind of them on a database of its own; return figures and faults."""
    databases = postgresql.databases()
    urls = [databases.server.url(databases.fresh()) for _ in range(2)]
    rng = Random(asked.seed)
    raced, unfair = await races.run(urls[0], rng, asked.pairs, PAIRS_AT_ONCE)
    with TemporaryDirectory() as folder:
        post, lost = await posted.run(urls[1], rng, asked.pairs, Path(folder), PAIRS_AT_ONCE)
    return [
        f"{raced.pairs} pairs raced in {raced.rounds} terms, {raced.cut} of which ended amid them.",
        f"{post.pairs} pairs were posted to two ingress at the same instant.",
    ], [*unfair, *lost]


def main() -> int:
    """Play, judge and print; return the exit code."""
    asked = wishes()
    began = time.monotonic()
    told, unfair = asyncio.run(race(asked))
    say(f"{time.monotonic() - began:5.0f} s  {' '.join(told)}")
    run = asyncio.run(play(asked))
    broken = {**wrong(run), "wrong after a race": unfair}
    lines = [
        *told,
        "",
        *table(run, broken, time.monotonic() - began),
    ]
    say("\n".join(["", *lines, ""]))
    for name, sentences in broken.items():
        for sentence in sentences:
            say(f"{name}: {sentence}")
    late = bounds(run)
    for sentence in late:
        say(f"too long: {sentence}")
    if asked.write:
        seed = f"Seed {asked.seed}, {asked.athletes} athletes, {asked.at_once} of them at a time."
        keep("cluster", "\n".join([seed, "", *lines]))
    return 1 if late or any(broken.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
