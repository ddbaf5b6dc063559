"""What the athlete does in a session: start, answer, stop, explain, break off, undo."""

from sqlmodel import Session as Db
from sqlmodel import col, select

from bot.flows import line, today, training
from bot.flows.bars import Bar, Barred
from bot.flows.intents import Noted, Screen, iso
from bot.flows.line import Later
from bot.flows.turn import Turn
from bot.protocol import events
from bot.protocol.events import Event, Refusal
from bot.protocol.record import Phase, StopReason
from bot.protocol.session import UNDO_WINDOW
from bot.store import line as places
from bot.store import people, sessions
from bot.store.sessions import Stored
from bot.store.tables import RatingRow


def begin(turn: Turn, occurrence_id: int | None = None) -> None:
    """Start today's session, from the reminder or by command."""
    result = today.begin(turn.db, turn.person_id, occurrence_id, turn.now)
    if isinstance(result, Barred):
        refuse(turn, result)
        return
    turn.answer()
    if isinstance(result, Later):
        zone = people.person(turn.db, turn.person_id).zone
        turn.show("in_line", at=iso(line.whole(result.at)), zone=zone)
    elif turn.message_id is not None:
        turn.show("started")


def refuse(turn: Turn, barred: Barred) -> None:
    """Say why there is no session now."""
    if barred.why is Bar.GONE:
        turn.expired()
        return
    turn.answer()
    if barred.why is Bar.RUNNING:
        remind_of_question(turn)
        return
    if barred.why is Bar.AWAY:
        turn.send(Screen("away"))
        return
    zone = people.person(turn.db, turn.person_id).zone
    next_at = iso(barred.next_at)
    turn.say("barred", why=barred.why, reason=barred.reason, next_at=next_at, zone=zone)


def remind_of_question(turn: Turn) -> None:
    """A session is running: say where it stands, with the open question once more."""
    live = sessions.live(turn.db, turn.person_id)
    assert live is not None
    if live.value.phase in {Phase.GET_SET, Phase.HOLDING, Phase.RESTING}:
        turn.say("running")
    else:
        training.ask_again(turn.db, live, turn.now)


def answer_pain(turn: Turn, value: int, session_id: int | None, about: int | None) -> None:
    """A pain answer, by button (`session_id`, `about`) or typed."""
    stored = _session(turn, session_id)
    if stored is None:
        turn.expired()
        return
    result = training.happen(turn.db, stored, events.Pain(value, about), turn.now)
    if isinstance(result, Refusal):
        _refused_pain(turn, stored, result)
        return
    turn.answer("noted", value=value)
    if turn.message_id is not None and result.value.phase is not Phase.RESTING:
        turn.send(Noted(value, turn.message_id))
    elif turn.message_id is None:
        turn.say("noted", value=value)


def _refused_pain(turn: Turn, stored: Stored, why: Refusal) -> None:
    if why is Refusal.KNOWN:
        turn.answer("known")
        if turn.query_id is None:
            turn.say("known")
    elif why is Refusal.LOWER:
        turn.answer("lower", alert=True)
        if turn.query_id is None:
            turn.say("lower")
    elif turn.query_id is not None:
        turn.expired()
    elif stored.value.phase is Phase.CLOSED:
        turn.say("not_asked")
    else:
        remind_of_question(turn)


def unclear(turn: Turn) -> None:
    """Something that is not an answer came while a question is open: ask again, never guess."""
    live = sessions.live(turn.db, turn.person_id)
    if live is None:
        turn.say("unknown_text")
    elif live.value.phase in {Phase.GET_SET, Phase.HOLDING, Phase.RESTING}:
        turn.say("running")
    else:
        training.ask_again(turn.db, live, turn.now, why="unclear")


def stop(turn: Turn, session_id: int | None = None) -> None:
    """STOP, by button or word, whatever is going on."""
    stored = _session(turn, session_id)
    if stored is None:
        _nothing_to_stop(turn)
        return
    result = training.happen(turn.db, stored, events.Stop(), turn.now)
    if isinstance(result, Stored):
        turn.answer("stopped")
    elif result is Refusal.KNOWN:
        turn.answer("stopped")
        training.ask_again(turn.db, stored, turn.now)
    else:
        _nothing_to_stop(turn)


def leave_line(turn: Turn) -> None:
    """Do not wait for a session any more."""
    if not places.leave(turn.db, turn.person_id):
        turn.expired()
        return
    turn.answer()
    turn.show("line_left")


def _nothing_to_stop(turn: Turn) -> None:
    if turn.who.person_id is not None and places.leave(turn.db, turn.person_id):
        turn.answer()
        turn.say("line_left")
    elif turn.query_id is not None:
        turn.expired()
    else:
        turn.say("nothing_to_stop")


