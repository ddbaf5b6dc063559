"""How a broken rule is told: the seed, what it takes, and what happened last."""

from typing import Final

from testkit.database import POSTGRESQL, is_file
from tests.simulation.reduction import smallest
from tests.simulation.run import Report, simulate

TAIL: Final = 40
"""Lines of the transcript that are shown."""
TRIES: Final = 24
"""Runs made to find the smallest set of faults."""


def explain(report: Report, days: int, athletes: int, tries: int = TRIES) -> str:
    """Run the seed again with fewer and fewer faults and return what there is to say."""

    def fails(faults: list[object]) -> bool:
        again = simulate(
            report.seed,
            days=days,
            athletes=athletes,
            faults=[fault for fault in report.faults if fault in faults],
            keep=False,
        )
        return bool(again.broken)

    left = smallest(list[object](report.faults), fails, tries)
    again = simulate(
        report.seed,
        days=days,
        athletes=athletes,
        faults=[fault for fault in report.faults if fault in left],
    )
    told = again if again.broken else report
    return "\n".join(
        [
            f"seed {report.seed} breaks a rule: {report.broken[0]}",
            f"with {len(left)} of its {len(report.faults)} faults: {told.broken[:1]}",
            *(f"  {fault}" for fault in left),
            f"the last {TAIL} lines:",
            *(f"  {line}" for line in told.transcript[-TAIL:]),
            f"again: {command_of(report.seed, days, athletes)}",
        ]
    )


def command_of(seed: int, days: int, athletes: int) -> str:
    """Return what runs a seed again, on the same kind of database."""
    where = "" if is_file() else f" --database {POSTGRESQL}"
    return f"python -m tests.simulation --seed {seed} --days {days} --athletes {athletes}{where}"
