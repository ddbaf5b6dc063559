"""Three questions a week, and whether four or twelve weeks made anything better (PROTOCOL 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from bot.protocol.calendar.weeks import IsoWeek

OPEN_FOR: Final = timedelta(hours=48)
"""How long after it was asked a check is answered; what is unknown then stays so."""
SITS: Final = (5, 15, 30, 45, 60, 90)
"""Minutes of sitting before it hurts; the last means that many or more."""
BETTER: Final = range(-3, 4)
"""Against the start: from much worse, -3, over the same, 0, to much better, 3."""
LESS_PAIN: Final = 2
"""Points of worst pain that are a change (Farrar 2001)."""
A_LITTLE: Final = 1
FOUR: Final = 4
TWELVE: Final = 12
"""Weeks without being better that ask for a decision, and for a clinician."""
READS: Final = 26
"""So many weeks back checks are read: what is compared with may be older than twelve."""


@dataclass(frozen=True, slots=True)
class Check:
    """The answers of a week: worst pain 0–10, minutes of sitting, better or worse; None unknown."""

    worst: int | None = None
    sit: int | None = None
    better: int | None = None

    @property
    def is_answered(self) -> bool:
        """Whether any of it is known; of one that is open still, nothing is."""
        return (self.worst, self.sit, self.better) != (None, None, None)


class Course(StrEnum):
    """What the checks say of the weeks."""

    UNKNOWN = "unknown"  # too little is known
    CHANGED = "changed"  # better: at least two points less, or a little better
    NO_CHANGE = "no_change"  # no better than four weeks ago: the same, or worse
    SEE_CLINICIAN = "see_clinician"  # no better than twelve weeks ago


def course(checks: Mapping[IsoWeek, Check], week: IsoWeek) -> Course:
    """Return what the check of `week` says against the newest of four, and of twelve, weeks before.

    An answer that is missing is neither better nor the same.
    """
    four = _since(checks, week, FOUR)
    if four is not Course.NO_CHANGE:
        return four
    twelve = _since(checks, week, TWELVE)
    return Course.SEE_CLINICIAN if twelve is Course.NO_CHANGE else four


def newest_course(checks: Mapping[IsoWeek, Check], week: IsoWeek) -> Course:
    """Return what the newest answered check says, if it is of `week` or of the one before."""
    newest = max((at for at, one in checks.items() if at <= week and one.is_answered), default=None)
    if newest is None or newest < week.plus(-1):
        return Course.UNKNOWN
    return course(checks, newest)


def _since(checks: Mapping[IsoWeek, Check], week: IsoWeek, weeks: int) -> Course:
    now = checks.get(week, Check())
    earlier = (
        at for at, one in checks.items() if at <= week.plus(-weeks) and one.worst is not None
    )
    base = max(earlier, default=None)
    if now.better is not None and now.better >= A_LITTLE:
        return Course.CHANGED
    before = None if base is None else checks[base].worst
    if before is None or now.worst is None:
        return Course.UNKNOWN
    if before - now.worst >= LESS_PAIN:
        return Course.CHANGED
    return Course.UNKNOWN if now.better is None else Course.NO_CHANGE
