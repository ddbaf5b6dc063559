"""Pausing the plan, and resuming it."""

import re
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.flows import calendar
from bot.flows.choices import fold
from bot.flows.intents import iso
from bot.flows.turn import Turn
from bot.protocol.local_time import instant, local
from bot.protocol.quiet import release_at
from bot.protocol.recurrence import NoOccurrenceError, next_occurrence
from bot.protocol.typed_calendar import MAX_DAYS_AHEAD, InputError, parse_until
from bot.store import people
from bot.store.tables import Role

_DAY: Final = timedelta(days=1)
_SPAN: Final = re.compile(r"(?:in )?(\d{1,4}|an?|one) ?(day|week)s?", re.ASCII)
_LEAD: Final = re.compile(r"^(?:until|till|til|to|for)\s+", re.IGNORECASE)


def pause(turn: Turn, until_text: str | None) -> None:
    """/pause: no reminders until a day, or until /resume where none is named."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say("not_allowed")
        return
    text = (until_text or "").strip()
    try:
        back_on = first_day_back(text, _today(turn)) if text else None
    except InputError as why:
        turn.say("pause_problem", problem=str(why))
        return
    pause_until(turn, back_on)


def first_day_back(text: str, today: date) -> date:
    """Return the first day after a typed pause; a date or weekday is the last day of it.

    "3 days" counts from today. Raises InputError: what is wrong, what is allowed, an example.
    """
    folded = _LEAD.sub("", fold(text))
    span = _SPAN.fullmatch(folded)
    if span is None:
        return parse_until(folded, today) + _DAY
    number = int(span[1]) if span[1].isdigit() else 1
    days = number * (7 if span[2] == "week" else 1)
    if not 1 <= days <= MAX_DAYS_AHEAD:
        raise InputError("A pause lasts from one day to two years. Write /pause 3 days.")
    return today + days * _DAY


def resume(turn: Turn) -> None:
    """/resume: the pause ends now. A lock is the coach's to lift."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say("not_allowed")
        return
    if _stays(turn):
        return
    paused = calendar.is_paused(turn.db, turn.person_id, turn.now)
    if paused:
        _store_pause(turn, None, None, "resume")
        calendar.replan(turn.db, turn.person_id, turn.now)
    athlete = people.athlete(turn.db, turn.person_id)
    turn.show(
        "resumed" if paused else "not_paused",
        next_at=iso(calendar.next_at(turn.db, turn.person_id, turn.now)),
        zone=people.person(turn.db, turn.person_id).zone,
        locked=athlete.locked_at is not None,
    )


def pause_days(turn: Turn, days: int | None) -> None:
    """Pause for so many days from today, or until resumed."""
    pause_until(turn, None if days is None else _today(turn) + days * _DAY)


def pause_until(turn: Turn, back_on: date | None) -> None:
    """Pause: no reminders before the day `back_on`, or until resumed."""
    if _stays(turn):
        return
    _store_pause(turn, turn.now, back_on, "pause")
    calendar.put_aside(turn.db, turn.person_id, turn.now)
    turn.show(
        "paused",
        back_on=iso(back_on),
        back_at=None if back_on is None else iso(_first_after(turn, back_on)),
        zone=people.person(turn.db, turn.person_id).zone,
    )


def _stays(turn: Turn) -> bool:
    """Whether the plan is paused by what only a coach or admin ends; then say so."""
    athlete = people.athlete(turn.db, turn.person_id)
    if athlete.paused_at is None or athlete.pause_reason != calendar.SEVERE_MORNING:
        return False
    turn.show("pause_stays", has_coach=bool(people.coaches_of(turn.db, turn.person_id)))
    return True


def _store_pause(turn: Turn, paused_at: datetime | None, back_on: date | None, action: str) -> None:
    athlete = people.athlete(turn.db, turn.person_id)
    before = _say_pause(athlete.paused_at, athlete.paused_until)
    after = _say_pause(paused_at, back_on)
    athlete.paused_at, athlete.paused_until = paused_at, back_on
    turn.db.add(athlete)
    who = turn.who.person_id
    people.note(
        turn.db, action, turn.now, actor=who, subject=turn.person_id, before=before, after=after
    )
    turn.db.flush()


def _say_pause(paused_at: datetime | None, back_on: date | None) -> str | None:
    if paused_at is None:
        return None
    return "until resumed" if back_on is None else f"back on {back_on}"


def _first_after(turn: Turn, back_on: date) -> datetime | None:
    """Return when the first reminder after the pause comes."""
    athlete = people.athlete(turn.db, turn.person_id)
    person = people.person(turn.db, turn.person_id)
    recurrence = calendar.recurrence_of(athlete, person)
    if recurrence is None:
        return None
    midnight = instant(back_on, time(), person.zone)
    try:
        found = next_occurrence(recurrence, midnight - timedelta(microseconds=1))
    except NoOccurrenceError:
        return None
    return release_at(found.at, calendar.quiet_of(athlete), person.zone)


def _today(turn: Turn) -> date:
    return local(turn.now, people.person(turn.db, turn.person_id).zone).date()
