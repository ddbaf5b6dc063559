"""What becomes of a reminder that is due: one set of rules, from values that were read before."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from typing import Final

from bot.protocol.calendar.local_time import instant, local
from bot.protocol.calendar.quiet_hours import release_at
from bot.store.reminder_batch import Case
from bot.store.tables import OccurrenceState
from bot.training import eligibility, occurrences
from bot.training.eligibility import RecentDays

GRACE: Final = occurrences.GRACE
"""A reminder later than this is of no use: the occurrence is `not_delivered`."""
LATE: Final = timedelta(minutes=5)
"""From here on a reminder says that it is late."""
NUDGE_AFTER: Final = timedelta(hours=2)
REMINDED_FIRST: Final = frozenset({OccurrenceState.PLANNED, OccurrenceState.SNOOZED})
"""What is due in these states is reminded; what is due in any other was reminded before."""
_DAY: Final = timedelta(days=1)


class Says(Enum):
    """What is told."""

    ON_TIME = auto()
    LATE = auto()
    AGAIN = auto()  # the nudge


@dataclass(frozen=True, slots=True)
class ReminderDecision:
    """What becomes of an occurrence: its state, when time acts next, and what is told."""

    state: OccurrenceState
    due_at: datetime | None = None
    says: Says | None = None


def decide(case: Case, past: RecentDays, now: datetime) -> ReminderDecision:
    """Decide about an occurrence that is due at `now`, of an athlete with this past."""
    if case.state in REMINDED_FIRST:
        return _remind(case, past, now)
    if case.state == OccurrenceState.REMINDED:
        return _nudge(case, now)
    return ReminderDecision(OccurrenceState.MISSED)


def _remind(case: Case, past: RecentDays, now: datetime) -> ReminderDecision:
    unwanted = _unwanted(case, past, now)
    if unwanted is not None:
        return ReminderDecision(unwanted)
    quiet, first = occurrences.quiet_of(case), case.state == OccurrenceState.PLANNED
    supposed = release_at(case.planned_at, quiet, case.zone)
    if first and now - supposed > GRACE:
        return ReminderDecision(OccurrenceState.NOT_DELIVERED)
    awake = release_at(max(now, _rested(case, past, now)), quiet, case.zone)
    if awake != now:
        return _held_back(case, awake)
    says = Says.LATE if first and now - supposed > LATE else Says.ON_TIME
    return ReminderDecision(OccurrenceState.REMINDED, _nudge_at(case, now), says)


def _held_back(case: Case, awake: datetime) -> ReminderDecision:
    """Hold a reminder that comes in quiet hours until they end, while that is still of use."""
    if awake < min(day_ends(case.local_date, case.zone), case.planned_at + GRACE):
        return ReminderDecision(OccurrenceState.SNOOZED, awake)
    return ReminderDecision(OccurrenceState.NOT_DELIVERED)


def _unwanted(case: Case, past: RecentDays, now: datetime) -> OccurrenceState | None:
    """Return what an occurrence becomes about which nothing is to be said, or None.

    Barred, unreachable, already training, or resting today.
    """
    if _barred(case, now) or _was_paused(case):
        return OccurrenceState.PAUSED
    if case.unreachable_since is not None or case.chat_id is None:
        return OccurrenceState.NOT_DELIVERED
    if case.live:
        return OccurrenceState.STARTED
    found = eligibility.enough(case.times, case.zone, past, now)
    if found is None or (found.until is not None and found.until <= case.planned_at + GRACE):
        return None
    return OccurrenceState.RESTED


def _rested(case: Case, past: RecentDays, now: datetime) -> datetime:
    """Return when the athlete's rest is over; `now` where there is none."""
    resting = occurrences.resting(past.sat, case.zone, now)
    return now if resting is None else resting.until


def _barred(case: Case, now: datetime) -> bool:
    leaving_or_locked = case.erase_at is not None or case.locked_at is not None
    return leaving_or_locked or occurrences.pauses(case, local(now, case.zone).date())


def _was_paused(case: Case) -> bool:
    """Whether the case's day fell into a pause that has ended since: after an outage."""
    if case.paused_at is None or case.paused_until is None:
        return False
    return case.planned_at >= case.paused_at and case.local_date < case.paused_until


def _nudge(case: Case, now: datetime) -> ReminderDecision:
    if case.delivered_at is None:
        return ReminderDecision(OccurrenceState.NOT_DELIVERED)
    ends = day_ends(case.local_date, case.zone)
    quiet = release_at(now, occurrences.quiet_of(case), case.zone) != now
    silent = quiet or case.live or _barred(case, now) or now >= ends
    return ReminderDecision(OccurrenceState.NUDGED, ends, None if silent else Says.AGAIN)


def _nudge_at(case: Case, now: datetime) -> datetime:
    """Return when to nudge; never into quiet hours or the next day, where the day just ends."""
    nudge, ends = now + NUDGE_AFTER, day_ends(case.local_date, case.zone)
    quiet = release_at(nudge, occurrences.quiet_of(case), case.zone) != nudge
    return ends if quiet else min(nudge, ends)


def day_ends(day: date, zone: str) -> datetime:
    """Return when the local date of an occurrence is over."""
    return instant(day + _DAY, datetime.min.time(), zone)
