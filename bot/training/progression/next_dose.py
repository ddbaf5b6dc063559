"""What follows from a morning for the next session: a step down, a rest day, a pause (PROTOCOL 3).

And from days without one: after a gap of 7–13 days the dose begins one rung lower, after 14 and
more at the first rung (PROTOCOL 7). The bot only goes down by itself. Each thing is done once,
however often it is looked at.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.protocol.calendar.local_time import training_day
from bot.protocol.dose.dose import Dose, Side
from bot.protocol.progression import ladder
from bot.protocol.progression.ladder import AWAY_DAYS, GAP_DAYS, Next, Rung
from bot.protocol.progression.morning import Verdict
from bot.store import athletes, mornings, people, reminder_batch, sessions
from bot.store.mornings import DAY, Trained
from bot.store.tables import AthleteRow, MorningRow
from bot.training import occurrences, pauses, reasons
from bot.training.alerts.flow import alert_coaches
from bot.training.messages import CoachAlert
from bot.training.progression.messages import BackAfterDays, WhatFollows
from bot.training.progression.standing import LOOKS_BACK, History, days_without, histories
from bot.training.reasons import LOWEST, STEP_DOWN

_DOWN: Final = frozenset({Next.STEP_DOWN, Next.REST_DAY})
_DOWN_UNSEEN: Final = frozenset(
    outcome
    for (outcome, verdict), follows in ladder.TABLE.items()
    if verdict is Verdict.UNKNOWN and follows in _DOWN
)
"""Outcomes that ask for a step down whatever the morning after says."""


@dataclass(frozen=True, slots=True)
class Away:
    """So many `days` since `last`, the day of the last session in which anything was held."""

    last: date
    days: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What asks for less before the next session: days `away`, or the last day of training.

    That is a `day` that asks for a step down whatever the morning after it says.
    """

    away: Away | None = None
    day: date | None = None


def settle(db: Db, athlete_id: int, now: datetime) -> None:
    """Before the next session: take the step down that is owed. Again it changes nothing."""
    for one, owed in unsettled(db, [athlete_id], now).items():
        take_down(db, one, owed, now)


def unsettled(db: Db, athlete_ids: Collection[int], now: datetime) -> dict[int, Owed]:
    """Return who is to do less next, and why.

    Two statements, whatever the number of athletes; more only for those who are.
    """
    since = now - LOOKS_BACK
    stopped = reminder_batch.ended_so(db, athlete_ids, _DOWN_UNSEEN, since)
    found: dict[int, list[Trained]] = defaultdict(list)
    for one in mornings.trained(db, stopped, since) if stopped else ():
        found[one.athlete_id].append(one)
    days = {one: trained[-1].day for one, trained in found.items() if _asks_for_less(trained)}
    away = away_for_days(db, athlete_ids, now)
    return {one: Owed(away.get(one), days.get(one)) for one in days.keys() | away.keys()}


def _asks_for_less(trained: list[Trained]) -> bool:
    last = (one.outcome for one in trained if one.day == trained[-1].day)
    return any(outcome in _DOWN_UNSEEN for outcome in last)


def take_down(db: Db, athlete_id: int, owed: Owed, now: datetime) -> None:
    """Take the step down that is owed, if it was not taken before: one step for both reasons."""
    if owed.away is not None:
        restart_lower(db, athlete_id, owed.away, now)
    if owed.day is not None:
        _after_day(db, athlete_id, owed.day, now)


def coming(db: Db, athlete_id: int, at: datetime) -> Dose:
    """Return what a session at that instant asks for, as far as is known."""
    owed = unsettled(db, [athlete_id], at).get(athlete_id, Owed())
    rung = None if owed.away is None else lower(db, athlete_id, owed.away)
    if rung is None and owed.day is not None:
        history = histories(db, [athlete_id], at)[athlete_id]
        rung = _less(db, history, owed.day) if history.follows(owed.day) in _DOWN else None
    dose = sessions.dose_of(people.plan(db, athlete_id))
    return dose if rung is None else ladder.stepped(dose, rung)


def _after_day(db: Db, athlete_id: int, day: date, now: datetime) -> None:
    """Take the step down that the last day of training asks for."""
    history = histories(db, [athlete_id], now)[athlete_id]
    if history.follows(day) not in _DOWN:
        return
    lowest = _at_lowest(db, history, day)
    rung = _step_down(db, history, day, now)
    if rung is not None or lowest:
        _tell(db, history, day, now, rung=rung, lowest=lowest)


