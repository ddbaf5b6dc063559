"""A plan's pause: stored, told of and lifted in one way, whoever asks for it."""

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session as Db

from bot.conversation.message import iso
from bot.protocol.calendar.local_time import local
from bot.store import people
from bot.store.tables import AthleteRow
from bot.training import occurrences
from bot.training.messages import PauseTold

_DAY = timedelta(days=1)


def pause(
    db: Db,
    athlete_id: int,
    back_on: date | None,
    now: datetime,
    *,
    actor: int | None,
    reason: str | None = None,
) -> None:
    """Pause: no reminders before the day `back_on`, or until resumed; today's is put aside.

    `actor` is the person who asked for it, None for the bot itself. A pause that is not the
    athlete's own is lifted by a coach or admin alone (PROTOCOL 3).
    """
    athlete = people.athlete(db, athlete_id)
    before = _say(athlete)
    athlete.paused_at, athlete.paused_until, athlete.pause_reason = now, back_on, reason
    athlete.only_coach_resumes = actor != athlete_id
    _note(db, "pause", athlete, before, actor, now)
    occurrences.put_aside(db, athlete_id, now)


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
    """Whether the plan is paused, and the athlete can not end that."""
    kept = people.athlete(db, athlete_id).only_coach_resumes
    return kept and occurrences.is_paused(db, athlete_id, now)


def told(db: Db, athlete_id: int, now: datetime) -> PauseTold:
    """Return what is told of a pause: its ends, when the first reminder comes, and why."""
    athlete = people.athlete(db, athlete_id)
    paused = occurrences.is_paused(db, athlete_id, now)
    back_on = athlete.paused_until if paused else None
    return PauseTold(
        paused=paused,
        kept=paused and athlete.only_coach_resumes,
        last_day=None if back_on is None else back_on - _DAY,
        back_on=back_on,
        back_at=next(iter(occurrences.coming(db, athlete_id, now, 1)), None),
        reason=athlete.pause_reason if paused else None,
        zone=people.person(db, athlete_id).zone,
    )


def about(db: Db, athlete_id: int, now: datetime) -> dict[str, Any]:
    """Return the same as the values of a reply that has no type yet."""
    found = told(db, athlete_id, now)
    days = {"last_day": iso(found.last_day), "back_on": iso(found.back_on)}
    return {**asdict(found), **days, "back_at": iso(found.back_at)}


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
