"""A clip: rest, get set, HOLD and RELEASE in one message, its question below (PROTOCOL 4).

What happens while it plays happens to the phase that messages would have led to by then. So a clip
is no way round the table, and whichever way a hold is cued, a session ends the same.
"""

from datetime import datetime, timedelta

from bot.protocol.session.events import ClipCue, Effect, Event, Pain, Silence
from bot.protocol.session.state import (
    NUDGE_AFTER,
    HoldRecord,
    HoldStatus,
    Phase,
    Session,
    TimedBy,
)


def hand_over(
    session: Session,
    event: Event,
    lead_s: int,
    *,
    rest: timedelta = timedelta(),
    switch: bool = False,
) -> tuple[Session, tuple[Effect, ...]]:
    """Hand over the clip of the hold at the session's place.

    Nobody knows when the last one was played, so that rest is counted from its answer. Nor whether
    this one comes: until that is told it has no time, and its hold is none.
    """
    wait_s, seconds = max(round(rest.total_seconds()), lead_s), session.dose.hold_s
    value = event.value if isinstance(event, Pain) else None
    cue = ClipCue(
        session.place, len(session.holds), wait_s, lead_s, seconds, session.eased, switch, value
    )
    return session.goes(Phase.CLIP, None), (Silence(), cue)


def played(session: Session, now: datetime) -> Session:
    """Return the session as its clip has it at `now`: its hold runs, or waits for an answer.

    The athlete may have started the clip later: what could have been held is assumed. Of a clip
    that nobody knows to have come nothing is.
    """
    ends_at = session.due_at
    if ends_at is None:
        return session
    if session.phase is Phase.CLIP:
        seconds = session.dose.hold_s
        begins_at = ends_at - timedelta(seconds=seconds)
        if now < begins_at:
            return session
        begun = HoldRecord(
            place=session.place, planned_s=seconds, started_at=begins_at, timed_by=TimedBy.CLIP
        )
        session = session.goes(Phase.HOLDING, ends_at, holds=(*session.holds, begun))
    if not plays(session) or now < ends_at:
        return session
    index, done = len(session.holds) - 1, session.current.ended(HoldStatus.DONE, ends_at)
    return session.with_hold(index, done).goes(Phase.ASKED_AFTER, now + NUDGE_AFTER)


def over(session: Session, _event: Event, now: datetime) -> tuple[Session, tuple[Effect, ...]]:
    """The clip has said RELEASE, and asked: only its answer is missing."""
    return played(session, now), ()


def plays(session: Session) -> bool:
    """Whether a clip leads the athlete through the hold that comes or runs."""
    runs = session.phase is Phase.HOLDING and session.current.timed_by is TimedBy.CLIP
    return runs or session.phase is Phase.CLIP


def may_play_on(session: Session) -> bool:
    """Whether the hold that is asked about may run yet: its clip was perhaps started late."""
    if session.phase is not Phase.ASKED_AFTER:
        return False
    return session.current.timed_by is TimedBy.CLIP and not session.current.ratings
