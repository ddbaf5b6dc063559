"""The moves of the session's table: each returns the next session and its effects.

No move decides whether it may happen; that is the table's business (session.py).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.protocol.session import clip
from bot.protocol.session.answers import answered
from bot.protocol.session.events import (
    Alert,
    BreakReason,
    ClipCue,
    CueHanded,
    Effect,
    Event,
    HoldCue,
    Interrupt,
    Lock,
    Pain,
    Pause,
    Question,
    Reason,
    ReleaseCue,
    Silence,
    TellEnded,
    TellGetSet,
    TellQuestion,
    TellRedFlags,
    TellRest,
    TellSetUp,
    TellStopped,
)
from bot.protocol.session.outcome import graded
from bot.protocol.session.state import (
    CLOSE_AFTER,
    CUED,
    NUDGE_AFTER,
    HoldRecord,
    HoldStatus,
    Interruption,
    Outcome,
    Phase,
    Session,
    StopReason,
    place_at,
    rest_before,
    undone,
)

Moved = tuple[Session, tuple[Effect, ...]]
"""The next session, and what is to be said and done, in this order."""


# ---- answers -------------------------------------------------------------------------


def begin(session: Session, event: Event, now: datetime) -> Moved:
    """Pain before is within the limit: get set for the first hold."""
    return lead_in(answered(session, event, now), event, now)


def lead_in(session: Session, event: Event, now: datetime) -> Moved:
    """Give the long lead-in to the hold at the session's place."""
    if session.sound:
        ready = replace(session, cut=None)
        return clip.hand_over(ready, event, session.dose.lead_in_first_s)
    hold_at = now + timedelta(seconds=session.dose.lead_in_first_s)
    ready = session.goes(Phase.GET_SET, hold_at, cut=None)
    return ready, (TellGetSet(session.place, hold_at),)


def rest_on_pain(session: Session, event: Event, now: datetime) -> Moved:
    """Pain before is over the limit: no session today; resting follows the plan."""
    return _close(answered(session, event, now), Outcome.RESTED_ON_PAIN, now, Alert())


def rest_and_screen(session: Session, event: Event, now: datetime) -> Moved:
    """Pain before is at the hard stop: no session, and ask for red flags."""
    closed, effects = rest_on_pain(session, event, now)
    return closed, (*effects, TellRedFlags())


def next_hold(session: Session, event: Event, now: datetime) -> Moved:
    """The answer lets the set go on."""
    return _go_on(answered(session, event, now), event, now)


def ease(session: Session, event: Event, now: datetime) -> Moved:
    """Pain rose by one: go on with less effort."""
    return _go_on(answered(session, event, now), event, now)


def stop_pain(session: Session, event: Event, now: datetime) -> Moved:
    """Pain is over the limit: the set stops now, and the session is over for today."""
    return _stopped(_cut_hold(answered(session, event, now), now), Outcome.STOPPED_PAIN, now)


def stop_hard(session: Session, event: Event, now: datetime) -> Moved:
    """Pain is at the hard stop: over, locked, screened for red flags, coach alerted."""
    cut = _cut_hold(answered(session, event, now), now)
    closed, effects = _stopped(cut, Outcome.STOPPED_HARD, now)
    return closed, (*effects, Lock(), TellRedFlags())


def stop_rising(session: Session, event: Event, now: datetime) -> Moved:
    """Pain rises instead of lessening: the set ends, the coach sees it."""
    return _stopped(_cut_hold(answered(session, event, now), now), Outcome.RISING, now)


def note_higher(session: Session, event: Event, now: datetime) -> Moved:
    """A higher answer, still within the rules: both values are kept and the set goes on."""
    return answered(session, event, now), ()


# ---- STOP and red flags --------------------------------------------------------------


def stop(session: Session, _event: Event, now: datetime) -> Moved:
    """STOP wins over everything: the hold ends at once, then the reason is asked."""
    stopped = _cut_hold(session, now).goes(Phase.ASKED_REASON, now + CLOSE_AFTER)
    return stopped, (Silence(), TellStopped(Question.REASON))


