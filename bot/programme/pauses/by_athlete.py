"""The athlete's own pause, and resuming from it."""

import re
from datetime import date, timedelta
from typing import Final

from bot.conversation.common.messages import NotAllowed
from bot.conversation.interaction import Interaction
from bot.conversation.schedule_input import fold_answer
from bot.programme.pauses.messages import (
    NotPaused,
    PauseKept,
    PauseNotUnderstood,
    PlanPaused,
    PlanResumed,
)
from bot.protocol.calendar.parse_dates import MAX_DAYS_AHEAD, InputError, parse_until
from bot.store import people
from bot.store.tables import Role
from bot.training import occurrences, pauses

_DAY: Final = timedelta(days=1)
_SPAN: Final = re.compile(r"(?:in )?(\d{1,4}|an?|one) ?(day|week)s?", re.ASCII)
_LEAD: Final = re.compile(r"^(?:until|till|til|to|for)\s+", re.IGNORECASE)


def pause(turn: Interaction, until_text: str | None) -> None:
    """/pause: no reminders until a day, or until /resume where none is named."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say(NotAllowed())
        return
    text = (until_text or "").strip()
    try:
        back_on = first_day_back(text, _today(turn)) if text else None
    except InputError as why:
        turn.say(PauseNotUnderstood(str(why)))
        return
    pause_until(turn, back_on)


def is_span(turn: Interaction, text: str) -> bool:
    """Whether /pause can read until when these words pause."""
    try:
        first_day_back(text, _today(turn))
    except InputError:
        return False
    return True


def first_day_back(text: str, today: date) -> date:
    """Return the first day after a typed pause; a date or weekday is the last day of it.

    "3 days" counts from today. Raises InputError: what is wrong, what is allowed, an example.
    """
    plain = _LEAD.sub("", " ".join(text.split())).strip(" .!")
    span = _SPAN.fullmatch(fold_answer(plain))
    if span is None:
        return parse_until(plain, today) + _DAY
    number = int(span[1]) if span[1].isdigit() else 1
    days = number * (7 if span[2] == "week" else 1)
    if not 1 <= days <= MAX_DAYS_AHEAD:
        raise InputError("A pause lasts from one day to two years. Write /pause 3 days.")
    return today + days * _DAY


def resume(turn: Interaction) -> None:
    """/resume: the pause ends now, if it was the athlete's own. A lock is the coach's to lift."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say(NotAllowed())
        return
    if _kept(turn):
        return
    resumed = pauses.resume(turn.db, turn.person_id, turn.now, actor=turn.person_id)
    next_at = occurrences.next_at(turn.db, turn.person_id, turn.now)
    zone = people.person(turn.db, turn.person_id).zone
    locked = people.athlete(turn.db, turn.person_id).locked_at is not None
    reply = PlanResumed if resumed else NotPaused
    turn.show(reply(next_at, zone, locked))


def pause_days(turn: Interaction, days: int | None) -> None:
    """Pause for so many days from today, or until resumed."""
    pause_until(turn, None if days is None else _today(turn) + days * _DAY)


def pause_until(turn: Interaction, back_on: date | None) -> None:
    """Pause: no reminders before the day `back_on`, or until resumed."""
    if _kept(turn):
        return
    pauses.pause(turn.db, turn.person_id, back_on, turn.now, actor=turn.person_id)
    found = pauses.state(turn.db, turn.person_id, turn.now)
    turn.show(PlanPaused(found.back_on, found.back_at, found.zone))


def _kept(turn: Interaction) -> bool:
    """Whether the plan is paused by somebody else; the athlete is told who can end that."""
    kept = pauses.is_kept(turn.db, turn.person_id, turn.now)
    if kept:
        found = pauses.state(turn.db, turn.person_id, turn.now)
        turn.show(PauseKept(found.back_on, found.reason, found.zone))
    return kept


def _today(turn: Interaction) -> date:
    return pauses.today_of(turn.db, turn.person_id, turn.now)
