"""The session machine: one table, read from the top; the first row that fits is taken.

The pain rule (PROTOCOL 3) and STOP are rows here and nowhere else. Nothing can go round them:
whoever wants to change a session calls `step`, and `step` only reads this table.

- STOP and red flags come first, in every phase.
- Pain over the limit comes next, whatever question is open: no phase that can lead to a hold
  survives it. Said after the end it is kept as late, and tells the coach; nothing is begun again.
- A hold begins only from GET_SET or RESTING, and no question is open in either; a clip goes out
  only in their place. While holds are withheld, because red-flag questions wait or the athlete is
  locked, no move leads there.
- A correction of an earlier answer can stop the set; it never leads on.
- A clip is rest, hold and question in one. What happens meanwhile happens to that part of it which
  can be playing, by the same rows as with messages: its answer counts once its hold can be over.
- What fits no row changes nothing and is refused by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.protocol.dose.dose import Dose
from bot.protocol.session import answers, clip, moves
from bot.protocol.session.events import (
    BEFORE,
    NOTE,
    STOP_PAIN,
    CueHanded,
    CueLost,
    Due,
    Event,
    Finish,
    GoOn,
    Leave,
    Pain,
    Pause,
    Reason,
    RedFlagRaised,
    Refusal,
    Restarted,
    Stop,
    Undo,
)
from bot.protocol.session.moves import Moved
from bot.protocol.session.state import (
    CUED,
    LIVE,
    MOVING,
    RED_REASONS,
    RELEASE_GRACE,
    Outcome,
    Phase,
    Session,
    StopReason,
    Trend,
)

HOLD_GRACE: Final = timedelta(seconds=3)
"""A HOLD that is due longer than this is not cued any more."""
UNDO_WINDOW: Final = timedelta(minutes=2)
LATE_FOR: Final = timedelta(hours=12)
"""So long after its end a session's questions still take an answer, as a late one."""

Guard = Callable[[Session, Event, datetime], bool]
Move = Callable[[Session, Event, datetime], Moved]

# ---- guards: what a row asks of the session and the event -----------------------------


def always(_session: Session, _event: Event, _now: datetime) -> bool:
    """The row needs nothing more."""
    return True


def hard(session: Session, event: Event, _now: datetime) -> bool:
    """Pain at the hard stop."""
    return isinstance(event, Pain) and event.value >= session.dose.hard_stop


def over(session: Session, event: Event, _now: datetime) -> bool:
    """Pain over the limit: the limit itself goes on, one more stops."""
    return isinstance(event, Pain) and event.value > session.dose.pain_limit


def no_hold_yet(guard: Guard) -> Guard:
    """`guard`, and no hold was begun."""

    def both(session: Session, event: Event, now: datetime) -> bool:
        return not session.holds and guard(session, event, now)

    return both


def rising(session: Session, event: Event, now: datetime) -> bool:
    """With this answer the set's pain rises: by 2 over its first, or by 1 twice running."""
    return _trend(session, event, now) is Trend.RISING


def rose(session: Session, event: Event, now: datetime) -> bool:
    """With this answer the newest is one over the first of the set, and at least 2."""
    return _trend(session, event, now) is Trend.EASE


def asked_for(session: Session, event: Event, _now: datetime) -> bool:
    """The answer is about the question that is open (a typed number always is)."""
    assert isinstance(event, Pain)
    open_question = {
        Phase.ASKED_BEFORE: BEFORE,
        Phase.ASKED_AFTER: len(session.holds) - 1,
        Phase.ASKED_REASON: STOP_PAIN,
        Phase.ASKED_STOP_PAIN: STOP_PAIN,
    }[session.phase]
    return event.about in {None, open_question} and not event.corrects


def asked_and(guard: Guard) -> Guard:
    """`guard`, and the answer is about the question that is open."""

    def both(session: Session, event: Event, now: datetime) -> bool:
        return asked_for(session, event, now) and guard(session, event, now)

    return both


def higher(session: Session, event: Event, _now: datetime) -> bool:
    """A correction upward of an answer that was given; after a break a bare number is none."""
    assert isinstance(event, Pain)
    bare = event.about is None and session.phase is Phase.INTERRUPTED
    none = bare or event.about == NOTE or _is_of_clip(session, event)
    known = None if none else answers.known_answer(session, event)
    return known is not None and event.value > known


