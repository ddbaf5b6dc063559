"""Measure everything in one run, print it, and write docs/benchmarks.md: `make bench`.

`python -m bench lateness budget` measures those alone; `python -m bench model` writes the tables of
docs/scale.md.
"""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from bench import (
    answers,
    calls,
    charts,
    databases,
    days,
    ingress,
    lateness,
    machine,
    million,
    model,
    restart,
    scale,
    summaries,
    sweep,
    throughput,
    together,
    writes,
)
from bench.quiet import quiet
from bench.table import Part

TARGET: Final = Path("docs/benchmarks.md")
TEXT: Final = """\
# Benchmarks

Made by `make bench` in one run of {seconds:.0f} s; do not edit. Compare ratios: seconds are this
machine's, and it had other work at the time if the load below is over its cores.

{machine}

{parts}
"""


Measure = Callable[[Path], Iterable[Part]]
MEASURES: Final[dict[str, Measure]] = {
    "lateness": lambda _folder: [lateness.cues()],
    "clips": lambda _folder: [lateness.clips()],
    "budget": lambda _folder: [lateness.budget()],
    "agreement": lambda folder: [lateness.agreement(folder)],
    "together": lambda _folder: [together.measure()],
    "throughput": lambda folder: [throughput.measure(folder)],
    "answers": answers.measure,
    "calls": calls.measure,
    "days": lambda folder: [days.measure(folder)],
    "writes": lambda folder: [writes.measure(folder)],
    "databases": databases.measure,
    "ingress": ingress.measure,
    "million": million.measure,
    "sweep": sweep.measure,
    "scale": lambda folder: [scale.measure(folder)],
    "summaries": summaries.measure,
    "charts": lambda _folder: [charts.measure()],
    "restart": lambda folder: [restart.measure(folder)],
}
"""What can be measured, by the names that `python -m bench` takes."""
ALONE: Final[dict[str, Measure]] = {"model": model.measure}
"""What is measured only by its name, and writes a page of its own."""


def _parts(names: Sequence[str], folder: Path) -> Iterator[Part]:
    for name in names:
        gc.collect()
        gc.freeze()  # as the program does at its start: nobody pays for what others have loaded
        for part in {**MEASURES, **ALONE}[name](folder):
            sys.stdout.write(f"{part.markdown()}\n\n")
            sys.stdout.flush()
            yield part


def main() -> None:
    """Run; the databases lie beside the program's own files, on a real disk.

    With names only those are measured and printed, and the page stays as it is.
    """
    names = sys.argv[1:] or list(MEASURES)
    if unknown := [name for name in names if name not in {**MEASURES, **ALONE}]:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join({**MEASURES, **ALONE})}")
    quiet()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        described = machine.describe(folder)
        sys.stdout.write(f"{described}\n\n")
        parts = "\n\n".join(part.markdown() for part in _parts(names, folder))
    seconds = time.perf_counter() - start
    if names == list(MEASURES):
        page = TEXT.format(seconds=seconds, machine=described, parts=parts)
        TARGET.write_text(page, encoding="utf-8")
    sys.stdout.write(f"{seconds:.0f} s.\n")


if __name__ == "__main__":
    main()
