"""What a closed session is called: the first match wins (PROTOCOL 3)."""

from typing import Final

from bot.protocol.session.state import HoldStatus, Outcome, Session, StopReason

EARLY: Final = 0.8
"""Under this share of the planned time, a stop by the athlete is `stopped_early`."""

NOT_HELD: Final = frozenset({Outcome.PARTIAL, Outcome.STOPPED_EARLY})
"""Outcomes that without a single hold are no session at all: opened, and left."""

LOCKING: Final = frozenset({Outcome.STOPPED_HARD, Outcome.RED_FLAG})
"""Outcomes after which sessions are locked."""


def graded(session: Session) -> Outcome:
    """Return the outcome of a session that no rule has ended: finished, or stopped untroubled."""
    if _rating_missing(session):
        return Outcome.PARTIAL
    if session.stop_reason is not None and _early(session):
        return Outcome.STOPPED_EARLY
    return Outcome.LESSENING if lessening(session) else Outcome.LEVEL


def lessening(session: Session) -> bool:
    """Whether pain was less at the last hold than at the first, or at most 1."""
    pains = [hold.pain for hold in session.holds if hold.pain is not None]
    return bool(pains) and (pains[-1] < pains[0] or pains[-1] <= 1)


def _rating_missing(session: Session) -> bool:
    unrated = any(h.status is HoldStatus.DONE and h.pain is None for h in session.holds)
    return unrated or (not session.done and session.stop_reason is None)


def _early(session: Session) -> bool:
    if session.dose.to_fatigue and session.stop_reason is StopReason.TIRED and session.done:
        return False  # going to fatigue, "tired" is a proper ending (PROTOCOL 2)
    return session.tension_s < EARLY * session.dose.planned_s


def stayed_low(outcome: str | None, first: int | None, last: int | None) -> bool:
    """Whether a session is `lessening` for a last pain of 0 or 1 that was no higher before.

    `first` is None where one hold alone was answered.
    """
    if outcome != Outcome.LESSENING or last is None:
        return False
    return first is None or last >= first