def _is_of_clip(session: Session, event: Pain) -> bool:
    """Whether a button of the clip was pressed whose hold cannot be over yet."""
    number = len(session.holds) - (session.phase is Phase.HOLDING)
    return clip.plays(session) and event.about == number


def higher_and_rising(session: Session, event: Event, now: datetime) -> bool:
    """A correction upward that shows the pain rising."""
    return higher(session, event, now) and rising(session, event, now)


def late(guard: Guard) -> Guard:
    """`guard`, about a session that ended not long ago: a new answer, or a higher one."""

    def in_time(session: Session, event: Event, now: datetime) -> bool:
        if session.closed_at is None or now - session.closed_at > LATE_FOR:
            return False
        told = isinstance(event, Reason) or _is_new(session, event)
        return told and guard(session, event, now)

    return in_time


def _is_new(session: Session, event: Event) -> bool:
    """Whether an answer says what was not known, or worse than what was."""
    assert isinstance(event, Pain)
    known = answers.known_answer(session, event)
    return event.about != NOTE and (known is None or event.value > known)


def unexplained(session: Session, _event: Event, _now: datetime) -> bool:
    """Nobody knows why the session was stopped."""
    return session.stop_reason is None


def undoable(session: Session, _event: Event, now: datetime) -> bool:
    """The newest answer is at most 2 minutes old and nothing has followed it."""
    newest_rating = session.newest_rating
    if newest_rating is None or newest_rating.late or now - newest_rating.at > UNDO_WINDOW:
        return False
    if not session.holds:
        return session.phase in CUED
    untroubled = session.outcome in {None, Outcome.LESSENING, Outcome.LEVEL}
    newest = session.last_answered == len(session.holds) - 1
    return untroubled and newest and session.stop_reason is None


def red_reason(_session: Session, event: Event, _now: datetime) -> bool:
    """Sharp or pop, numb or tingling."""
    return isinstance(event, Reason) and event.reason in RED_REASONS


def pain_reason(_session: Session, event: Event, _now: datetime) -> bool:
    """Stopped because of pain."""
    return isinstance(event, Reason) and event.reason is StopReason.PAIN


def due(session: Session, _event: Event, now: datetime) -> bool:
    """The session's time has come."""
    return session.due_at is not None and now >= session.due_at


def due_late(grace: timedelta) -> Guard:
    """The session's time has passed by more than `grace`."""

    def late(session: Session, _event: Event, now: datetime) -> bool:
        return session.due_at is not None and now > session.due_at + grace

    return late


def clip_over(session: Session, event: Event, now: datetime) -> bool:
    """The clip that leads the athlete can be over."""
    return clip.plays(session) and due(session, event, now)


def due_unnudged(session: Session, event: Event, now: datetime) -> bool:
    """The session's time has come, and nobody was asked twice yet."""
    return due(session, event, now) and not session.nudged


def this_hold(session: Session, event: Event, _now: datetime) -> bool:
    """The message's fate is about the hold that runs, or that the clip leads to."""
    assert isinstance(event, CueHanded | CueLost)
    return event.index == len(session.holds) - (session.phase is not Phase.CLIP)


def this_break(session: Session, event: Event, _now: datetime) -> bool:
    """The choice is about the interruption that waits for it, not about an earlier one."""
    assert isinstance(event, GoOn | Finish)
    return event.number in {None, session.breaks}


def free(session: Session, event: Event, now: datetime) -> bool:
    """The choice is about this interruption, and a hold may come."""
    return this_break(session, event, now) and not session.withheld


def _trend(session: Session, event: Event, now: datetime) -> Trend:
    """Return what the answers of the set say with this one among them."""
    assert isinstance(event, Pain)
    about = answers.subject(session, event)
    return Trend.LEVEL if about < 0 else answers.answered(session, event, now).trend(about)


# ---- the table ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """In one of `phases`, `event` with `guard` true makes `move`, which leads to one of `to`."""

    phases: frozenset[Phase]
    event: type[Event]
    guard: Guard
    move: Move
    to: frozenset[Phase]
    label: str


