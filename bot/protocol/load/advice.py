"""One line of advice at a time, inside a message that goes out anyway (PROTOCOL 7).

The first match wins: a flare morning after something; something three times in a week; else a line
in turn. At most one in seven days, the same one never within 28.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.protocol.load.entries import Extra, LoadEntry, LoadKind, count, has
from bot.protocol.load.longest_run import LOOKS_BACK, LongRun, long_run

APART: Final = timedelta(days=7)
SAME_APART: Final = timedelta(days=28)
WITHIN: Final = timedelta(hours=36)
OFTEN: Final = 3
WEEK: Final = timedelta(days=7)


class Tip(StrEnum):
    """A line of advice."""

    HILLS = "hills"
    DEADLIFT = "deadlift"
    LONG_RUN = "long_run"
    STRIDE = "stride"  # only where a coach turned it on
    GLUTE = "glute"
    SIT = "sit"


class Because(StrEnum):
    """Why it is given."""

    FLARE = "flare"  # a morning was up after it
    OFTEN = "often"  # it was noted three times in seven days
    LONG = "long"  # the run that was noted just now
    TURN = "turn"  # it is this line's turn


@dataclass(frozen=True, slots=True)
class Advice:
    """A line, and why."""

    tip: Tip
    why: Because


@dataclass(frozen=True, slots=True)
class TipsGiven:
    """Which lines were given and when last, whether more are wanted, and whether stride may be."""

    at: Mapping[Tip, date]
    wanted: bool = True
    stride: bool = False

    def allows(self, tip: Tip, day: date) -> bool:
        """Whether the line may be given on this day."""
        last, any_last = self.at.get(tip), max(self.at.values(), default=None)
        return (
            self.wanted
            and (any_last is None or day - any_last >= APART)
            and (last is None or day - last >= SAME_APART)
        )


BY_EXTRA: Final = {
    Extra.HINGE: Tip.DEADLIFT,
    Extra.UPHILL: Tip.HILLS,
    Extra.SIT: Tip.SIT,
}
"""Extras that have a line, the heaviest first."""
IN_TURN: Final = (Tip.GLUTE, Tip.SIT, Tip.STRIDE)


def after_flare(
    entries: Iterable[LoadEntry], at: datetime, morning: date, given: TipsGiven
) -> Advice | None:
    """Return the line for a flare on the local date `morning`, asked about `at` (UTC).

    What was done on the day before counts, and earlier what began within 36 hours.
    """
    known = tuple(entries)
    close = [one for one in known if _is_close(one, at, morning)]
    tips = [tip for extra, tip in BY_EXTRA.items() if any(has(one, extra) for one in close)]
    if any(long_run(known, one) is not None for one in close):
        tips.append(Tip.LONG_RUN)
    return _first(tips, Because.FLARE, morning, given)


def _is_close(entry: LoadEntry, at: datetime, morning: date) -> bool:
    if entry.day >= morning:
        return False
    recent = entry.started_at is not None and at - entry.started_at <= WITHIN
    return recent or entry.day == morning - timedelta(days=1)


def after_run(
    entries: Iterable[LoadEntry], run: LoadEntry, today: date, given: TipsGiven
) -> Advice | None:
    """Return the line for a run that was noted, if it was far longer than those before.

    `entries` hold the run. Noted late, or as the second of its day, it may not be the longest.
    """
    known = tuple(entries)
    long = long_run(known, run)
    tips = [Tip.LONG_RUN] if long is not None and _as_long_since(known, long) == 1 else []
    return _first(tips, Because.LONG, today, given)


def _as_long_since(entries: Iterable[LoadEntry], long: LongRun) -> int:
    """Return how many runs from its day on are at least as long; it is one of them."""
    return sum(
        one.kind is LoadKind.RUN and one.day >= long.day and (one.minutes or 0) >= long.minutes
        for one in entries
    )


def of_the_week(entries: Iterable[LoadEntry], today: date, given: TipsGiven) -> Advice | None:
    """Return the line for the weekly check: for what was noted three times, or the next in turn."""
    week = [one for one in entries if today - WEEK < one.day <= today]
    often = [tip for extra, tip in BY_EXTRA.items() if count(week, extra) >= OFTEN]
    turns = [tip for tip in IN_TURN if given.stride or tip is not Tip.STRIDE]
    longest_ago = sorted(turns, key=lambda tip: given.at.get(tip, date.min))
    return _first(often, Because.OFTEN, today, given) or _first(
        longest_ago, Because.TURN, today, given
    )


def _first(tips: Collection[Tip], why: Because, day: date, given: TipsGiven) -> Advice | None:
    found = next((tip for tip in tips if given.allows(tip, day)), None)
    return None if found is None else Advice(found, why)


READS: Final = LOOKS_BACK + timedelta(days=3)
"""So far back entries are read for a line."""
