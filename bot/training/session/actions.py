"""What the athlete does in a session: start, answer, stop, explain, break off, undo.

What they do about its reminder: reminders/buttons.py.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.conversation.common.messages import PainSaved, SavedAlready, UnknownText
from bot.conversation.interaction import Interaction
from bot.protocol.session import events
from bot.protocol.session.answers import known_answer, subject
from bot.protocol.session.events import Event, Refusal
from bot.protocol.session.machine import UNDO_WINDOW, step
from bot.protocol.session.state import CUED, Outcome, Phase, Session, StopReason
from bot.store import inbox, people, ratings, sessions
from bot.store import start_queue as places
from bot.store.sessions import Stored
from bot.training import open_questions, screening
from bot.training.eligibility import Barred
from bot.training.messages import Noted
from bot.training.pain_notes.messages import PainNoteAsked, PainNoteUndone
from bot.training.reasons import Bar
from bot.training.session import apply_event, clips, late, start, start_queue
from bot.training.session.messages import (
    AnswerTooEarly,
    EditNotTaken,
    InLine,
    LateAnswerSaved,
    LateUndo,
    LineLeft,
    LowerNotTaken,
    NoSessionNow,
    NotAsked,
    NothingToStop,
    NothingToUndo,
    SessionIsNewer,
    SessionRunning,
    SessionStarted,
    StaysStopped,
    StopTaken,
)
from bot.training.session.start_queue import Later

TYPED_LATE: Final = timedelta(hours=1)
"""So long after the end a typed number or reason is taken as the session's missing answer."""


def begin(turn: Interaction, occurrence_id: int | None = None, exercise: str | None = None) -> None:
    """Start today's session, from the reminder or by command; not where that was said long ago.

    `exercise` is held in the place of the plan's.
    """
    if turn.old:
        barred = late.begin(turn, occurrence_id, exercise)
        if barred is not None:
            refuse(turn, barred, bandless=exercise is not None)
        return
    result = start.begin(turn.db, turn.person_id, occurrence_id, turn.now, exercise)
    if isinstance(result, Barred):
        refuse(turn, result, bandless=exercise is not None)
        return
    turn.answer()
    if isinstance(result, Later):
        zone = people.person(turn.db, turn.person_id).zone
        turn.show(InLine(start_queue.whole(result.at), zone))
    elif turn.message_id is not None:
        turn.show(SessionStarted())


def refuse(turn: Interaction, barred: Barred, *, bandless: bool = False) -> None:
    """Say why there is no session now; what is asked first keeps that it is to be `bandless`."""
    if barred.why is Bar.GONE:
        turn.expired()
        return
    turn.answer()
    if barred.why is Bar.RUNNING:
        remind_of_question(turn)
        return
    if barred.why in {Bar.AWAY, Bar.SCREENING}:
        screening.ask(turn, barred.why, bandless=bandless)
        return
    zone = people.person(turn.db, turn.person_id).zone
    turn.say(NoSessionNow(barred.why, zone, barred.reason, barred.next_at, barred.until))


def remind_of_question(turn: Interaction) -> None:
    """A session is running: say where it stands, with the open question once more."""
    live = sessions.live(turn.db, turn.person_id)
    assert live is not None
    if live.value.phase in CUED:
        turn.say(SessionRunning())
    else:
        apply_event.ask_again(turn.db, live, turn.now)


def answer_pain(
    turn: Interaction,
    value: int,
    session_id: int | None,
    about: int | None,
    *,
    corrects: bool = False,
    message_id: int | None = None,
) -> None:
    """A pain answer, by button (`session_id`, `about`) or typed, as the message `message_id`.

    After the session's end it is kept as a late one. Over the limit it stops whatever runs.
    """
    stored = _session(turn, session_id)
    if stored is None:
        turn.expired()
        return
    pain = events.Pain(value, about, corrects, message_id)
    result = apply_event.happen(turn.db, stored, pain, turn.now)
    if stored.value.phase is Phase.CLOSED:
        stops_live(turn, value)
    if isinstance(result, Refusal):
        _refused_pain(turn, stored, pain, result)
        return
    turn.answer(PainSaved(value))
    pressed = turn.message_id
    if pressed is not None and result.value.phase is not Phase.RESTING:
        if turn.on_sound or clips.is_one(turn.db, turn.chat_id, pressed):
            clips.put_away_pressed(turn.db, turn.chat_id, pressed, turn.now)
        else:
            turn.send(Noted(value, pressed))
    elif turn.message_id is None and not _told_by_stop(result):
        turn.say(PainSaved(value))


def _told_by_stop(stored: Stored) -> bool:
    """Whether the message about the end names the number: the last word is then not this one."""
    return stored.value.outcome in {Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD, Outcome.RISING}


