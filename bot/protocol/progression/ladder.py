"""From one session to the next: credits, steps of the dose, rest, pause (PROTOCOL 3).

A session's outcome and the morning after give one row and column of `TABLE`. The bot steps down by
itself and only proposes to step up; a coach confirms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from bot.protocol.dose.dose import Dose
from bot.protocol.progression.morning import Verdict
from bot.protocol.session.state import Outcome


class Next(IntEnum):
    """What follows for the next session, the mildest first."""

    CREDIT = 0  # one of three towards a step up
    HOLD = 1  # the dose stays, and so do the credits
    RESET = 2  # the dose stays, credits are back at 0
    STEP_DOWN = 3
    REST_DAY = 4  # a step down, and the next planned day is for rest
    PAUSE = 5  # the plan pauses until a coach resumes it; the coach is told
    LOCKED = 6  # locked until a coach unlocks


_C, _H, _R, _D, _RD, _P = (
    Next.CREDIT,
    Next.HOLD,
    Next.RESET,
    Next.STEP_DOWN,
    Next.REST_DAY,
    Next.PAUSE,
)
_COLUMNS: Final = (
    Verdict.SETTLED,
    Verdict.WATCH,
    Verdict.FLARE,
    Verdict.SEVERE,
    Verdict.UNKNOWN,
)
_UNFINISHED: Final = (_H, _H, _D, _P, _H)
_LOCKED: Final = (Next.LOCKED,) * len(_COLUMNS)
_ROWS: Final = {
    Outcome.LESSENING: (_C, _H, _D, _P, _H),
    Outcome.LEVEL: (_H, _R, _D, _P, _H),
    Outcome.RISING: (_R, _D, _RD, _P, _H),
    Outcome.STOPPED_PAIN: (_D, _D, _RD, _P, _D),
    Outcome.STOPPED_HARD: _LOCKED,
    Outcome.RED_FLAG: _LOCKED,
    Outcome.STOPPED_EARLY: _UNFINISHED,
    Outcome.PARTIAL: _UNFINISHED,
    Outcome.RESTED_ON_PAIN: _UNFINISHED,  # like a day missed: nothing was held
}
TABLE: Final[Mapping[tuple[Outcome, Verdict], Next]] = MappingProxyType(
    {
        (outcome, verdict): found
        for outcome, row in _ROWS.items()
        for verdict, found in zip(_COLUMNS, row, strict=True)
    }
)
"""PROTOCOL 3, "Next session"."""


def next_after(outcomes: Iterable[Outcome], verdict: Verdict) -> Next:
    """Return what follows a day of these outcomes, at least one: the most cautious counts."""
    return max(TABLE[outcome, verdict] for outcome in outcomes)


# ---- credits --------------------------------------------------------------------------

CREDITS: Final = 3
"""So many before a step up is proposed."""
SETTLES_FOR: Final = timedelta(days=3)
"""A plan stays at least so long before a step up."""


def credits_of(days: Iterable[Next]) -> int:
    """Return the credits after these days of one plan version, in their order."""
    count = 0
    for found in days:
        if found is Next.CREDIT:
            count += 1
        elif found is not Next.HOLD:
            count = 0
    return count


# ---- the ladder -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: so many holds of so many seconds, in so many sets."""

    holds: int
    hold_s: int
    sets: int = 1

    @property
    def tension_s(self) -> int:
        """Planned time under tension of one side, in seconds."""
        return self.holds * self.hold_s * self.sets

    def __str__(self) -> str:
        """Return "8 × 10 s", or "8 × 15 s × 2 sets"."""
        sets = f" × {self.sets} sets" if self.sets > 1 else ""
        return f"{self.holds} × {self.hold_s} s{sets}"


LADDER: Final = (
    Rung(5, 10),
    Rung(8, 10),
    Rung(10, 10),
    Rung(7, 15),
    Rung(10, 15),
    Rung(8, 15, 2),
    Rung(4, 30, 2),
    Rung(5, 45),
)
CEILING: Final = LADDER.index(Rung(10, 15))
"""The source's highest dose. Only a coach leads past it; from there on steps are proposed again."""
LONGER: Final = 5
"""A step up from a dose of a coach's own makes the holds at most so many seconds longer."""


def rung_of(dose: Dose) -> Rung:
    """Return a dose's holds, seconds and sets, whether they are on the ladder or not."""
    return Rung(dose.holds, dose.hold_s, dose.sets)


def down(dose: Dose) -> Rung | None:
    """Return one step less; None at the lowest rung and for what is no more than that.

    A dose of a coach's own goes to the highest rung with less time under tension and holds no
    longer than now. Where every rung has longer holds, their length stays and they are fewer.
    """
    at = rung_of(dose)
    if at in LADDER:
        index = LADDER.index(at)
        return LADDER[index - 1] if index else None
    less = [rung for rung in LADDER if rung.tension_s < at.tension_s]
    fitting = [rung for rung in less if rung.hold_s <= at.hold_s]
    if fitting:
        return fitting[-1]
    fewer = max((rung.tension_s for rung in less), default=0) // (at.hold_s * at.sets)
    return Rung(fewer, at.hold_s, at.sets) if fewer else None


def up(dose: Dose) -> Rung | None:
    """Return one step more, to be proposed; None at the ceiling, and where no rung is near.

    A dose of a coach's own goes to the first rung, up to the ceiling, with more time under tension.
    """
    at = rung_of(dose)
    if at in LADDER:
        index = LADDER.index(at)
        return None if index in {CEILING, len(LADDER) - 1} else LADDER[index + 1]
    more = (rung for rung in LADDER[: CEILING + 1] if rung.tension_s > at.tension_s)
    found = next(more, None)
    return found if found is not None and found.hold_s <= at.hold_s + LONGER else None


def stepped(dose: Dose, rung: Rung) -> Dose:
    """Return the dose with a rung's holds, seconds and sets; everything else stays."""
    return dose.changed(holds=rung.holds, hold_s=rung.hold_s, sets=rung.sets)


GAP_DAYS: Final = 7
"""From so many days without a session on, the next one restarts lower (PROTOCOL 7)."""
AWAY_DAYS: Final = 14
"""From so many on, it restarts at the first rung, after the questions about warning signs."""


def after_days(dose: Dose, days: int) -> Rung | None:
    """Return with what to begin after so many days without a session; None where the dose stays."""
    if days < GAP_DAYS:
        return None
    if days < AWAY_DAYS:
        return down(dose)
    return LADDER[0] if rung_of(dose).tension_s > LADDER[0].tension_s else None


def proposal(dose: Dose, earned: int, stood: timedelta) -> Rung | None:
    """Return the step up to propose after `earned` credits on a plan that `stood` so long."""
    return up(dose) if earned >= CREDITS and stood >= SETTLES_FOR else None
