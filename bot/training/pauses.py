"""A plan's pause: stored, told and ended in one way, whoever asks for it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import instant, local
from bot.store import people
from bot.store.tables import AthleteRow
from bot.training import occurrences

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PauseState:
    """A plan's pause, or that there is none; every day is the athlete's local date.

    It runs if `paused`, and begins on `first_day` if it lies `ahead`. `kept`: the athlete cannot
    end it. Without `back_on`, the first day back, it has no end. `back_at` is the first reminder
    that comes.
    """

    paused: bool
    ahead: bool
    kept: bool
    first_day: date | None
    last_day: date | None
    back_on: date | None
    back_at: datetime | None
    reason: str | None
    zone: str


def pause(
    db: Db,
    athlete_id: int,
    back_on: date | None,
    now: datetime,
    *,
    actor: int | None,
    reason: str | None = None,
    first: date | None = None,
) -> None:
    """Pause: no reminders before the day `back_on`, or until resumed; what is open is put aside.

    A `first` day to come is when the pause begins. `actor` is the person who asked for it, None for
    the bot itself. A pause that is not the athlete's own is lifted by a coach or admin alone
    (PROTOCOL 3).
    """
    athlete = people.athlete(db, athlete_id)
    before = _say(athlete)
    ahead = first is not None and first > today_of(db, athlete_id, now)
    athlete.paused_at, athlete.paused_from = now, first if ahead else None
    athlete.paused_until, athlete.pause_reason = back_on, reason
    athlete.only_coach_resumes = actor != athlete_id
    _note(db, "pause", athlete, before, actor, now)
    if not ahead:
        occurrences.put_aside(db, athlete_id)


def resume(db: Db, athlete_id: int, now: datetime, *, actor: int | None) -> bool:
    """End the pause now, or drop one that lies ahead, and plan the next day; False without one."""
    if not stands(db, athlete_id, now):
        return False
    athlete = people.athlete(db, athlete_id)
    before = _say(athlete)
    athlete.paused_at = athlete.paused_until = athlete.pause_reason = athlete.paused_from = None
    athlete.only_coach_resumes = False
    _note(db, "resume", athlete, before, actor, now)
    occurrences.replan(db, athlete_id, now)
    return True


def stands(db: Db, athlete_id: int, now: datetime) -> bool:
    """Whether there is a pause, now or ahead."""
    athlete, today = people.athlete(db, athlete_id), today_of(db, athlete_id, now)
    until = athlete.paused_until
    return athlete.paused_at is not None and (until is None or today < until)


def is_kept(db: Db, athlete_id: int, now: datetime) -> bool:
    """Whether there is a pause, now or ahead, and the athlete cannot end it."""
    return people.athlete(db, athlete_id).only_coach_resumes and stands(db, athlete_id, now)


def state(db: Db, athlete_id: int, now: datetime) -> PauseState:
    """Return how a plan is paused, if it is: its days, when the first reminder comes, and why."""
    athlete, standing = people.athlete(db, athlete_id), stands(db, athlete_id, now)
    paused = occurrences.is_paused(db, athlete_id, now)
    back_on = athlete.paused_until if standing else None
    back_at = next(iter(occurrences.coming(db, athlete_id, now, 1)), None)
    ahead = standing and not paused
    return PauseState(
        paused=paused,
        ahead=ahead,
        kept=standing and athlete.only_coach_resumes,
        first_day=athlete.paused_from if ahead else None,
        last_day=None if back_on is None else back_on - _DAY,
        back_on=back_on,
        back_at=_after(db, athlete, back_on, now) if ahead else back_at,
        reason=athlete.pause_reason if standing else None,
        zone=people.person(db, athlete_id).zone,
    )


def _after(db: Db, athlete: AthleteRow, back_on: date | None, now: datetime) -> datetime | None:
    """Return the first reminder on or after the day back from a pause that lies ahead."""
    if back_on is None:
        return None
    zone = people.person(db, athlete.person_id).zone
    begins = instant(back_on, time(), zone)
    found = occurrences.following(athlete, zone, (), begins - _MOMENT)
    barred = athlete.locked_at is not None or athlete.erase_at is not None
    return None if found is None or barred or begins < now else found.at


def today_of(db: Db, athlete_id: int, now: datetime) -> date:
    """Return the athlete's local date."""
    return local(now, people.person(db, athlete_id).zone).date()


def _note(
    db: Db, action: str, athlete: AthleteRow, before: str | None, actor: int | None, now: datetime
) -> None:
    db.add(athlete)
    people.note(
        db, action, now, actor=actor, subject=athlete.person_id, before=before, after=_say(athlete)
    )
    db.flush()


def _say(athlete: AthleteRow) -> str | None:
    """Return a pause as the audit has it."""
    if athlete.paused_at is None:
        return None
    begins, until = athlete.paused_from, athlete.paused_until
    lead = "" if begins is None else f"from {begins}, "
    return f"{lead}until resumed" if until is None else f"{lead}back on {until}"
