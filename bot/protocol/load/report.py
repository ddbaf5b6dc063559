"""What a coach reads about load: 7 days beside the 7 before, 28 days, and what stands out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from bot.protocol.load.associations import Association, associations
from bot.protocol.load.entries import LoadEntry, LoadFigures
from bot.protocol.load.longest_run import LOOKS_BACK, LongRun, long_runs
from bot.protocol.load.weekly_check import Check, Course

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_MONTH: Final = timedelta(days=28)
READS: Final = _MONTH + LOOKS_BACK
"""So far back entries are read: a run of four weeks ago is judged by thirty days before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """The days told of beside the 7 before, and 28 days that end with the last of them.

    `long_runs` are those of the days told of; mornings are those of the 28 days. `checks` are those
    of the last weeks, the newest last, and `course` is what they say.
    """

    week: LoadFigures
    before: LoadFigures
    month: LoadFigures
    long_runs: tuple[LongRun, ...] = ()
    associations: tuple[Association, ...] = ()
    checks: tuple[Check, ...] = ()
    course: Course = Course.UNKNOWN

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted."""
        return not (self.week.known_days or self.before.known_days or self.month.known_days)


def load_report(
    entries: Iterable[LoadEntry],
    mornings: Mapping[date, int],
    first: date,
    last: date,
    *,
    pain_limit: int,
    hard_stop: int,
) -> LoadReport:
    """Return what is told of the days from `first` to `last`, of entries that go back `READS`."""
    known = tuple(entries)
    four_weeks = last - _MONTH + _DAY
    limits = {"pain_limit": pain_limit, "hard_stop": hard_stop}
    return LoadReport(
        week=LoadFigures.of(known, first, last),
        before=LoadFigures.of(known, first - _WEEK, first - _DAY),
        month=LoadFigures.of(known, four_weeks, last),
        long_runs=long_runs(known, first, last),
        associations=associations(known, mornings, four_weeks, **limits),
    )
