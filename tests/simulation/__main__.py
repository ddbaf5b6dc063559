"""Simulate many seeds on all cores: `make simulate`, or one: `python -m tests.simulation --seed 7`.

Ends with 1 when a rule was broken, after it has said what it takes to break it.
"""

import argparse
import os
import sys
import time
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from testkit.database import KINDS, POSTGRESQL, SQLITE, is_file, kind, memory_folder
from testkit.postgresql import databases, server
from tests.page import keep
from tests.simulation.figures import Figures
from tests.simulation.place import live_in
from tests.simulation.pooled import one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.run import Report

DAYS: Final = 10
ATHLETES: Final = 20
SEEDS: Final = 50
SEEDS_A_PROCESS: Final = 30
SECTIONS: Final = {SQLITE: "simulate", POSTGRESQL: 'simulate ARGS="--database postgresql"'}
"""The command that writes each database's part of the page."""


def options() -> argparse.ArgumentParser:
    """Return what may be asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="only this seed")
    parser.add_argument("--first", type=int, default=1, help="the first of several seeds")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--athletes", type=int, default=ATHLETES)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--database", choices=KINDS, default=SQLITE)
    parser.add_argument("--calm", action="store_true", help="no faults at all")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    parser.add_argument("-v", "--verbose", action="store_true", help="print the transcript")
    return parser


def main(words: list[str] | None = None) -> int:
    """Simulate what was asked for; return 1 if a rule was broken."""
    asked = options().parse_args(words)
    with kind(asked.database):
        return _simulated(asked)


def _simulated(asked: argparse.Namespace) -> int:
    began, figures, told = time.perf_counter(), Figures(asked.database), False
    for report in _reports(asked):
        figures.add(report)
        if asked.verbose:
            _say("\n".join(report.transcript))
        _say(f"seed {report.seed}: {report.broken[0] if report.broken else 'ok'}; {figures.line()}")
        if report.broken and not told:
            told = True
            from tests.simulation.failure import explain  # noqa: PLC0415 - see tests/simulation/pooled.py

            _say(explain(report, asked.days, asked.athletes))
    tables = figures.markdown(time.perf_counter() - began)
    _say(f"\n{tables}")
    if asked.write and not figures.broken:
        keep(SECTIONS[asked.database], tables)
    return 1 if figures.broken else 0


def _reports(asked: argparse.Namespace) -> "Iterator[Report]":
    """Yield the reports as they come, in any order."""
    common = (asked.days, asked.athletes, asked.calm)
    if asked.seed is not None:
        yield one((asked.seed, *common, True))
        return
    tasks = [
        (seed, *common, asked.verbose) for seed in range(asked.first, asked.first + asked.seeds)
    ]
    # A process for each few seeds: what one run leaves in memory does not add up. Not by
    # `concurrent.futures`: with Python 3.11 it may stand still when such a process ends.
    with (
        memory_folder() as home,
        get_context("spawn").Pool(
            asked.workers, live_in, (home, asked.database, _port()), SEEDS_A_PROCESS
        ) as pool,
    ):
        yield from pool.imap_unordered(one, tasks)


def _port() -> int | None:
    """Return where the server is on which all workers have their databases, if they have one."""
    if is_file():
        return None
    databases()
    return server().port


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
