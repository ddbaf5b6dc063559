"""Days without a session: after a week the dose begins lower, and no credit lasts over them.

PROTOCOL 7: a gap of 7–13 days restarts one rung lower, 14 and more at the first rung.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlmodel import Session as Db

from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.protocol.calendar.local_time import instant
from bot.protocol.calendar.training_day import training_day
from bot.protocol.dose.dose import Side
from bot.protocol.progression import ladder
from bot.protocol.progression.ladder import AWAY_DAYS, GAP_DAYS, Rung
from bot.store import people, plans, sessions
from bot.training import occurrences
from bot.training.occurrences import Schedule
from bot.training.progression.messages import BackAfterDays
from bot.training.reasons import STEP_DOWN


@dataclass(frozen=True, slots=True)
class Away:
    """So many `days` since `last`, the day of the last session in which anything was held."""

    last: date
    days: int


def days_without(schedule: Schedule, zone: str, last: date, day: date) -> int:
    """Return how many days lie between two days of training.

    0 where the schedule itself leaves so many: who trains every Monday was not away.
    """
    found = (day - last).days
    if found < GAP_DAYS:
        return found
    over = instant(last + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
    expected = occurrences.following(schedule, zone, (), over)
    return 0 if expected is not None and expected.local_date >= day else found


def away(db: Db, athlete_ids: Collection[int], now: datetime) -> dict[int, Away]:
    """Return which of these athletes have not trained for a week or more.

    One statement, and one more for each of them.
    """
    found: dict[int, Away] = {}
    for one in sessions.last_held(db, athlete_ids):
        last, today = training_day(one.opened_at, one.zone), training_day(now, one.zone)
        if (today - last).days >= GAP_DAYS:
            schedule = people.athlete(db, one.athlete_id)
            days = days_without(schedule, one.zone, last, today)
            if days >= GAP_DAYS:
                found[one.athlete_id] = Away(last, days)
    return found


def lower(db: Db, athlete_id: int, found: Away) -> Rung | None:
    """Return the step down, or the first rung, that the next session begins with.

    None where that was done since; a dose that was set in these days stays: who set it knew.
    """
    plan, zone = people.plan(db, athlete_id), people.person(db, athlete_id).zone
    known = AWAY_DAYS if found.days >= AWAY_DAYS else GAP_DAYS
    set_on = training_day(plans.dose_set_at(db, athlete_id), zone)
    if (set_on - found.last).days >= known:
        return None
    return ladder.after_days(sessions.dose_of(plan), found.days)


def restart_lower(db: Db, athlete_id: int, found: Away, now: datetime) -> None:
    """Take that step, and tell why."""
    rung = lower(db, athlete_id, found)
    if rung is None:
        return
    plan, person = people.plan(db, athlete_id), people.person(db, athlete_id)
    dose = sessions.dose_of(plan)
    less = ladder.stepped(dose, rung)
    db.add(sessions.plan_row(athlete_id, plan.version + 1, less, now))
    before = str(ladder.rung_of(dose))
    people.note(db, STEP_DOWN, now, actor=None, subject=athlete_id, before=before, after=str(rung))
    db.flush()
    told = BackAfterDays(found.last, rung, Side(plan.side), person.zone, rung == ladder.LADDER[0])
    key = f"back:{athlete_id}:{found.last}:{rung}"
    post(db, person.telegram_id, Say(told), now, key=key)
