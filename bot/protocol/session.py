"""The session machine: one table, read from the top; the first row that fits is taken.

The pain rule (PROTOCOL 3) and STOP are rows here and nowhere else. Nothing can go round them:
whoever wants to change a session calls `step`, and `step` only reads this table.

- STOP and red flags come first, in every phase.
- Pain over the limit comes next, whatever question is open: no phase that can lead to a hold
  survives it.
- A hold begins only from GET_SET or RESTING, and no question is open in either.
- What fits no row changes nothing and is refused by name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.protocol import moves
from bot.protocol.dose import Dose
from bot.protocol.events import (
    BEFORE,
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
from bot.protocol.moves import Moved
from bot.protocol.record import LIVE, MOVING, RED_REASONS, Outcome, Phase, Session, StopReason

HOLD_GRACE: Final = timedelta(seconds=3)
"""A HOLD that is due longer than this is not cued any more."""
RELEASE_GRACE: Final = timedelta(seconds=10)
"""A hold whose RELEASE is later than this was not a hold as planned: it counts as interrupted."""
UNDO_WINDOW: Final = timedelta(minutes=2)

Guard = Callable[[Session, Event, datetime], bool]
Move = Callable[[Session, Event, datetime], Moved]

RISE: Final = 2
"""Change is ±2, noise ±1 (Challoumas 2023, Farrar 2001): +2 acts, +1 warns from 2 on."""


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


def rising(session: Session, event: Event, _now: datetime) -> bool:
    """Pain is at least 2 over the first hold of the set."""
    return _rise(session, event) >= RISE


def rose_again(session: Session, event: Event, _now: datetime) -> bool:
    """One over the first hold, for the second time running."""
    return session.eased and rose(session, event, _now)


def rose(session: Session, event: Event, _now: datetime) -> bool:
    """One over the first hold of the set, and at least 2."""
    return isinstance(event, Pain) and _rise(session, event) == 1 and event.value >= RISE


def asked_for(session: Session, event: Event, _now: datetime) -> bool:
    """The answer is about the question that is open (a typed number always is)."""
    assert isinstance(event, Pain)
    open_question = {
        Phase.ASKED_BEFORE: BEFORE,
        Phase.ASKED_AFTER: len(session.holds) - 1,
        Phase.ASKED_REASON: STOP_PAIN,
        Phase.ASKED_STOP_PAIN: STOP_PAIN,
    }[session.phase]
    return event.about in {None, open_question}


def asked_and(guard: Guard) -> Guard:
    """`guard`, and the answer is about the question that is open."""

    def both(session: Session, event: Event, now: datetime) -> bool:
        return asked_for(session, event, now) and guard(session, event, now)

    return both


def higher(session: Session, event: Event, _now: datetime) -> bool:
    """A correction upward of the newest answer."""
    index = session.last_answered
    if not isinstance(event, Pain) or index is None or event.about not in {None, index}:
        return False
    return event.value > (session.holds[index].pain or 0)


def higher_and_rising(session: Session, event: Event, now: datetime) -> bool:
    """A correction upward that shows the pain rising."""
    return higher(session, event, now) and rising(session, event, now)


def just_finished(guard: Guard) -> Guard:
    """`guard`, about the last hold of a session that finished untroubled a moment ago."""

    def both(session: Session, event: Event, now: datetime) -> bool:
        about_last = isinstance(event, Pain) and event.about == len(session.holds) - 1
        return about_last and undoable(session, event, now) and guard(session, event, now)

    return both


def undoable(session: Session, _event: Event, now: datetime) -> bool:
    """The newest answer is at most 2 minutes old and nothing has followed it."""
    answered = session.answered_at
    if answered is None or now - answered > UNDO_WINDOW:
        return False
    if session.phase is Phase.GET_SET:
        return not session.holds
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


def due_unnudged(session: Session, event: Event, now: datetime) -> bool:
    """The session's time has come, and nobody was asked twice yet."""
    return due(session, event, now) and not session.nudged


def this_hold(session: Session, event: Event, _now: datetime) -> bool:
    """The message's fate is about the hold that is running."""
    assert isinstance(event, CueHanded | CueLost)
    return event.index == len(session.holds) - 1


