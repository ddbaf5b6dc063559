"""The last days of athletes: which occurrence a session belongs to, and what forbids one.

A session belongs to the reminder that rang last, until four in the morning after its date; where
that one has its session, to one that is still to come that day. Whoever promises a session, opens
one or rings for one asks `why_not`, so all of them agree. It is reckoned from values, for one
athlete or for many.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import ends_at, local, opens_at, over_at, training_day
from bot.protocol.calendar.recurrence import MIN_GAP
from bot.protocol.session.rest import RESTS, rest_until
from bot.store import people, reminder_batch
from bot.store.reminder_batch import AskedDay, Sat
from bot.store.tables import OccurrenceState
from bot.training.reasons import FLARE, Bar

LOOKS_BACK: Final = timedelta(days=2)
"""Sessions and dates further back say nothing about today: no local day has lasted longer."""
ASKED: Final = frozenset(
    {OccurrenceState.REMINDED, OccurrenceState.SNOOZED, OccurrenceState.NUDGED}
)
"""The athlete was reminded, or is to be again, and has not answered."""


@dataclass(frozen=True, slots=True)
class Barred:
    """No session, and why: until when that lasts, and when the next reminder rings after it."""

    why: Bar
    reason: str | None = None
    next_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecentDays:
    """The sessions and occurrences of one athlete's last two days, and what is planned.

    Sessions are newest first, and one may be running; occurrences are in the order of their dates.
    """

    sat: list[Sat] = field(default_factory=list)
    asked: list[AskedDay] = field(default_factory=list)


def of_many(
    db: Db, athlete_ids: Collection[int], since: date, now: datetime
) -> dict[int, RecentDays]:
    """Read the sessions of two days, and the occurrences from the local date `since` on."""
    found = {athlete_id: RecentDays() for athlete_id in athlete_ids}
    for one in reminder_batch.sat(db, athlete_ids, now - LOOKS_BACK):
        found[one.athlete_id].sat.append(one)
    for asked in reminder_batch.asked(db, athlete_ids, since):
        found[asked.athlete_id].asked.append(asked)
    return found


def of_one(db: Db, athlete_id: int, now: datetime) -> RecentDays:
    """Read the last days of one athlete."""
    db.flush()
    since = local(now, people.person(db, athlete_id).zone).date() - LOOKS_BACK
    return of_many(db, [athlete_id], since, now)[athlete_id]


# ---- which occurrence -------------------------------------------------------------------


def belongs_to(days: RecentDays, zone: str, now: datetime) -> AskedDay | None:
    """Return the occurrence that a session now belongs to; None for one beside the plan."""
    open_now = [one for one in days.asked if is_open(days, one, zone, now)]
    rang = [one for one in open_now if one.planned_at <= now and not superseded(days, one, now)]
    newest = max(rang, key=_planned_at, default=None)
    return newest or min(
        (one for one in open_now if one.planned_at > now), key=_planned_at, default=None
    )


def _planned_at(one: AskedDay) -> datetime:
    return one.planned_at


def is_open(days: RecentDays, one: AskedDay, zone: str, now: datetime) -> bool:
    """Whether it is an occurrence's day, and no session belongs to it yet."""
    day = one.local_date, one.planned_at, zone
    return opens_at(*day) <= now < over_at(*day) and not is_done(days, one)


def is_done(days: RecentDays, one: AskedDay) -> bool:
    """Whether a session in which anything was held, or that runs, belongs to an occurrence.

    What was opened by mistake, and closed without a hold, leaves it open.
    """
    own = [sat for sat in days.sat if sat.occurrence_id == one.id]
    return one.state == OccurrenceState.STARTED and (not own or any(map(_counts, own)))


def _counts(sat: Sat) -> bool:
    return sat.held or sat.outcome is None


def superseded(days: RecentDays, one: AskedDay, now: datetime) -> bool:
    """Whether a later reminder's time has come: then it alone is open."""
    return any(one.planned_at < other.planned_at <= now for other in days.asked)


def closes_at(days: RecentDays, one: AskedDay, zone: str) -> datetime:
    """Return until when an occurrence can be answered: until its day is over, or the next rings."""
    later = (other.planned_at for other in days.asked if other.planned_at > one.planned_at)
    return min([over_at(one.local_date, one.planned_at, zone), *later])


# ---- whether, and when ------------------------------------------------------------------


def why_not(days: RecentDays, zone: str, at: datetime, day: date | None) -> Barred | None:
    """Return what forbids a session at that instant, as far as is known, and until when.

    `day` is the local date of the occurrence it would belong to, None for one beside the plan.
    """
    mine = training_day(at, zone) if day is None else day
    flare = _flare(days, zone, {mine, local(at, zone).date()}, at)
    if flare is not None:
        return Barred(Bar.RESTING, FLARE, until=flare)
    rest = _resting(days, zone, at)
    if rest is not None:
        return rest
    over = ends_at(mine, zone)
    done = (one for one in days.sat if _counts(one) and _day_of(days, one, zone) == mine)
    if at < over and any(day is None or one.occurrence_id is None for one in done):
        return Barred(Bar.DONE, until=over)
    free = max((one.opened_at + MIN_GAP for one in days.sat if _counts(one)), default=at)
    return Barred(Bar.GAP, until=free) if at < free else None


def _flare(days: RecentDays, zone: str, dates: set[date], at: datetime) -> datetime | None:
    """Return when a rest day on one of these dates is over."""
    ends = (
        over_at(one.local_date, one.planned_at, zone)
        for one in days.asked
        if one.reason == FLARE and one.local_date in dates
    )
    return max((end for end in ends if at < end), default=None)


def _resting(days: RecentDays, zone: str, at: datetime) -> Barred | None:
    """Return the rest after the newest session that asks for one."""
    for one in days.sat:
        if one.outcome in RESTS and one.closed_at is not None:
            until = rest_until(one.closed_at, zone)
            if at < until:
                return Barred(Bar.RESTING, one.outcome, until=until)
    return None


def _day_of(days: RecentDays, sat: Sat, zone: str) -> date:
    """Return the local date that a session belongs to."""
    own = (one.local_date for one in days.asked if one.id == sat.occurrence_id)
    return next(own, None) or training_day(sat.opened_at, zone)


def free_from(days: RecentDays, zone: str, at: datetime, day: date | None) -> datetime:
    """Return the first instant from `at` on at which nothing known forbids a session of `day`."""
    while (barred := why_not(days, zone, at, day)) is not None:
        assert barred.until is not None
        at = barred.until
    return at