def stops_live(turn: Interaction, value: int) -> None:
    """A pain number was given beside a session that runs: over its limit it stops the set."""
    live = sessions.live(turn.db, turn.person_id)
    if live is not None:
        apply_event.happen(turn.db, live, events.Pain(value, events.NOTE), turn.now)


def note_pain(turn: Interaction, value: int, message_id: int | None = None) -> None:
    """A number that answers no question of the live session: it stops the set, or is kept."""
    live = sessions.live(turn.db, turn.person_id)
    assert live is not None
    pain = events.Pain(value, events.NOTE, message_id=message_id)
    result = apply_event.happen(turn.db, live, pain, turn.now)
    if isinstance(result, Refusal):
        ratings.note(
            turn.db,
            turn.person_id,
            value,
            turn.now,
            session_id=live.id,
            message_id=message_id,
        )
    turn.answer(PainSaved(value))
    waits = live.value.phase not in CUED
    if isinstance(result, Refusal) and waits:
        apply_event.ask_again(turn.db, live, turn.now, why="noted")
    elif isinstance(result, Refusal) or not _told_by_stop(result):
        turn.say(PainSaved(value))


def late_number(turn: Interaction, value: int, message_id: int | None) -> bool:
    """Take a number typed after the end as the answer that is missing, or corrects the last.

    False where the newest session asks for none any more.
    """
    newest = sessions.newest(turn.db, turn.person_id)
    if newest is None or newest.value.closed_at is None:
        return False
    missing = known_answer(newest.value, events.Pain(value)) is None
    if turn.now - newest.value.closed_at > (TYPED_LATE if missing else UNDO_WINDOW):
        return False
    answer_pain(turn, value, newest.id, None, message_id=message_id)
    return True


def late_reason(turn: Interaction, reason: StopReason) -> bool:
    """Take a reason typed after the end; False where the newest session wants none."""
    newest = sessions.newest(turn.db, turn.person_id)
    if newest is None or newest.value.closed_at is None:
        return False
    if turn.now - newest.value.closed_at > TYPED_LATE:
        return False
    result = apply_event.happen(turn.db, newest, events.Reason(reason), turn.now)
    if isinstance(result, Refusal):
        return False
    turn.say(LateAnswerSaved())
    return True


def _refused_pain(turn: Interaction, stored: Stored, pain: events.Pain, why: Refusal) -> None:
    if why is Refusal.KNOWN:
        turn.answer(SavedAlready())
        if turn.query_id is None:
            turn.say(SavedAlready())
    elif why is Refusal.LOWER:
        said = _lower_not_taken(stored.value, pain, turn.now)
        turn.answer(said, alert=True)
        if turn.query_id is None:
            turn.say(said)
    elif why is Refusal.TOO_EARLY:
        turn.answer(AnswerTooEarly(), alert=True)
    elif turn.query_id is not None:
        turn.expired()
    elif stored.value.phase is Phase.CLOSED:
        turn.say(NotAsked(pain.value))
    elif pain.corrects:
        turn.say(EditNotTaken())
    else:
        note_pain(turn, pain.value, pain.message_id)


def _lower_not_taken(session: Session, pain: events.Pain, now: datetime) -> LowerNotTaken:
    """Return which answer stays, and whether /undo would take back this one."""
    undone = step(session, events.Undo(), now)
    newest = subject(session, pain) == subject(session, events.Pain(pain.value))
    return LowerNotTaken(
        kept=known_answer(session, pain),
        undo=newest and not isinstance(undone, Refusal),
        stopped=undone is Refusal.STAYS_STOPPED,
    )


def unclear(turn: Interaction) -> None:
    """Something came that nobody understood: what runs is broken off, an open question asked again.

    A hold never goes on over it, and it is never guessed into an answer.
    """
    live = sessions.live(turn.db, turn.person_id)
    if live is None:
        turn.say(UnknownText())
    elif live.value.phase in CUED:
        apply_event.happen(turn.db, live, events.Pause(events.BreakReason.WORDS), turn.now)
    else:
        apply_event.ask_again(turn.db, live, turn.now, why="unclear")


def stop(turn: Interaction, session_id: int | None = None) -> None:
    """STOP, by button or word: what is going on ends, whichever of their sessions it was for."""
    mine = session_id is None or _session(turn, session_id) is not None
    stored = sessions.live(turn.db, turn.person_id) if mine else None
    if stored is None:
        _nothing_to_stop(turn)
        return
    result = apply_event.happen(turn.db, stored, events.Stop(), turn.now)
    if isinstance(result, Stored):
        turn.answer(StopTaken())
    elif result is Refusal.KNOWN:
        turn.answer(StopTaken())
        apply_event.ask_again(turn.db, stored, turn.now)
    else:
        _nothing_to_stop(turn)


def leave_line(turn: Interaction) -> None:
    """Do not wait for a session any more."""
    if not places.leave(turn.db, turn.person_id):
        turn.expired()
        return
    turn.answer()
    turn.show(LineLeft())