def _rise(session: Session, event: Event) -> int:
    """Return how far the answer is over the first hold of its set; 0 for that first one."""
    assert isinstance(event, Pain)
    first = session.first_of_set(moves.subject(session, event))
    return 0 if first is None else event.value - first


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
CUED: Final = frozenset({P.GET_SET, P.HOLDING, P.RESTING})
"""Phases with a cue ahead or running."""
ASKED: Final = frozenset({P.ASKED_BEFORE, P.ASKED_AFTER, P.ASKED_STOP_PAIN})
WHY: Final = frozenset({P.ASKED_REASON, P.ASKED_STOP_PAIN})
ON: Final = frozenset({P.RESTING, P.CLOSED})

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
    _row(
        P.CLOSED, Pain, just_finished(hard), moves.stop_hard, P.CLOSED, "corrected up: ≥ hard stop"
    ),
    _row(P.CLOSED, Pain, just_finished(over), moves.stop_pain, P.CLOSED, "corrected up: > limit"),
    # Pain within the limit.
    _row(P.ASKED_BEFORE, Pain, asked_for, moves.begin, P.GET_SET, "pain ≤ limit"),
    _row(P.ASKED_AFTER, Pain, asked_and(rising), moves.stop_rising, P.CLOSED, "rose by 2"),
    _row(P.ASKED_AFTER, Pain, asked_and(rose_again), moves.stop_rising, P.CLOSED, "rose twice"),
    _row(P.ASKED_AFTER, Pain, asked_and(rose), moves.ease, ON, "rose by 1: ease"),
    _row(P.ASKED_AFTER, Pain, asked_for, moves.next_hold, ON, "pain ≤ limit"),
    _row(CUED, Pain, higher_and_rising, moves.stop_rising, P.CLOSED, "corrected up: rising"),
    _row(CUED, Pain, higher, moves.note_higher, CUED, "corrected up"),
    _row(WHY, Pain, asked_for, moves.stop_pain_low, P.CLOSED, "pain ≤ limit"),
    # Why it was stopped.
    _row(WHY, Reason, red_reason, moves.reason_red, P.CLOSED, "sharp, numb"),
    _row(P.ASKED_REASON, Reason, pain_reason, moves.reason_pain, P.ASKED_STOP_PAIN, "pain"),
    _row(P.ASKED_REASON, Reason, always, moves.reason_given, P.CLOSED, "other reason"),
    # Time. A cue that is too late is not sent; the athlete chooses instead.
    _row(P.GET_SET, Due, due_late(HOLD_GRACE), moves.cut_late, P.INTERRUPTED, "too late"),
    _row(P.RESTING, Due, due_late(HOLD_GRACE), moves.cut_late, P.INTERRUPTED, "too late"),
    _row(P.HOLDING, Due, due_late(RELEASE_GRACE), moves.cut_late, P.INTERRUPTED, "too late"),
    _row(P.GET_SET, Due, due, moves.hold, P.HOLDING, "lead-in over"),
    _row(P.RESTING, Due, due, moves.hold, P.HOLDING, "rest over"),
    _row(P.HOLDING, Due, due, moves.release, P.ASKED_AFTER, "seconds over"),
    _row(ASKED, Due, due_unnudged, moves.nudge, ASKED, "3 min"),
    _row(LIVE - CUED, Due, due, moves.close_partial, P.CLOSED, "15 min"),
    # What became of a cue.
    _row(P.HOLDING, CueHanded, this_hold, moves.anchor, P.HOLDING, "cue handed over"),
    _row(P.HOLDING, CueLost, this_hold, moves.cut_late, P.INTERRUPTED, "cue lost"),
    # Breaks.
    _row(CUED, Restarted, always, moves.cut_restart, P.INTERRUPTED, "restart"),
    _row(LIVE - CUED, Restarted, always, moves.ask_again, LIVE - CUED, "restart"),
    _row(CUED, Pause, always, moves.cut_pause, P.INTERRUPTED, "pause"),
    _row(P.INTERRUPTED, GoOn, always, moves.lead_in, P.GET_SET, "go on"),
    _row(P.INTERRUPTED, Finish, always, moves.close_partial, P.CLOSED, "finish"),
    # A slip.
    _row(P.GET_SET, Undo, undoable, moves.undo, P.ASKED_BEFORE, "undo"),
    _row(frozenset({P.RESTING, P.CLOSED}), Undo, undoable, moves.undo, P.ASKED_AFTER, "undo"),
)


def step(session: Session, event: Event, now: datetime) -> Moved | Refusal:
    """Return the next session and its effects, or the reason why `event` changes nothing.

    `now` is aware UTC. Pure: the same arguments give the same answer.
    """
    for row in TABLE:
        fits = session.phase in row.phases and isinstance(event, row.event)
        if fits and row.guard(session, event, now):
            return row.move(session, event, now)
    return _refusal(session, event)


def start(dose: Dose, now: datetime) -> Moved:
    """Open a session on `dose`: set up, and ask for the pain right now."""
    return moves.opened(Session(dose=dose, opened_at=now), now)


def _refusal(session: Session, event: Event) -> Refusal:
    closed = session.phase is Phase.CLOSED
    match event:
        case Due() | CueHanded() | CueLost() | Restarted():
            return Refusal.NOT_DUE
        case Undo():
            stays = session.outcome not in {None, Outcome.LESSENING, Outcome.LEVEL}
            return Refusal.STAYS_STOPPED if stays else Refusal.NOTHING_TO_UNDO
        case Pain(value=value, about=about) if not closed:
            return _refused_pain(session, value, about)
        case Stop() if not closed:
            return Refusal.KNOWN
        case _:
            return Refusal.OVER if closed else Refusal.NOT_ASKED


def _refused_pain(session: Session, value: int, about: int | None) -> Refusal:
    index = session.last_answered
    if session.phase not in CUED or index is None or about not in {None, index}:
        return Refusal.NOT_ASKED
    known = session.holds[index].pain == value
    return Refusal.KNOWN if known else Refusal.LOWER
