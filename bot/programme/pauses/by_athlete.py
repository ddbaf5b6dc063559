"""The athlete's own pause, and resuming from it."""

from datetime import date, timedelta
from typing import Final

from bot.conversation import which
from bot.conversation.common.messages import NotAllowed
from bot.conversation.interaction import Interaction
from bot.conversation.parse_who import MYSELF
from bot.conversation.pending_input import Takes, take_command
from bot.conversation.which_messages import CommandChoice
from bot.programme.pauses import standing
from bot.programme.pauses.messages import (
    NotPaused,
    PauseKept,
    PauseLengthAsked,
    PauseNotUnderstood,
    PlanPaused,
    PlanResumed,
)
from bot.protocol.calendar.input_error import InputError, WhichError
from bot.protocol.calendar.parse_spans import LENGTHS, parse_span
from bot.protocol.calendar.two_days import Span
from bot.store import people
from bot.store.tables import Role
from bot.training import occurrences, pauses

_DAY: Final = timedelta(days=1)
_COMMAND: Final = "pause"
_OWN: Final = f"#{MYSELF}"


def pause(turn: Interaction, words: str) -> None:
    """/pause: no reminders on the days that are named; without any, it asks for how long."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say(NotAllowed())
    elif not _kept(turn):
        _read(turn, words.strip())


def ask(turn: Interaction) -> None:
    """Ask for how long, unless somebody else paused the plan."""
    if not _kept(turn):
        found = pauses.state(turn.db, turn.person_id, turn.now)
        turn.show(PauseLengthAsked(standing.days_of(found), found.zone))
        _await_length(turn)


def _read(turn: Interaction, words: str) -> None:
    if not words:
        ask(turn)
        return
    try:
        found = parse_span(words, _today(turn))
        standing.check(pauses.state(turn.db, turn.person_id, turn.now), found, _today(turn))
    except WhichError as why:
        which.ask(turn, _COMMAND, why, before=_OWN, takes=Takes.DAYS)
    except InputError as why:
        turn.say(PauseNotUnderstood(str(why)))
        _await_length(turn)
    else:
        pause_on(turn, found)


def _await_length(turn: Interaction) -> None:
    """Take the next text as how long, if it is about time."""
    choices = [CommandChoice(one, f"{_OWN} {one}") for one in LENGTHS]
    which.await_choice(turn, _COMMAND, choices, Takes.DAYS, _OWN)


def is_span(turn: Interaction, text: str) -> bool:
    """Whether /pause can read when to pause from these words, or ask about them."""
    try:
        parse_span(text, _today(turn))
    except WhichError:
        return True
    except InputError:
        return False
    return True


def resume(turn: Interaction) -> None:
    """/resume: the pause ends now, if it was the athlete's own. A lock is the coach's to lift."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say(NotAllowed())
        return
    if _kept(turn):
        return
    take_command(turn)
    ahead = pauses.state(turn.db, turn.person_id, turn.now).ahead
    resumed = pauses.resume(turn.db, turn.person_id, turn.now, actor=turn.person_id)
    next_at = occurrences.next_at(turn.db, turn.person_id, turn.now)
    zone = people.person(turn.db, turn.person_id).zone
    locked = people.athlete(turn.db, turn.person_id).locked_at is not None
    if resumed:
        turn.show(PlanResumed(next_at, zone, locked, ahead))
    else:
        turn.show(NotPaused(next_at, zone, locked))


def pause_days(turn: Interaction, days: int | None) -> None:
    """Pause for so many days from today, or until resumed."""
    today = _today(turn)
    if not _kept(turn):
        pause_on(turn, Span(today, None if days is None else today + days * _DAY))


def pause_on(turn: Interaction, span: Span) -> None:
    """Pause: no reminders on these days; show them, with the pause there was before."""
    take_command(turn)
    before = standing.days_of(pauses.state(turn.db, turn.person_id, turn.now))
    pauses.pause(
        turn.db,
        turn.person_id,
        span.back_on,
        turn.now,
        actor=turn.person_id,
        first=span.first,
    )
    found = pauses.state(turn.db, turn.person_id, turn.now)
    turn.show(PlanPaused(found.back_on, found.back_at, found.zone, found.first_day, before))


def _kept(turn: Interaction) -> bool:
    """Whether somebody else's pause stands; the athlete is told who can end it."""
    kept = pauses.is_kept(turn.db, turn.person_id, turn.now)
    if kept:
        found = pauses.state(turn.db, turn.person_id, turn.now)
        turn.show(PauseKept(found.back_on, found.reason, found.zone, found.first_day))
    return kept


def _today(turn: Interaction) -> date:
    return pauses.today_of(turn.db, turn.person_id, turn.now)
