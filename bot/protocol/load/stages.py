"""The stages of loading (Goom 2016), and whether the first one can be left (PROTOCOL 7).

Only a coach moves. The bot says of each condition yes, no or unknown; what is unknown is never yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from bot.protocol.dose.dose import RANGES, Dose
from bot.protocol.progression.ladder import CEILING, LADDER, rung_of

FIRST: Final = RANGES["stage"].low
LAST: Final = RANGES["stage"].high
"""1 holds without movement · 2 movement with little hip flexion · 3 into flexion · 4 springing."""
WEEK: Final = timedelta(days=7)
NEWEST: Final = 5
LESSENING: Final = 3
CALM: Final = 2
FEWEST_MORNINGS: Final = 3
LONG_HOLD_S: Final = 45
TESTS: Final = 3
_WORST: Final = 10


class Met(StrEnum):
    """Whether a condition is met."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ExitCondition(StrEnum):
    """What has to be so before the first stage is left."""

    LEVEL = "level"  # seven days at the top of the ladder, 80 % of the sessions done
    PAIN = "pain"  # within the limit, three of five lessening, no stop for seven days
    MORNINGS = "mornings"  # median at most 2, and not above the week before
    LONG_HOLD = "long_hold"  # one of 45 s, where the coach asks for it
    TEST = "test"  # three short bridges on one leg, three days running, where the coach asks
    FLAGS = "flags"  # no warning sign is open


@dataclass(frozen=True, slots=True)
class HeldSession:
    """One session that is over: whether its pain lessened or it was stopped, and its worst pain."""

    day: date
    lessening: bool
    stopped: bool
    worst: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFacts:
    """What is known of an athlete on the local date `today`.

    `stood_since` is since when the dose is what it is; `done` of `asked` planned sessions were done
    in seven days. `sessions` are in their order. `mornings` and `mornings_before` have one value
    for each that was asked about in seven days, and in the seven before; None is no answer.
    `longest_hold_s` is the longest hold of 28 days within the limit. `tests` are by day. The last
    two are None where the coach does not ask for them.
    """

    today: date
    dose: Dose
    stood_since: date
    done: int
    asked: int
    sessions: Sequence[HeldSession]
    mornings: Sequence[int | None]
    mornings_before: Sequence[int | None]
    longest_hold_s: float | None = None
    tests: dict[date, int] | None = None
    open_flag: bool = False


def exit_list(known: StageFacts) -> dict[ExitCondition, Met]:
    """Return the conditions that count for this athlete, each with its answer."""
    found = {
        ExitCondition.LEVEL: _level(known),
        ExitCondition.PAIN: _pain(known),
        ExitCondition.MORNINGS: _mornings(known),
    }
    if known.longest_hold_s is not None:
        found[ExitCondition.LONG_HOLD] = _is(known.longest_hold_s >= LONG_HOLD_S)
    if known.tests is not None:
        found[ExitCondition.TEST] = _tests(known.tests, known)
    return found | {ExitCondition.FLAGS: _is(not known.open_flag)}


def is_met(found: dict[ExitCondition, Met]) -> bool:
    """Whether every condition is met."""
    return all(one is Met.YES for one in found.values())


def _is(true: bool) -> Met:  # noqa: FBT001 - the answer itself
    return Met.YES if true else Met.NO


def _level(known: StageFacts) -> Met:
    top = LADDER[CEILING]
    if rung_of(known.dose).tension_s < top.tension_s or known.today - known.stood_since < WEEK:
        return Met.NO
    if not known.asked:
        return Met.UNKNOWN
    return _is(known.done * 5 >= known.asked * 4)


def _pain(known: StageFacts) -> Met:
    newest = list(known.sessions)[-NEWEST:]
    peaks = [one.worst for one in newest]
    over = any(one is not None and one > known.dose.pain_limit for one in peaks)
    stopped = any(one.stopped and known.today - one.day < WEEK for one in known.sessions)
    if over or stopped:
        return Met.NO
    if len(newest) < NEWEST or None in peaks:
        return Met.UNKNOWN
    return _is(sum(one.lessening for one in newest) >= LESSENING)


def _mornings(known: StageFacts) -> Met:
    """Judge by the medians that there are at best and at worst: what was not answered is open."""
    now, before = known.mornings, known.mornings_before
    if min(_answered(now), _answered(before)) < FEWEST_MORNINGS:
        return Met.UNKNOWN
    if _median(now, _WORST) <= min(CALM, _median(before, 0)):
        return Met.YES
    if _median(now, 0) > min(CALM, _median(before, _WORST)):
        return Met.NO
    return Met.UNKNOWN


def _answered(values: Sequence[int | None]) -> int:
    return sum(one is not None for one in values)


def _median(values: Sequence[int | None], unknown: int) -> float:
    return median(unknown if one is None else one for one in values)


def _tests(tests: dict[date, int], known: StageFacts) -> Met:
    """Judge the three days that end with the newest test of today or yesterday."""
    newest = max(tests, default=None)
    if newest is None or (known.today - newest).days > 1:
        return Met.UNKNOWN
    last = [tests.get(newest - timedelta(days=ago)) for ago in range(TESTS)]
    if any(one is not None and one > known.dose.pain_limit for one in last):
        return Met.NO
    return Met.UNKNOWN if None in last else Met.YES
