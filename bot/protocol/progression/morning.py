"""The morning after: pain at the first sit-down, and what it says of the day before (PROTOCOL 3).

Mornings are given as a mapping of local date → pain 0–10; a date without an answer is not in it.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from statistics import median
from typing import Final

from bot.protocol.calendar.local_time import instant
from bot.protocol.calendar.quiet_hours import QuietHours, release_at

ASKED_AT: Final = time(8)
"""When a morning is asked about, on the athlete's clock, unless quiet hours end later."""
AFTER_SESSION: Final = timedelta(hours=6)
"""Never sooner than so long after the session."""
OPEN_FOR: Final = timedelta(hours=36)
"""How long after the question an answer, or another one, is taken."""
WINDOWS: Final = (7, 28)
"""Days whose medians are compared for the baseline."""
RUNNING: Final = timedelta(days=7)
"""Two flares follow each other when no known morning lies between, and at most so much time."""
SETTLED_TO: Final = 1
FLARE_FROM: Final = 2
"""Change is two points; one is noise (Challoumas 2023, Farrar 2001)."""


class Verdict(StrEnum):
    """What a morning says. The first that fits, in this order."""

    UNKNOWN = "unknown"  # no answer
    SEVERE = "severe"  # at the hard stop, or the second flare running
    SETTLED = "settled"  # at most 1, or no more than usual
    FLARE = "flare"  # 2 or more above the usual, or over the limit
    WATCH = "watch"  # anything else


def asked_at(day: date, session_ended: datetime, quiet: QuietHours, zone: str) -> datetime:
    """Return the instant (UTC) at which the morning of the local date `day` is asked about."""
    earliest = max(instant(day, ASKED_AT, zone), session_ended + AFTER_SESSION)
    return release_at(earliest, quiet, zone)


def baseline(mornings: Mapping[date, int], day: date) -> float | None:
    """Return B, the lower of the medians of the 7 and of the 28 days before `day`.

    None where none of them is known: then a morning is judged by its number alone.
    """
    today = day.toordinal()
    ago = [(today - at.toordinal(), value) for at, value in mornings.items()]
    medians = [
        median(known)
        for days in WINDOWS
        if (known := [value for passed, value in ago if 1 <= passed <= days])
    ]
    return min(medians, default=None)


def verdict(mornings: Mapping[date, int], day: date, *, pain_limit: int, hard_stop: int) -> Verdict:
    """Return what the morning of `day` says, by the plan's limits and the mornings before it."""
    if day not in mornings:
        return Verdict.UNKNOWN
    found = _alone(mornings, day, pain_limit, hard_stop)
    if found is not Verdict.FLARE:
        return found
    before = max((at for at in mornings if at < day), default=None)
    if before is None or day - before > RUNNING:
        return found
    again = _alone(mornings, before, pain_limit, hard_stop) in {Verdict.FLARE, Verdict.SEVERE}
    return Verdict.SEVERE if again else Verdict.FLARE


def _alone(mornings: Mapping[date, int], day: date, pain_limit: int, hard_stop: int) -> Verdict:
    """Judge one morning without asking whether it is the second flare."""
    value = mornings[day]
    if value >= hard_stop:
        return Verdict.SEVERE
    if value <= SETTLED_TO:
        return Verdict.SETTLED
    usual = baseline(mornings, day)
    above = None if usual is None else value - usual
    if above is not None and above <= 0:
        return Verdict.SETTLED
    if value > pain_limit or (above is not None and above >= FLARE_FROM):
        return Verdict.FLARE
    return Verdict.WATCH
