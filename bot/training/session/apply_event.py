"""A session in the database: events in, the new state and its messages out, in one transaction."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.protocol.session import events
from bot.protocol.session.events import Event, Refusal
from bot.protocol.session.machine import start, step
from bot.protocol.session.moves import question_of
from bot.protocol.session.state import Phase
from bot.store import people, session_writes, sessions
from bot.store.sessions import Stored
from bot.training.session import next_morning
from bot.training.session.context import Scene
from bot.training.session.effects import ask, tell


def open_session(db: Db, athlete_id: int, occurrence_id: int | None, now: datetime) -> Stored:
    """Open a session on the athlete's newest plan and ask for the pain right now."""
    plan = people.plan(db, athlete_id)
    assert plan.id is not None
    value, effects = start(sessions.dose_of(plan), now)
    stored = session_writes.add(db, athlete_id, plan.id, occurrence_id, value)
    tell(Scene(db, stored, now, now), effects)
    return stored


def happen(db: Db, stored: Stored, event: Event, now: datetime) -> Refusal | Stored:
    """Let `event` happen to the session; store and tell what follows, or say why nothing does."""
    result = step(stored.value, event, now)
    if isinstance(result, Refusal):
        return result
    value, effects = result
    saved = session_writes.save(db, stored, value)
    due = stored.value.due_at if isinstance(event, events.Due) else None
    scene = Scene(db, saved, now, due or now)
    tell(scene, effects)
    if value.phase is Phase.CLOSED and stored.value.phase is not Phase.CLOSED:
        next_morning.expect(db, saved, now)
    return saved


def ask_again(db: Db, stored: Stored, now: datetime, *, why: str = "again") -> None:
    """Say the session's open question once more; nothing about the session changes."""
    question = question_of(stored.value)
    index = len(stored.value.holds) - 1 if question is events.Question.AFTER else None
    ask(Scene(db, stored, now, now), events.TellQuestion(question, why, index))
