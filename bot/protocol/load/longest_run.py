"""One run that is much longer than any of the month before (Garmin-RUNSAFE 2025)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from bot.protocol.load.entries import LoadEntry, LoadKind

LOOKS_BACK: Final = timedelta(days=30)
FEWEST: Final = 3
"""So many runs before it, or there is nothing to compare with."""
MORE: Final = Fraction(110, 100)


@dataclass(frozen=True, slots=True)
class LongRun:
    """A run of so many minutes; `longest` were those of the longest run of the 30 days before."""

    day: date
    minutes: int
    longest: int


def long_run(entries: Iterable[LoadEntry], run: LoadEntry) -> LongRun | None:
    """Return the run, if it is over 1.10 × the longest of the 30 days before its day.

    Runs of unknown length are not compared. Exact: 55 after 50 is not over it.
    """
    if run.kind is not LoadKind.RUN or run.minutes is None:
        return None
    before = [
        one.minutes
        for one in entries
        if one.kind is LoadKind.RUN
        and one.minutes is not None
        and run.day - LOOKS_BACK <= one.day < run.day
    ]
    if len(before) < FEWEST or run.minutes <= MORE * max(before):
        return None
    return LongRun(run.day, run.minutes, max(before))


def long_runs(entries: Iterable[LoadEntry], first: date, last: date) -> tuple[LongRun, ...]:
    """Return such runs of the days from `first` to `last`; `entries` go back 30 days before."""
    known = tuple(entries)
    found = (long_run(known, one) for one in known if first <= one.day <= last)
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.day))
