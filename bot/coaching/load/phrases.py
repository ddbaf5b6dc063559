"""An athlete's load in few lines, for coaches: counts, and no causes."""

from collections.abc import Iterator
from datetime import date
from itertools import chain, islice
from typing import Final

from bot.conversation.screen import many
from bot.protocol.calendar.local_time import say_date
from bot.protocol.load.associations import Association
from bot.protocol.load.entries import LoadFigures
from bot.protocol.load.longest_run import LongRun
from bot.protocol.load.report import LoadReport
from bot.training.load.phrases import EXTRAS, say_better, say_load, say_not_rated

NOT_SHARED: Final = "The diary is not shared."
_LINES: Final = 3
"""Lines about mornings at most."""


def say_figures(found: LoadFigures) -> str:
    """Return "120 min, load 480, hills 2 (5 of 7 days known)"."""
    if not found.known_days:
        return "nothing noted"
    counts = (("hills", found.uphill), ("fast", found.fast), ("deadlifts", found.hinge))
    parts = [f"{found.minutes:,} min", say_load(found.load, found.not_rated)]
    parts += [f"{word} {count}" for word, count in counts if count]
    known = f"{found.known_days} of {many(found.days, 'day')} known"
    return f"{', '.join(parts)} ({known}{say_not_rated(found.not_rated)})"


def check_lines(found: LoadReport | None) -> Iterator[str]:
    """Yield three small lines about the last weekly checks, the newest answer last."""
    if found is None or not found.checks:
        return
    worst = [_known(one.worst) for one in found.checks]
    sit = [_known(one.sit) for one in found.checks]
    yield f"Worst pain of the weeks: {', '.join(worst)}"
    yield f"Minutes of sitting before it hurts: {', '.join(sit)}"
    better = found.checks[-1].better
    yield f"Against the start: {'not known' if better is None else say_better(better).casefold()}"


def _known(value: int | None) -> str:
    return "?" if value is None else str(value)


def load_lines(found: LoadReport | None, today: date) -> Iterator[str]:
    """Yield the lines of a card; none where nothing was noted."""
    if found is None or found.is_empty:
        return
    yield f"Load, last {many(found.week.days, 'day')}: {say_figures(found.week)}"
    yield f"7 days before: {say_figures(found.before)}"
    yield f"28 days: {say_figures(found.month)}"
    yield from (say_long_run(one, today) for one in found.long_runs)
    yield from (say_association(one) for one in found.associations[:_LINES])


def load_on_paper(found: LoadReport | None, last: date) -> Iterator[str]:
    """Yield at most four lines of a printed page; None is what is not shared with its reader."""
    if found is None:
        yield NOT_SHARED
        return
    if found.is_empty:
        return
    yield f"Load, 7 days: {say_figures(found.week)}"
    yield f"7 days before: {say_figures(found.before)}"
    yield f"28 days: {say_figures(found.month)}"
    runs = (say_long_run(one, last) for one in found.long_runs)
    counts = (say_association(one) for one in found.associations)
    yield from islice(chain(runs, counts), 1)


def load_in_short(found: LoadReport | None) -> str:
    """Return the week beside the one before, and 28 days, in one line; nothing of no entries."""
    if found is None or found.is_empty:
        return ""
    before = "nothing noted"
    if found.before.known_days:
        known = f"{found.before.known_days} of {many(found.before.days, 'day')}"
        load = say_load(found.before.load, found.before.not_rated)
        rated = say_not_rated(found.before.not_rated)
        before = f"{found.before.minutes:,} min, {load} ({known}{rated})"
    return f"Load: {say_figures(found.week)}; before: {before}; 28 days: {say_figures(found.month)}"


def say_long_run(found: LongRun, today: date) -> str:
    """Return that a run was much longer than those of the month before."""
    return (
        f"Long run {say_date(found.day, today)}: {found.minutes} min; the longest of the 30 days "
        f"before was {found.longest}."
    )


def say_association(found: Association) -> str:
    """Return counts of mornings that were up, beside each other."""
    what = EXTRAS[found.extra]
    return (
        f"Mornings up after {what} {found.up_with} of {found.after_with}, without {what} "
        f"{found.up_without} of {found.after_without}."
    )