def leave(session: Session, _event: Event, now: datetime) -> Moved:
    """The athlete leaves the bot: over at once, and nothing more is asked."""
    return _closed(_cut_hold(session, now), Outcome.PARTIAL, now), (Silence(),)


def reason_pain(session: Session, event: Event, now: datetime) -> Moved:
    """Stopped because of pain: ask how much, so that the table can be applied."""
    assert isinstance(event, Reason)
    asked = session.goes(Phase.ASKED_STOP_PAIN, now + NUDGE_AFTER, stop_reason=event.reason)
    return asked, (TellQuestion(Question.STOP_PAIN, "reason"),)


def reason_given(session: Session, event: Event, now: datetime) -> Moved:
    """Stopped for a harmless reason: the outcome follows from what was held."""
    assert isinstance(event, Reason)
    told = replace(session, stop_reason=event.reason)
    return _close(told, graded(told), now)


def reason_red(session: Session, event: Event, now: datetime) -> Moved:
    """Sharp, pop, numb or tingling: a red flag whatever the number."""
    assert isinstance(event, Reason)
    return red_flag(replace(session, stop_reason=event.reason), event, now)


def red_flag(session: Session, _event: Event, now: datetime) -> Moved:
    """A red flag closes the session and locks the next ones; over a cue it says STOP."""
    closed = _closed(_cut_hold(session, now), Outcome.RED_FLAG, now)
    told = TellStopped() if session.phase in CUED else TellEnded()
    return closed, (Silence(), told, Lock(), Alert())


def stop_pain_low(session: Session, event: Event, now: datetime) -> Moved:
    """The pain that made the athlete stop is within the limit."""
    told = _explained(session, event, now)
    return _close(told, graded(told), now)


def stop_pain_over(session: Session, event: Event, now: datetime) -> Moved:
    """The pain that made the athlete stop is over the limit."""
    return _close(_explained(session, event, now), Outcome.STOPPED_PAIN, now, Alert())


def stop_pain_hard(session: Session, event: Event, now: datetime) -> Moved:
    """The pain that made the athlete stop is at the hard stop."""
    told = _explained(session, event, now)
    closed, effects = _close(told, Outcome.STOPPED_HARD, now, Alert())
    return closed, (*effects, Lock(), TellRedFlags())


# ---- said after the end ---------------------------------------------------------------


def note_late(session: Session, event: Event, now: datetime) -> Moved:
    """A late answer within the limit is kept, and changes nothing."""
    return answered(session, event, now), ()


def late_over(session: Session, event: Event, now: datetime) -> Moved:
    """A late answer over the limit: the session ended on pain, and the coach is alerted."""
    told = answered(session, event, now)
    worse = told if told.outcome in _WORSE else replace(told, outcome=Outcome.STOPPED_PAIN)
    return worse, (Silence(), TellStopped(), Alert())


def late_hard(session: Session, event: Event, now: datetime) -> Moved:
    """A late answer at the hard stop locks and screens, as it does in the session."""
    told = answered(session, event, now)
    red = told.outcome is Outcome.RED_FLAG
    worse = told if red else replace(told, outcome=Outcome.STOPPED_HARD)
    return worse, (Silence(), TellStopped(), Alert(), Lock(), TellRedFlags())


def note_late_reason(session: Session, event: Event, _now: datetime) -> Moved:
    """Why it was stopped, told late, is kept; pain as the reason asks for its number."""
    assert isinstance(event, Reason)
    told = replace(session, stop_reason=event.reason)
    asks = event.reason is StopReason.PAIN and session.stop_pain is None
    return told, (TellQuestion(Question.STOP_PAIN, "reason"),) if asks else ()


def late_red(session: Session, event: Event, _now: datetime) -> Moved:
    """Sharp, pop, numb or tingling, told late, is a red flag all the same."""
    assert isinstance(event, Reason)
    told = replace(session, stop_reason=event.reason, outcome=Outcome.RED_FLAG)
    return told, (Lock(), Alert())


# ---- time ----------------------------------------------------------------------------