def _row(
    phases: frozenset[Phase] | Phase,
    event: type[Event],
    guard: Guard,
    move: Move,
    to: frozenset[Phase] | Phase,
    label: str,
) -> Row:
    def many(value: frozenset[Phase] | Phase) -> frozenset[Phase]:
        return frozenset({value}) if isinstance(value, Phase) else value

    return Row(many(phases), event, guard, move, many(to), label)


P = Phase
ASKED: Final = frozenset({P.ASKED_BEFORE, P.ASKED_AFTER, P.ASKED_STOP_PAIN})
"""Phases in which a pain is asked for."""
WHY: Final = frozenset({P.ASKED_REASON, P.ASKED_STOP_PAIN})
READY: Final = frozenset({P.GET_SET, P.CLIP})
"""What leads to a hold: messages, or a clip."""
CUES: Final = frozenset({P.HOLDING, P.CLIP})
ON: Final = frozenset({P.RESTING, P.CLIP, P.CLOSED})
STILL: Final = LIVE - CUED
"""Phases that wait for the athlete."""

TABLE: Final = (
    # STOP and red flags win over everything.
    _row(LIVE, RedFlagRaised, always, moves.red_flag, P.CLOSED, "red flag"),
    _row(MOVING, Stop, always, moves.stop, P.ASKED_REASON, "STOP"),
    _row(LIVE, Leave, always, moves.leave, P.CLOSED, "leaves the bot"),
    # Pain over the limit, whatever is being asked.
    _row(
        MOVING,
        Pain,
        no_hold_yet(hard),
        moves.rest_and_screen,
        P.CLOSED,
        "no hold yet, pain ≥ hard stop",
    ),
    _row(
        MOVING, Pain, no_hold_yet(over), moves.rest_on_pain, P.CLOSED, "no hold yet, pain > limit"
    ),
    _row(MOVING, Pain, hard, moves.stop_hard, P.CLOSED, "pain ≥ hard stop"),
    _row(MOVING, Pain, over, moves.stop_pain, P.CLOSED, "pain > limit"),
    _row(WHY, Pain, hard, moves.stop_pain_hard, P.CLOSED, "pain ≥ hard stop"),
    _row(WHY, Pain, over, moves.stop_pain_over, P.CLOSED, "pain > limit"),
    _row(P.CLOSED, Pain, late(hard), moves.late_hard, P.CLOSED, "late, ≥ hard stop"),
    _row(P.CLOSED, Pain, late(over), moves.late_over, P.CLOSED, "late, > limit"),
    # Pain within the limit.
    _row(P.ASKED_BEFORE, Pain, asked_for, moves.begin, READY, "pain ≤ limit"),
    _row(
        P.ASKED_AFTER,
        Pain,
        asked_and(rising),
        moves.stop_rising,
        P.CLOSED,
        "rose by 2 or twice",
    ),
    _row(P.ASKED_AFTER, Pain, asked_and(rose), moves.ease, ON, "rose by 1: ease"),
    _row(P.ASKED_AFTER, Pain, asked_for, moves.next_hold, ON, "pain ≤ limit"),
    _row(MOVING, Pain, higher_and_rising, moves.stop_rising, P.CLOSED, "corrected up: rising"),
    _row(CUED, Pain, higher, moves.note_higher, CUED, "corrected up"),
    _row(WHY, Pain, asked_for, moves.stop_pain_low, P.CLOSED, "pain ≤ limit"),
    _row(STILL, Pain, higher, moves.note_higher, STILL, "corrected up"),
    _row(P.CLOSED, Pain, late(always), moves.note_late, P.CLOSED, "late, ≤ limit"),
    # Why it was stopped.
    _row(WHY, Reason, red_reason, moves.reason_red, P.CLOSED, "sharp, numb"),
    _row(P.ASKED_REASON, Reason, pain_reason, moves.reason_pain, P.ASKED_STOP_PAIN, "pain"),
    _row(P.ASKED_REASON, Reason, always, moves.reason_given, P.CLOSED, "other reason"),
    _row(P.CLOSED, Reason, late(red_reason), moves.late_red, P.CLOSED, "late: sharp, numb"),
    _row(P.CLOSED, Reason, late(unexplained), moves.note_late_reason, P.CLOSED, "late: why"),
    # Time. A cue that is too late is not sent; the athlete chooses instead. A clip keeps its own.
    _row(CUES, Due, clip_over, clip.over, P.ASKED_AFTER, "clip over"),
    _row(P.GET_SET, Due, due_late(HOLD_GRACE), moves.cut_late, P.INTERRUPTED, "too late"),
    _row(P.RESTING, Due, due_late(HOLD_GRACE), moves.cut_late, P.INTERRUPTED, "too late"),
    _row(P.HOLDING, Due, due_late(RELEASE_GRACE), moves.cut_late, P.INTERRUPTED, "too late"),
    _row(P.GET_SET, Due, due, moves.hold, P.HOLDING, "lead-in over"),
    _row(P.RESTING, Due, due, moves.hold, P.HOLDING, "rest over"),
    _row(P.HOLDING, Due, due, moves.release, P.ASKED_AFTER, "seconds over"),
    _row(ASKED, Due, due_unnudged, moves.nudge, ASKED, "3 min"),
    _row(STILL, Due, due, moves.close_partial, P.CLOSED, "15 min"),
    # What became of a cue.
    _row(CUES, CueHanded, this_hold, moves.anchor, CUES, "cue handed over"),
    _row(CUES, CueLost, this_hold, moves.cut_lost, P.INTERRUPTED, "cue lost"),
    # Breaks.
    _row(CUED, Restarted, always, moves.cut_restart, P.INTERRUPTED, "restart"),
    _row(STILL, Restarted, always, moves.ask_again, STILL, "restart"),
    _row(CUED, Pause, always, moves.cut_pause, P.INTERRUPTED, "pause"),
    _row(P.INTERRUPTED, GoOn, free, moves.lead_in, READY, "go on"),
    _row(P.INTERRUPTED, Finish, this_break, moves.close_partial, P.CLOSED, "finish"),
    # A slip.
    _row(READY, Undo, no_hold_yet(undoable), moves.undo, P.ASKED_BEFORE, "undo"),
    _row(ON, Undo, undoable, moves.undo, P.ASKED_AFTER, "undo"),
)


