"""Measure everything in one run, print it, and write docs/benchmarks.md: `make bench`."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench import charts, machine, restart, scale, sends, summaries, sweep, writes
from bench.table import Part

TARGET: Final = Path("docs/benchmarks.md")
TEXT: Final = """\
# Benchmarks

Made by `make bench` in one run of {seconds:.0f} s; do not edit. Compare ratios: seconds are this
machine's, and it had other work at the time if the load below is over its cores.

{machine}

{parts}
"""


def _parts(folder: Path) -> Iterator[Part]:
    measures: tuple[Callable[[], list[Part]], ...] = (
        lambda: [sends.measure()],
        lambda: [writes.measure(folder)],
        lambda: sweep.measure(folder),
        lambda: [scale.measure(folder)],
        lambda: summaries.measure(folder),
        lambda: [charts.measure()],
        lambda: [restart.measure(folder)],
    )
    for measure in measures:
        for part in measure():
            sys.stdout.write(f"{part.markdown()}\n\n")
            sys.stdout.flush()
            yield part


def main() -> None:
    """Run; the databases lie beside the program's own files, on a real disk."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        described = machine.describe(folder)
        sys.stdout.write(f"{described}\n\n")
        parts = "\n\n".join(part.markdown() for part in _parts(folder))
    seconds = time.perf_counter() - start
    page = TEXT.format(seconds=seconds, machine=described, parts=parts)
    TARGET.write_text(page, encoding="utf-8")
    sys.stdout.write(f"{seconds:.0f} s. Written to {TARGET}.\n")


if __name__ == "__main__":
    main()