def hold(session: Session, _event: Event, now: datetime) -> Moved:
    """The lead-in or the rest is over: HOLD."""
    seconds = session.dose.hold_s
    started = HoldRecord(place=session.place, planned_s=seconds, started_at=now)
    holding = session.goes(
        Phase.HOLDING, now + timedelta(seconds=seconds), holds=(*session.holds, started)
    )
    index = len(holding.holds) - 1
    return holding, (HoldCue(session.place, index, seconds, session.eased),)


def anchor(session: Session, event: Event, now: datetime) -> Moved:
    """The cue was handed over: the seconds of its hold count from there, a clip's from now on."""
    assert isinstance(event, CueHanded)
    if session.phase is Phase.CLIP:
        return replace(session, due_at=event.at + timedelta(seconds=session.dose.hold_s)), ()
    held = replace(session.current, started_at=min(event.at, now))
    due = event.at + timedelta(seconds=held.planned_s)
    return replace(session.with_hold(event.index, held), due_at=due), ()


def release(session: Session, _event: Event, now: datetime) -> Moved:
    """The hold is over: RELEASE, and ask for the worst pain during it."""
    index = len(session.holds) - 1
    done = session.with_hold(index, session.current.ended(HoldStatus.DONE, now))
    asked = done.goes(Phase.ASKED_AFTER, now + NUDGE_AFTER)
    return asked, (ReleaseCue(session.current.place, index),)


def nudge(session: Session, _event: Event, _now: datetime) -> Moved:
    """A question is still open: ask once more."""
    assert session.due_at is not None
    waiting = replace(session, nudged=True, due_at=session.due_at + (CLOSE_AFTER - NUDGE_AFTER))
    return waiting, (TellQuestion(question_of(session), "nudge", _asked_index(session)),)


def close_partial(session: Session, _event: Event, now: datetime) -> Moved:
    """Nobody answers: closed as partial. Unknown is never taken for good."""
    return _close(session, Outcome.PARTIAL, now)


# ---- interruptions -------------------------------------------------------------------


def cut_restart(session: Session, _event: Event, now: datetime) -> Moved:
    """A restart cut the timeline: nothing is cued from it any more."""
    return _interrupt(session, Interruption.RESTART, now)


def cut_late(session: Session, _event: Event, now: datetime) -> Moved:
    """A cue could not be sent in time: rest, and let the athlete choose."""
    return _interrupt(session, Interruption.LATE, now)


def cut_lost(session: Session, _event: Event, now: datetime) -> Moved:
    """A cue was lost: rest, and choose. After a clip that was lost, cues are messages."""
    cut = Interruption.SOUND if session.sound else Interruption.LATE
    return _interrupt(replace(session, sound=False), cut, now)


def cut_pause(session: Session, event: Event, now: datetime) -> Moved:
    """The athlete wants, or needs, a break."""
    assert isinstance(event, Pause)
    return _interrupt(session, Interruption.PAUSE, now, event.why)


def held_back(moved: Moved, now: datetime) -> Moved:
    """Break a session off that has a cue ahead while holds are withheld; others stay as they are.

    Every move passes here, so nothing leads to a hold while red-flag questions are open.
    """
    session, effects = moved
    if not session.withheld or session.phase not in CUED:
        return moved
    waiting, told = _interrupt(session, Interruption.PAUSE, now, BreakReason.SIGNS)
    return waiting, (*(one for one in effects if not isinstance(one, _LEADING)), *told)


def ask_again(session: Session, _event: Event, now: datetime) -> Moved:
    """After a restart an open question is asked again, with its full time."""
    wait = CLOSE_AFTER if session.phase in _NO_NUDGE else NUDGE_AFTER
    asked = session.goes(session.phase, now + wait)
    return asked, (Silence(), TellQuestion(question_of(session), "restart", _asked_index(session)))


def undo(session: Session, _event: Event, now: datetime) -> Moved:
    """Take the last answer back and ask again; the session waits."""
    reopened = replace(session, outcome=None, closed_at=None)
    due = now + NUDGE_AFTER
    index = session.last_answered
    if index is None:
        asked = reopened.goes(Phase.ASKED_BEFORE, due, before=undone(session.before))
        return asked, (Silence(), TellQuestion(Question.BEFORE, "undo"))
    bare = replace(session.holds[index], ratings=undone(session.holds[index].ratings))
    back = session.position - 1
    asked = reopened.with_hold(index, bare).goes(Phase.ASKED_AFTER, due, position=back)
    return asked, (Silence(), TellQuestion(Question.AFTER, "undo", index))