def step(session: Session, event: Event, now: datetime) -> Moved | Refusal:
    """Return the next session and its effects, or the reason why `event` changes nothing.

    `now` is aware UTC. Pure: the same arguments give the same answer.
    """
    if not isinstance(event, Due | CueHanded | CueLost):  # which are of the clip as a whole
        session = clip.played(session, now)
    for row in TABLE:
        fits = session.phase in row.phases and isinstance(event, row.event)
        if fits and row.guard(session, event, now):
            return moves.held_back(row.move(session, event, now), now)
    return _refusal(session, event, now)


def start(dose: Dose, now: datetime, *, sound: bool = False) -> Moved:
    """Open a session on `dose`: set up, and ask for the pain right now. `sound`: cues are clips."""
    return moves.opened(Session(dose=dose, opened_at=now, sound=sound), now)


def _refusal(session: Session, event: Event, now: datetime) -> Refusal:
    closed = session.phase is Phase.CLOSED
    match event:
        case Due() | CueHanded() | CueLost() | Restarted():
            return Refusal.NOT_DUE
        case Undo():
            stays = session.outcome not in {None, Outcome.LESSENING, Outcome.LEVEL}
            return Refusal.STAYS_STOPPED if stays else Refusal.NOTHING_TO_UNDO
        case Pain():
            return _refused_pain(session, event, now)
        case GoOn() if session.phase is Phase.INTERRUPTED and this_break(session, event, now):
            return Refusal.WITHHELD
        case Stop() if not closed:
            return Refusal.KNOWN
        case _:
            return Refusal.OVER if closed else Refusal.NOT_ASKED


def _refused_pain(session: Session, event: Pain, now: datetime) -> Refusal:
    """Say whether it is an answer that was given already, a lower one, or none at all."""
    if _is_of_clip(session, event):
        return Refusal.TOO_EARLY
    known, closed_at = answers.known_answer(session, event), session.closed_at
    if closed_at is not None and now - closed_at > LATE_FOR:
        return Refusal.OVER
    about_newest = session.phase in CUED and event.about in {None, session.last_answered}
    was_given = event.corrects or closed_at is not None or about_newest
    if known is None or event.about == NOTE or not was_given:
        return Refusal.NOT_ASKED
    return Refusal.KNOWN if known == event.value else Refusal.LOWER
