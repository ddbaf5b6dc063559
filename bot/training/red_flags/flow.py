"""Red flags: asked for and reported (PROTOCOL 5); a person lifts them, see coaching/unlock."""

from typing import Final

from bot.conversation import recipients
from bot.conversation.common.messages import NotAthlete
from bot.conversation.interaction import Interaction
from bot.conversation.schedule_input import NO, fold_answer
from bot.protocol.dose.exercises import WITHOUT_BAND
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.protocol.session import events
from bot.protocol.session.state import CUED
from bot.store import people, sessions
from bot.store.tables import AthleteRow
from bot.training import occurrences, screening
from bot.training.alerts.flow import alert_coaches
from bot.training.messages import CoachAlert, RedFlagAdvice
from bot.training.red_flags.messages import NONE, NONE_AWAY, NONE_BANDLESS, NoFlags
from bot.training.session import actions, apply_event

_BEGIN: Final = {NONE_AWAY: None, NONE_BANDLESS: WITHOUT_BAND}
"""Buttons after which the session begins, and what is held in the place of the plan's."""
_NONE_TYPED = NO | {"none", "none of these", "none of them"}


def screen(turn: Interaction, why: str = "asked", noted: int | None = None) -> None:
    """Ask for red flags; `noted` is a pain that was kept as a note.

    A set that has a cue ahead or running is broken off first.
    """
    turn.answer()
    if turn.athlete is None:
        turn.say(NotAthlete())
        return
    live = sessions.live(turn.db, turn.person_id)
    if live is not None and live.value.phase in CUED:
        apply_event.happen(turn.db, live, events.Pause(events.BreakReason.SIGNS), turn.now)
    screening.ask(turn, why, noted)


def report(turn: Interaction, flag_id: str, stamp: int = 0) -> None:
    """An answer to the questions: a sign always counts, "none" only for those that are open."""
    if turn.athlete is None or flag_id not in {NONE, *_BEGIN, *RED_FLAGS}:
        turn.expired()
    elif flag_id in RED_FLAGS:
        _flagged(turn, flag_id)
    elif stamp == 0 or stamp != screening.stamp(turn.athlete):
        turn.expired()
    elif flag_id == NONE:
        _no_flags(turn)
    else:
        _screened(turn)
        planned = sessions.dose_of(people.plan(turn.db, turn.person_id))
        actions.begin(turn, exercise=_BEGIN[flag_id] if planned.needs_band else None)


def typed(turn: Interaction, text: str) -> bool:
    """Take typed words as an answer to the questions; a number of their list has to be tapped.

    It may be a pain as well: it is never guessed. False for words that answer nothing.
    """
    assert turn.athlete is not None
    if says_none(text):
        report(turn, NONE, screening.stamp(turn.athlete))
    elif text.strip() in map(str, range(1, len(RED_FLAGS) + 1)):
        screening.ask(turn, "typed")
    else:
        return False
    return True


def says_none(text: str) -> bool:
    """Whether the words say that none of the signs is there."""
    return fold_answer(text) in _NONE_TYPED


def _no_flags(turn: Interaction) -> None:
    turn.answer()
    turn.show(NoFlags(locked=_screened(turn).locked_at is not None))
    live = sessions.live(turn.db, turn.person_id)
    if live is not None and live.value.phase not in CUED:
        apply_event.ask_again(turn.db, live, turn.now)


def _screened(turn: Interaction) -> AthleteRow:
    """Keep that the athlete was asked and named no sign."""
    athlete = screening.answered(turn.db, turn.person_id, turn.now)
    athlete.screened_at = turn.now
    turn.db.add(athlete)
    turn.db.flush()
    return athlete


def _flagged(turn: Interaction, flag_id: str) -> None:
    readers = recipients.coaches(turn.db, turn.person_id)
    screening.answered(turn.db, turn.person_id, turn.now)
    turn.send(RedFlagAdvice(flag_id, bool(readers), readers))
    turn.answer()
    turn.retire()
    live = sessions.live(turn.db, turn.person_id)
    session_id = None if live is None else live.id
    new = people.raise_flag(turn.db, turn.person_id, flag_id, turn.now, session_id=session_id)
    if live is not None:
        apply_event.happen(turn.db, live, events.RedFlagRaised(), turn.now)
    elif new:
        occurrences.lock(turn.db, turn.person_id, "red_flag", turn.now)
        _alert(turn, flag_id)


def _alert(turn: Interaction, flag_id: str) -> None:
    person = people.person(turn.db, turn.person_id)
    intent = CoachAlert(
        athlete=person.name,
        athlete_id=turn.person_id,
        event="red_flag",
        value=None,
        limit=people.plan(turn.db, turn.person_id).pain_limit,
        spot=None,
        at=turn.now,
        zone=person.zone,
        locked=True,
        reason=flag_id,
    )
    alert_coaches(turn.db, turn.person_id, intent, f"u{turn.update_id}:flag", turn.now)