# ---- shared --------------------------------------------------------------------------

_WORSE: Final = frozenset({Outcome.STOPPED_HARD, Outcome.RED_FLAG})
"""Outcomes that a late pain over the limit does not change."""
_LEADING: Final = (TellGetSet, TellRest, HoldCue, ClipCue)
"""What is told of a hold that comes."""
_NO_NUDGE: Final = frozenset({Phase.ASKED_REASON, Phase.INTERRUPTED})
_QUESTIONS: Final = {
    Phase.ASKED_BEFORE: Question.BEFORE,
    Phase.ASKED_AFTER: Question.AFTER,
    Phase.ASKED_REASON: Question.REASON,
    Phase.ASKED_STOP_PAIN: Question.STOP_PAIN,
    Phase.INTERRUPTED: Question.CHOICE,
}


def question_of(session: Session) -> Question:
    """Return the question that is open; raises KeyError where none is."""
    return _QUESTIONS[session.phase]


def _asked_index(session: Session) -> int | None:
    return len(session.holds) - 1 if session.phase is Phase.ASKED_AFTER else None


def _go_on(session: Session, event: Event, now: datetime) -> Moved:
    assert isinstance(event, Pain)
    moved = replace(session, position=session.position + 1)
    if moved.position >= moved.dose.total_holds:
        return _close(moved, graded(moved), now)
    index, place = len(session.holds) - 1, place_at(moved.dose, moved.position)
    rest = rest_before(moved.dose, moved.position)
    switch = place.side is not session.current.place.side
    if session.sound:
        return clip.hand_over(moved, event, moved.dose.lead_in_s, rest=rest, switch=switch)
    earliest = now + timedelta(seconds=session.dose.lead_in_s)
    hold_at = max(session.current.released_at + rest, earliest)
    said = TellRest(event.value, index, place, hold_at, ease=moved.eased, switch=switch)
    return moved.goes(Phase.RESTING, hold_at), (said,)


def _cut_hold(session: Session, now: datetime) -> Session:
    """End a hold that runs, with the seconds that were held; of a clip's these are assumed."""
    if session.phase is Phase.HOLDING:
        stopped = session.current.ended(HoldStatus.STOPPED, now)
    elif clip.may_play_on(session):
        stopped = replace(session.current, status=HoldStatus.STOPPED)
    else:
        return session
    return session.with_hold(len(session.holds) - 1, stopped)


def _interrupt(
    session: Session, cut: Interruption, now: datetime, why: BreakReason | None = None
) -> Moved:
    in_hold = session.phase is Phase.HOLDING
    if in_hold:
        index = len(session.holds) - 1
        session = session.with_hold(index, session.current.ended(HoldStatus.INTERRUPTED, now))
    number = session.breaks + 1
    waiting = session.goes(Phase.INTERRUPTED, now + CLOSE_AFTER, cut=cut, breaks=number)
    return waiting, (Silence(), Interrupt(cut, in_hold, why))


def _explained(session: Session, event: Event, now: datetime) -> Session:
    """Keep the number that was asked for after a STOP, and that pain was the reason."""
    return replace(answered(session, event, now), stop_reason=StopReason.PAIN)


def _stopped(session: Session, outcome: Outcome, now: datetime) -> Moved:
    return _closed(session, outcome, now), (Silence(), TellStopped(), Alert())


def _close(session: Session, outcome: Outcome, now: datetime, *more: Effect) -> Moved:
    return _closed(session, outcome, now), (Silence(), TellEnded(), *more)


def _closed(session: Session, outcome: Outcome, now: datetime) -> Session:
    return session.goes(Phase.CLOSED, None, outcome=outcome, closed_at=now)


def opened(session: Session, now: datetime) -> Moved:
    """A new session: set up, and ask for the pain right now."""
    return session.goes(Phase.ASKED_BEFORE, now + NUDGE_AFTER), (TellSetUp(),)
