"""A plan's pause: stored, told and ended in one way, whoever asks for it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.store import people
from bot.store.tables import AthleteRow
from bot.training import occurrences

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PauseState:
    """A plan's pause, or that there is none; every day is the athlete's local date.

    `kept`: the athlete cannot end it. Without `back_on`, the first day back, it has no end.
    `back_at` is the first reminder that comes.
    """

    paused: bool
    kept: bool
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
) -> None:
    """Pause: no reminders before the day `back_on`, or until resumed; what is open is put aside.

    `actor` is the person who asked for it, None for the bot itself. A pause that is not the
    athlete's own is lifted by a coach or admin alone (PROTOCOL 3).
    """
    athlete = people.athlete(db, athlete_id)
    before = _say(athlete)
    athlete.paused_at, athlete.paused_until, athlete.pause_reason = now, back_on, reason
    athlete.only_coach_resumes = actor != athlete_id
    _note(db, "pause", athlete, before, actor, now)
    occurrences.put_aside(db, athlete_id)


def resume(db: Db, athlete_id: int, now: datetime, *, actor: int | None) -> bool:
    """End the pause now and plan the next day; False when there is none."""
    if not occurrences.is_paused(db, athlete_id, now):
        return False
    athlete = people.athlete(db, athlete_id)
    before = _say(athlete)
    athlete.paused_at = athlete.paused_until = athlete.pause_reason = None
    athlete.only_coach_resumes = False
    _note(db, "resume", athlete, before, actor, now)
    occurrences.replan(db, athlete_id, now)
    return True


def is_kept(db: Db, athlete_id: int, now: datetime) -> bool:
    """Whether the plan is paused, and the athlete cannot end that."""
    kept = people.athlete(db, athlete_id).only_coach_resumes
    return kept and occurrences.is_paused(db, athlete_id, now)


def state(db: Db, athlete_id: int, now: datetime) -> PauseState:
    """Return how a plan is paused, if it is: its ends, when the first reminder comes, and why."""
    athlete = people.athlete(db, athlete_id)
    paused = occurrences.is_paused(db, athlete_id, now)
    back_on = athlete.paused_until if paused else None
    return PauseState(
        paused=paused,
        kept=paused and athlete.only_coach_resumes,
        last_day=None if back_on is None else back_on - _DAY,
        back_on=back_on,
        back_at=next(iter(occurrences.coming(db, athlete_id, now, 1)), None),
        reason=athlete.pause_reason if paused else None,
        zone=people.person(db, athlete_id).zone,
    )


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
    until = athlete.paused_until
    return "until resumed" if until is None else f"back on {until}"