def weigh(db: Db, row: MorningRow, before: int | None, now: datetime) -> History | None:
    """A morning was answered, or changed from `before`: do what follows from it.

    What was done because of an earlier answer is not done again, and not taken back; only a
    higher number alerts and pauses anew. Returns what was read, where it still stands.
    """
    history, day = histories(db, [row.athlete_id], now)[row.athlete_id], row.local_date - DAY
    worse = before is None or (row.value or 0) > before
    if worse and history.verdict(row.local_date) is Verdict.SEVERE:
        _alert(db, history, row, now, reasons.SEVERE_MORNING)
    if day not in history.days:
        return history
    follows = history.follows(day)
    lowest = worse and follows in _DOWN and _at_lowest(db, history, day)
    rung = _step_down(db, history, day, now) if follows in _DOWN else None
    rests_on = _rest_day(db, row, now) if follows is Next.REST_DAY else None
    paused = worse and follows is Next.PAUSE and _pause(db, history.athlete, now)
    if lowest and history.verdict(row.local_date) is Verdict.FLARE:
        _alert(db, history, row, now, LOWEST)
    if rung is not None or rests_on is not None or paused or lowest:
        _tell(db, history, day, now, rung=rung, rests_on=rests_on, paused=paused, lowest=lowest)
        return None
    return history


def _at_lowest(db: Db, history: History, day: date) -> bool:
    """Whether the plan of that day's session still stands, and has no step below it."""
    used = history.days[day][-1].plan_id
    lowest = ladder.down(sessions.dose_of(history.plan)) is None
    return lowest and not athletes.dose_changed_since(db, history.plan.athlete_id, used)


def _less(db: Db, history: History, day: date) -> Rung | None:
    """Return one step below the plan, unless the dose was changed since that day's session."""
    plan, used = history.plan, history.days[day][-1].plan_id
    changed = athletes.dose_changed_since(db, plan.athlete_id, used)
    return None if changed else ladder.down(sessions.dose_of(plan))


def _step_down(db: Db, history: History, day: date, now: datetime) -> Rung | None:
    """Add the plan version one step below, if there is one to take."""
    plan, rung = history.plan, _less(db, history, day)
    if rung is None:
        return None
    dose = sessions.dose_of(plan)
    less = ladder.stepped(dose, rung)
    db.add(sessions.plan_row(plan.athlete_id, plan.version + 1, less, now))
    _note(db, STEP_DOWN, plan.athlete_id, now, str(ladder.rung_of(dose)), str(rung))
    return rung


def _rest_day(db: Db, row: MorningRow, now: datetime) -> date | None:
    """Put the next planned day aside, once for this morning; return it."""
    if occurrences.rests(db, row.athlete_id, row.local_date):
        return None
    day = occurrences.rest_day(db, row.athlete_id, now)
    if day is not None:
        _note(db, "rest_day", row.athlete_id, now, None, str(day))
    return day


def _pause(db: Db, athlete: AthleteRow, now: datetime) -> bool:
    """Pause the plan until a coach or admin resumes it; False when a morning has done so before."""
    if athlete.paused_at is not None and athlete.pause_reason == reasons.SEVERE_MORNING:
        return False
    pauses.pause(db, athlete.person_id, None, now, actor=None, reason=reasons.SEVERE_MORNING)
    return True


def _note(
    db: Db, action: str, athlete_id: int, now: datetime, before: str | None, after: str
) -> None:
    people.note(db, action, now, actor=None, subject=athlete_id, before=before, after=after)


def _tell(
    db: Db,
    history: History,
    day: date,
    now: datetime,
    *,
    rung: Rung | None = None,
    rests_on: date | None = None,
    paused: bool = False,
    lowest: bool = False,
) -> None:
    """Tell the athlete what follows, and why."""
    athlete = people.person(db, history.athlete.person_id)
    told = WhatFollows(
        outcome=history.decisive(day),
        verdict=history.verdict(day + DAY),
        dose=rung,
        side=Side(history.plan.side),
        rests_on=rests_on,
        paused=paused,
        has_coach=people.has_reachable_coach(db, history.athlete.person_id),
        zone=athlete.zone,
        lowest=ladder.rung_of(sessions.dose_of(history.plan)) if lowest else None,
    )
    known = history.pains.get(day + DAY)
    when = "lowest" if known is None and lowest else f"{now.timestamp():.6f}"
    key = f"next:{athlete.id}:{day}:{known}:{when}"
    post(db, athlete.telegram_id, Say(told), now, key=key)


def _alert(db: Db, history: History, row: MorningRow, now: datetime, event: str) -> None:
    """Alert the coaches, once for each value."""
    athlete = people.person(db, row.athlete_id)
    intent = CoachAlert(
        athlete=athlete.name,
        athlete_id=row.athlete_id,
        event=event,
        value=row.value,
        limit=history.plan.pain_limit,
        spot=None,
        at=now,
        zone=athlete.zone,
        locked=history.athlete.locked_at is not None,
    )
    alert_coaches(db, row.athlete_id, intent, f"m{row.id}:{event}:{row.value}", now)


# ---- days without a session -----------------------------------------------------------


def away_for_days(db: Db, athlete_ids: Collection[int], now: datetime) -> dict[int, Away]:
    """Return which of these athletes have not trained for a week or more.

    One statement, and one more for each of them.
    """
    found: dict[int, Away] = {}
    for one in reminder_batch.last_held(db, athlete_ids):
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
    set_on = training_day(athletes.dose_set_at(db, athlete_id), zone)
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
