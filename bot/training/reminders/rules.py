"""What becomes of a reminder that is due: one set of rules, from values that were read before."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto
from typing import Final

from bot.protocol.calendar.local_time import ends_at, local, over_at
from bot.protocol.calendar.quiet_hours import QuietHours, release_at, snooze_until
from bot.store.reminder_batch import AskedDay, Case
from bot.store.tables import AthleteRow, OccurrenceRow, OccurrenceState
from bot.training import occurrences, recent_days
from bot.training.occurrences import Schedule
from bot.training.reasons import HELD_BEFORE, TOO_SOON, Bar
from bot.training.recent_days import RecentDays

GRACE: Final = occurrences.GRACE
"""A reminder later than this is of no use: the occurrence is `not_delivered`."""
LATE: Final = timedelta(minutes=5)
"""From here on a reminder says that it is late, and a nudge does not come at all."""
NUDGE_AFTER: Final = timedelta(hours=2)
BUSY: Final = timedelta(minutes=5)
"""While a session runs a reminder waits so long, again and again."""
REMINDED_FIRST: Final = frozenset({OccurrenceState.PLANNED, OccurrenceState.SNOOZED})
"""What is due in these states is reminded; what is due in any other was reminded before."""
_WITHOUT: Final = {
    Bar.RESTING: (OccurrenceState.RESTED, None),
    Bar.DONE: (OccurrenceState.PAUSED, HELD_BEFORE),
    Bar.GAP: (OccurrenceState.PAUSED, TOO_SOON),
}
"""What an occurrence becomes, and why, for which no session is allowed in time."""
_USUAL: Final = AthleteRow.model_fields
NIGHT: Final = QuietHours(
    time.fromisoformat(_USUAL["quiet_start"].default),
    time.fromisoformat(_USUAL["quiet_end"].default),
)
"""The usual quiet hours. Who is reminded in them is never nudged in them."""


class Says(Enum):
    """What is told."""

    ON_TIME = auto()
    LATE = auto()
    AGAIN = auto()  # the nudge


@dataclass(frozen=True, slots=True)
class ReminderDecision:
    """What becomes of an occurrence: its state, when time acts next, what is told, and why not.

    `silent`: what waits to be said about it is not said any more.
    """

    state: OccurrenceState
    due_at: datetime | None = None
    says: Says | None = None
    reason: str | None = None
    silent: bool = False


def decide(case: Case, past: RecentDays, now: datetime) -> ReminderDecision:
    """Decide about an occurrence that is due at `now`, of an athlete with this past."""
    if case.state in REMINDED_FIRST:
        return _remind(case, past, now)
    if case.state == OccurrenceState.REMINDED:
        return _nudge(case, past, now)
    return _over(case)


def _remind(case: Case, past: RecentDays, now: datetime) -> ReminderDecision:
    unwanted = _unwanted(case, now)
    if unwanted is not None:
        return ReminderDecision(unwanted)
    one = _of(case, past)
    if recent_days.superseded(past, one, now):
        return _over(case)
    if case.live:
        return ReminderDecision(OccurrenceState.SNOOZED, now + BUSY)
    at = occurrences.rings_at(past, case, case.zone, one, now)
    if at is None:
        return _not_rung(case, past, now)
    if at > now:
        return ReminderDecision(OccurrenceState.SNOOZED, at)
    first = case.state == OccurrenceState.PLANNED
    supposed = release_at(case.planned_at, occurrences.quiet_of(case), case.zone)
    says = Says.LATE if first and now - supposed > LATE else Says.ON_TIME
    return ReminderDecision(OccurrenceState.REMINDED, _nudge_at(case, past, now), says)


def _of(case: Case, past: RecentDays) -> AskedDay:
    """Return the case as its athlete's last days have it."""
    return next(one for one in past.asked if one.id == case.id)


def _over(case: Case) -> ReminderDecision:
    """Close an occurrence that nobody answered: another's time has come, or its day is over."""
    heard = case.delivered_at is not None
    state = OccurrenceState.MISSED if heard else OccurrenceState.NOT_DELIVERED
    return ReminderDecision(state, silent=True)