def _nothing_to_stop(turn: Interaction) -> None:
    if turn.who.person_id is not None and places.leave(turn.db, turn.person_id):
        turn.answer()
        turn.say(LineLeft())
    elif turn.query_id is not None:
        turn.expired()
    else:
        turn.say(NothingToStop())


def explain(turn: Interaction, session_id: int | None, reason: StopReason) -> None:
    """Say why the set was stopped."""
    _happen(turn, session_id, events.Reason(reason))


def go_on(turn: Interaction, session_id: int, number: int) -> None:
    """After interruption `number`: go on. What was pressed long ago asks once more instead."""
    stored = _session(turn, session_id)
    waits = stored is not None and stored.value.phase is Phase.INTERRUPTED
    if turn.old and stored is not None and waits and stored.value.breaks == number:
        late.asked_again(turn, stored)
    elif waits and open_questions.note_is_missing(turn):
        _ask_pain(turn)
    else:
        _happen(turn, session_id, events.GoOn(number))


def finish(turn: Interaction, session_id: int, number: int) -> None:
    """After interruption `number`: finish for today."""
    _happen(turn, session_id, events.Finish(number))


def pause(turn: Interaction, why: events.BreakReason = events.BreakReason.WISH) -> bool:
    """Break off a running session; False when none is running."""
    stored = sessions.live(turn.db, turn.person_id)
    if stored is None:
        return False
    if isinstance(apply_event.happen(turn.db, stored, events.Pause(why), turn.now), Refusal):
        remind_of_question(turn)
    return True


def resume(turn: Interaction) -> bool:
    """Go on after a break in a session; False when none is waiting."""
    stored = sessions.live(turn.db, turn.person_id)
    if stored is None or stored.value.phase is not Phase.INTERRUPTED:
        return False
    if turn.old:
        late.asked_again(turn, stored)
    elif open_questions.note_is_missing(turn):
        _ask_pain(turn)
    elif apply_event.happen(turn.db, stored, events.GoOn(), turn.now) is Refusal.WITHHELD:
        _say_withheld(turn)
    return True


def _ask_pain(turn: Interaction) -> None:
    turn.answer()
    turn.say(PainNoteAsked())


def _say_withheld(turn: Interaction) -> None:
    """No hold may come: ask the red-flag questions that are open once more, or say what bars it."""
    athlete = people.athlete(turn.db, turn.person_id)
    turn.answer()
    if athlete.screen_open_at is not None:
        screening.ask(turn, Bar.SCREENING)
    elif athlete.locked_at is None:
        turn.say(SessionIsNewer())
    else:
        refuse(turn, Barred(Bar.LOCKED, athlete.lock_reason))


def is_live(turn: Interaction) -> bool:
    """Whether the person has a session that is not closed."""
    known = turn.who.person_id
    return known is not None and sessions.is_live(turn.db, known)


def asks_reason(turn: Interaction) -> bool:
    """Whether the person is being asked why the set was stopped."""
    stored = sessions.live(turn.db, turn.person_id)
    return stored is not None and stored.value.phase is Phase.ASKED_REASON


def undo(turn: Interaction) -> None:
    """Take back the last answer of the last two minutes; never one that was given afterwards."""
    if turn.old and inbox.said_since(turn.db, turn.chat_id, turn.said_at, turn.update_id):
        turn.say(LateUndo())
        return
    stored = sessions.newest(turn.db, turn.person_id)
    newest = ratings.newest(turn.db, turn.person_id)
    if newest is not None and newest.moment == ratings.NOTE and turn.now - newest.at <= UNDO_WINDOW:
        newest.undone = True
        turn.db.add(newest)
        turn.say(PainNoteUndone(newest.value))
        return
    if stored is None:
        turn.say(NothingToUndo())
        return
    result = apply_event.happen(turn.db, stored, events.Undo(), turn.now)
    if result is Refusal.STAYS_STOPPED:
        turn.say(StaysStopped())
    elif isinstance(result, Refusal):
        turn.say(NothingToUndo())


def _happen(turn: Interaction, session_id: int | None, event: Event) -> None:
    stored = _session(turn, session_id)
    if stored is None:
        turn.expired()
        return
    result = apply_event.happen(turn.db, stored, event, turn.now)
    if result is Refusal.WITHHELD:
        _say_withheld(turn)
        return
    if isinstance(result, Refusal):
        turn.expired()
        return
    turn.answer()
    if turn.message_id is not None:
        turn.retire()
    if stored.value.phase is Phase.CLOSED:
        turn.say(LateAnswerSaved())


def _session(turn: Interaction, session_id: int | None) -> Stored | None:
    """Return the session meant: by a button the named one, if it is the person's own."""
    if session_id is None:
        return sessions.live(turn.db, turn.person_id)
    stored = sessions.get(turn.db, session_id)
    return stored if stored is not None and stored.athlete_id == turn.person_id else None