def explain(turn: Turn, session_id: int | None, reason: StopReason) -> None:
    """Say why the set was stopped."""
    _happen(turn, session_id, events.Reason(reason))


def go_on(turn: Turn, session_id: int) -> None:
    """After an interruption: go on."""
    _happen(turn, session_id, events.GoOn())


def finish(turn: Turn, session_id: int) -> None:
    """After an interruption: finish for today."""
    _happen(turn, session_id, events.Finish())


def pause(turn: Turn) -> bool:
    """Break off a running session; False when none is running."""
    stored = sessions.live(turn.db, turn.person_id)
    if stored is None:
        return False
    if isinstance(training.happen(turn.db, stored, events.Pause(), turn.now), Refusal):
        remind_of_question(turn)
    return True


def resume(turn: Turn) -> bool:
    """Go on after a break in a session; False when none is waiting."""
    stored = sessions.live(turn.db, turn.person_id)
    if stored is None or stored.value.phase is not Phase.INTERRUPTED:
        return False
    training.happen(turn.db, stored, events.GoOn(), turn.now)
    return True


def is_live(turn: Turn) -> bool:
    """Whether the person has a session that is not closed."""
    known = turn.who.person_id
    return known is not None and sessions.is_live(turn.db, known)


def asks_reason(turn: Turn) -> bool:
    """Whether the person is being asked why the set was stopped."""
    stored = sessions.live(turn.db, turn.person_id)
    return stored is not None and stored.value.phase is Phase.ASKED_REASON


def snooze(turn: Turn, occurrence_id: int, minutes: int) -> None:
    """Put today's reminder off."""
    result = today.snooze(turn.db, turn.person_id, occurrence_id, minutes, turn.now)
    if isinstance(result, Barred):
        turn.expired()
        return
    turn.answer()
    until = iso(result.until)
    turn.show("snoozed", until=until, zone=result.zone, occurrence=occurrence_id)


def skip(turn: Turn, occurrence_id: int, *, undo: bool) -> None:
    """Skip today, or take that back."""
    if undo:
        taken_back = today.unskip(turn.db, turn.person_id, occurrence_id, turn.now)
        topic = "unskipped" if taken_back else None
    else:
        result = today.skip(turn.db, turn.person_id, occurrence_id, None, turn.now)
        topic = None if isinstance(result, Barred) else "skipped"
    if topic is None:
        turn.expired()
        return
    turn.answer()
    turn.show(topic, occurrence=occurrence_id)


def skip_reason(turn: Turn, occurrence_id: int, reason: str) -> None:
    """Say why today is skipped."""
    result = today.skip(turn.db, turn.person_id, occurrence_id, reason, turn.now)
    if isinstance(result, Barred):
        turn.expired()
        return
    turn.answer()
    turn.show("skip_noted", occurrence=occurrence_id, reason=reason)


def undo(turn: Turn) -> None:
    """Take back the last answer of the last two minutes."""
    stored = sessions.newest(turn.db, turn.person_id)
    note = _newest_note(turn.db, turn.person_id)
    in_time = note is not None and turn.now - note.at <= UNDO_WINDOW
    if note is not None and in_time and (stored is None or not _answered_after(stored, note)):
        note.undone = True
        turn.db.add(note)
        turn.say("note_undone", value=note.value)
        return
    if stored is None:
        turn.say("nothing_to_undo")
        return
    result = training.happen(turn.db, stored, events.Undo(), turn.now)
    if result is Refusal.STAYS_STOPPED:
        turn.say("stays_stopped")
    elif isinstance(result, Refusal):
        turn.say("nothing_to_undo")


def _newest_note(db: Db, athlete_id: int) -> RatingRow | None:
    query = (
        select(RatingRow)
        .where(
            RatingRow.athlete_id == athlete_id,
            RatingRow.moment == "note",
            col(RatingRow.undone).is_(False),
        )
        .order_by(col(RatingRow.id).desc())
        .limit(1)
    )
    return db.exec(query).one_or_none()


def _answered_after(stored: Stored, note: RatingRow) -> bool:
    answered = stored.value.answered_at
    return answered is not None and answered > note.at


def _happen(turn: Turn, session_id: int | None, event: Event) -> None:
    stored = _session(turn, session_id)
    if stored is None:
        turn.expired()
        return
    if isinstance(training.happen(turn.db, stored, event, turn.now), Refusal):
        turn.expired()
        return
    turn.answer()
    if turn.message_id is not None:
        turn.retire()


def _session(turn: Turn, session_id: int | None) -> Stored | None:
    """Return the session meant: by a button the named one, if it is the person's own."""
    if session_id is None:
        return sessions.live(turn.db, turn.person_id)
    stored = sessions.get(turn.db, session_id)
    return stored if stored is not None and stored.athlete_id == turn.person_id else None