def _unwanted(case: Case, now: datetime) -> OccurrenceState | None:
    """Return what an occurrence becomes whose athlete is barred or cannot be reached, or None."""
    if _barred(case, now) or _was_paused(case):
        return OccurrenceState.PAUSED
    if case.unreachable_since is not None or case.chat_id is None:
        return OccurrenceState.NOT_DELIVERED
    return None


def _not_rung(case: Case, past: RecentDays, now: datetime) -> ReminderDecision:
    """Say why a reminder does not ring: no session is allowed in time, or it is late, or night."""
    barred = recent_days.why_not(past, case.zone, now, case.local_date)
    if barred is not None:
        state, reason = _WITHOUT[barred.why]
        return ReminderDecision(state, reason=reason)
    if case.delivered_at is not None:
        return ReminderDecision(OccurrenceState.NUDGED, day_ends(case.local_date, case.zone))
    return ReminderDecision(OccurrenceState.NOT_DELIVERED)


def _barred(case: Case, now: datetime) -> bool:
    leaving_or_locked = case.erase_at is not None or case.locked_at is not None
    return leaving_or_locked or occurrences.pauses(case, local(now, case.zone).date())


def _was_paused(case: Case) -> bool:
    """Whether the case's day fell into a pause that has ended since: after an outage."""
    if case.paused_at is None or case.paused_until is None:
        return False
    begun = case.planned_at >= case.paused_at
    return begun and occurrences.pauses(case, case.local_date)


def _nudge(case: Case, past: RecentDays, now: datetime) -> ReminderDecision:
    if case.delivered_at is None or recent_days.superseded(past, _of(case, past), now):
        return _over(case)
    ends = over_at(case.local_date, case.planned_at, case.zone)
    silent = (
        now >= ends
        or now - case.due_at > LATE
        or case.live
        or _barred(case, now)
        or not _may_nudge(case, now)
        or recent_days.why_not(past, case.zone, now, case.local_date) is not None
    )
    return ReminderDecision(OccurrenceState.NUDGED, ends, None if silent else Says.AGAIN)


def _nudge_at(case: Case, past: RecentDays, now: datetime) -> datetime:
    """Return when to nudge, or when the day is over: never by night, nor on another date."""
    nudge = now + NUDGE_AFTER
    over = over_at(case.local_date, case.planned_at, case.zone)
    closes = recent_days.closes_at(past, _of(case, past), case.zone)
    another = local(nudge, case.zone).date() != local(now, case.zone).date()
    return over if another or nudge >= closes or not _may_nudge(case, nudge) else nudge


def _may_nudge(case: Case, at: datetime) -> bool:
    """Whether nobody is woken: not in quiet hours, nor by night who is reminded by night."""
    if release_at(at, occurrences.quiet_of(case), case.zone) != at:
        return False
    by_night = occurrences.within(local(case.planned_at, case.zone).time(), NIGHT)
    return not (by_night and occurrences.within(local(at, case.zone).time(), NIGHT))


def day_ends(day: date, zone: str) -> datetime:
    """Return when the day of an occurrence with this local date is over."""
    return ends_at(day, zone)


# ---- by how much it can be put off: nothing else is offered ---------------------------

MAX_SNOOZES: Final = 3
MINUTES: Final = (15, 60)
"""What is offered, where it works."""
_Row = Case | AskedDay | OccurrenceRow


def offered_snoozes(schedule: Schedule, zone: str, row: _Row, now: datetime) -> tuple[int, ...]:
    """Return by how many minutes a reminder that is open can be put off now."""
    found = ((one, snoozed_until(schedule, zone, row, one, now)) for one in MINUTES)
    return tuple(minutes for minutes, at in found if at is not None)


def snoozed_until(
    schedule: Schedule, zone: str, row: _Row, minutes: int, said_at: datetime
) -> datetime | None:
    """Return when a reminder comes that is put off so, or None where it cannot be.

    Not more than three times, not on another date, into quiet hours, or to when the next is due.
    """
    if row.snoozes >= MAX_SNOOZES:
        return None
    following = occurrences.following(schedule, zone, {(row.local_date, row.slot)}, row.planned_at)
    return snooze_until(
        said_at,
        minutes,
        quiet=occurrences.quiet_of(schedule),
        zone=zone,
        next_at=None if following is None else following.at,
    )
