"""When a coach's weekly summary comes: kept for every coach, and changed."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import WEEKDAYS
from bot.protocol.calendar.weeks import SummaryTime, week_told
from bot.store import people, summaries
from bot.store.tables import CoachRow, PersonRow


@dataclass(frozen=True, slots=True)
class Wish:
    """When a summary shall come: what is None stays; `on` is False for not at all."""

    weekday: int | None = None
    at: time | None = None
    on: bool = True


def of_coach(db: Db, coach_id: int, now: datetime) -> CoachRow:
    """Return what a coach has set; made now, with the usual times, if nothing is stored yet."""
    row = db.get(CoachRow, coach_id)
    if row is None:
        row = CoachRow(person_id=coach_id)
        row.summary_due_at = _next(db, row, now)
        db.add(row)
        db.flush()
    return row


def for_all(db: Db, now: datetime) -> None:
    """See to it that every coach has a next summary, unless they want none."""
    for coach_id in summaries.coaches_without_settings(db):
        of_coach(db, coach_id, now)


def replan(db: Db, coach_id: int, now: datetime) -> None:
    """Compute the next summary again: its time, or the coach's zone, has changed."""
    row = of_coach(db, coach_id, now)
    if row.summary_due_at is not None:
        row.summary_due_at = _next(db, row, now)
        db.add(row)


def change(db: Db, coach_id: int, wish: Wish, now: datetime, *, actor: int) -> tuple[str, str]:
    """Store when the summary shall come; return how it was and how it is, as `say` writes it."""
    row = of_coach(db, coach_id, now)
    before = say(row)
    if wish.weekday is not None:
        row.summary_weekday = wish.weekday
    if wish.at is not None:
        row.summary_time = f"{wish.at:%H:%M}"
    row.summary_due_at = _next(db, row, now) if wish.on else None
    db.add(row)
    after = say(row)
    if after != before:
        people.note(
            db, "summary_time", now, actor=actor, subject=coach_id, before=before, after=after
        )
    return before, after


def say(row: CoachRow) -> str:
    """Return "Mon 07:00", or "off": what /summary understands, too."""
    if row.summary_due_at is None:
        return "off"
    return f"{WEEKDAYS[row.summary_weekday]} {row.summary_time}"


def time_of(row: CoachRow, person: PersonRow) -> SummaryTime:
    """Return the weekday, wall time and zone of a coach's summary."""
    return SummaryTime(row.summary_weekday, time.fromisoformat(row.summary_time), person.zone)


def _next(db: Db, row: CoachRow, now: datetime) -> datetime:
    """Return the next instant whose week the coach was not told yet."""
    when = time_of(row, people.person(db, row.person_id))
    found = when.after(now)
    while summaries.of_week(db, row.person_id, str(week_told(found, when.zone))) is not None:
        found = when.after(found)
    return found


def set_next(db: Db, row: CoachRow, now: datetime) -> None:
    """Let the summary after this one come."""
    row.summary_due_at = _next(db, row, now)
    db.add(row)
