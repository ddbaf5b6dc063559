"""Which question a pain answer is about, and keeping it there."""

from dataclasses import replace
from datetime import datetime

from bot.protocol.session.events import BEFORE, STOP_PAIN, Event, Pain
from bot.protocol.session.state import HoldStatus, Phase, Rating, Session, StopReason, counting


def answered(session: Session, event: Event, now: datetime) -> Session:
    """Keep the answer with what it is about."""
    assert isinstance(event, Pain)
    about = subject(session, event)
    order = 1 + max((rating.order for rating in session.ratings), default=-1)
    rating = Rating(
        event.value,
        now,
        order=order,
        late=session.phase is Phase.CLOSED,
        message_id=event.message_id,
    )
    if about == BEFORE:
        return replace(session, before=(*session.before, rating))
    if about == STOP_PAIN:
        return replace(session, stop_ratings=(*session.stop_ratings, rating))
    return session.with_hold(about, session.holds[about].rated(rating))


def subject(session: Session, event: Pain) -> int:
    """Return what `event` answers or corrects: a hold's index, `BEFORE` or `STOP_PAIN`."""
    about = _typed_about(session) if event.about is None else event.about
    if 0 <= about < len(session.holds) or about == BEFORE:
        return about
    return STOP_PAIN if session.holds else BEFORE


def _typed_about(session: Session) -> int:
    """Return what a bare number is about: the open question, else the newest answer."""
    newest, known = len(session.holds) - 1, session.last_answered
    match session.phase:
        case Phase.ASKED_BEFORE:
            return BEFORE
        case Phase.ASKED_AFTER:
            return newest
        case Phase.ASKED_REASON | Phase.ASKED_STOP_PAIN | Phase.INTERRUPTED:
            return STOP_PAIN
        case Phase.CLOSED if _unexplained(session):
            return STOP_PAIN
        case Phase.CLOSED if newest >= 0 and session.current.status is HoldStatus.DONE:
            return newest
        case _:
            return newest if known is None else known


def _unexplained(session: Session) -> bool:
    """Whether the pain that made the athlete stop was asked for and never told."""
    return session.stop_reason is StopReason.PAIN and session.stop_pain is None


def known_answer(session: Session, event: Pain) -> int | None:
    """Return the answer that counts for what `event` is about, or None."""
    about = subject(session, event)
    if about == STOP_PAIN:
        return session.stop_pain
    rating = counting(session.before) if about == BEFORE else None
    if about == BEFORE:
        return None if rating is None else rating.value
    return session.holds[about].pain
