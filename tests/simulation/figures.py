"""What a simulation did, added up over its seeds: printed, and put into docs/reliability.md."""

from collections import Counter
from dataclasses import dataclass, field
from platform import python_version
from typing import TYPE_CHECKING, Final

from bench.machine import processor
from testkit.database import POSTGRESQL, SQLITE

if TYPE_CHECKING:
    from tests.simulation.run import Report

WORK: Final = (
    "athlete-days",
    "days asked about",
    "sessions",
    "HOLD cues",
    "clips",
    "updates",
    "letters",
    "calls",
    "entries",
    "entries from files",
    "weekly checks",
)
"""What was done, in the order it is told."""
OUTCOMES: Final = ("stopped_pain", "stopped_hard", "rising", "red_flag", "rested_on_pain")
"""Outcomes of sessions that pain or a sign ended."""
NAMES: Final = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}


@dataclass(slots=True)
class Figures:
    """The sums of all runs so far."""

    database: str
    seeds: int = 0
    broken: int = 0
    cpu_s: float = 0.0
    faults: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)

    def add(self, report: "Report") -> None:
        """Add a run."""
        self.seeds += 1
        self.broken += bool(report.broken)
        self.cpu_s += report.cpu_s
        self.faults += len(report.faults)
        self.counts.update(report.counts)
        self.struck.update(report.struck)

    @property
    def kills(self) -> int:
        """How often the bot was killed."""
        return sum(count for name, count in self.struck.items() if name.startswith("kill"))

    def line(self) -> str:
        """Return the sums in one line, for the progress."""
        counts = self.counts
        return (
            f"{self.seeds} seeds, {counts['athlete-days']:,} athlete-days, "
            f"{counts['sessions']:,} sessions, {counts['HOLD cues']:,} HOLD cues, "
            f"{self.kills:,} kills, {self.broken} broken"
        )

    def markdown(self, seconds: float) -> str:
        """Return the tables of the document."""
        counts = self.counts
        rows = [("seeds", self.seeds), *((name, counts[name]) for name in WORK)]
        rows += [(f"sessions that ended as {name}", counts[f"outcome {name}"]) for name in OUTCOMES]
        rows += [("kills survived", self.kills), ("rules broken", self.broken)]
        struck = sorted(self.struck.items())
        name = NAMES[self.database]
        each = 1000 * self.cpu_s / max(1, counts["athlete-days"])
        took = f"{seconds:.0f} s, {each:.0f} ms of CPU for each athlete-day"
        return "\n\n".join(
            [
                f"On {name} ({processor()}, Python {python_version()}): {took}.",
                _table(("what", "count"), rows),
                _table(("fault", "times it struck"), struck),
            ]
        )


def _table(head: tuple[str, str], rows: list[tuple[str, int]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|---:|"]
    return "\n".join([*lines, *(f"| {name} | {count:,} |" for name, count in rows)])
