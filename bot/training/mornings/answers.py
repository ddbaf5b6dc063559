"""Answers to the morning question: by button, typed, late, or changed."""

from bot.conversation.common.messages import PainSaved, SavedAlready
from bot.conversation.interaction import Interaction
from bot.protocol.progression.morning import OPEN_FOR
from bot.store import load as diary_of
from bot.store import mornings as mornings_of
from bot.store import people
from bot.store.tables import MorningRow
from bot.training import reasons, screening
from bot.training.load import tips
from bot.training.messages import MorningSaved
from bot.training.mornings import flow as mornings
from bot.training.progression import next_dose, step_up
from bot.training.session import actions


def answer(turn: Interaction, morning_id: int, value: int) -> None:
    """A button of the question: store the pain 0–10; another one later takes its place."""
    row = _open(turn, morning_id)
    if row is None:
        turn.expired()
    elif row.value == value:
        turn.answer(SavedAlready())
        _say_saved(turn, row, value, again=True)
    else:
        _store(turn, row, value)


def typed(turn: Interaction, value: int, morning_id: int) -> bool:
    """Take a typed number as the answer of a morning; False where none is taken any more."""
    row = _open(turn, morning_id)
    if row is not None:
        _store(turn, row, value)
    return row is not None


def ask_again(turn: Interaction, morning_id: int) -> None:
    """Put the question in the place of its answer: the athlete wants to change it."""
    row = _open(turn, morning_id)
    if row is None:
        turn.expired()
        return
    turn.answer()
    turn.send(mornings.question(turn.db, row, turn.message_id))


def _open(turn: Interaction, morning_id: int) -> MorningRow | None:
    """Return the person's own morning while its answer is taken."""
    row = turn.db.get(MorningRow, morning_id)
    if row is None or row.athlete_id != turn.person_id or row.asked_at is None:
        return None
    return row if turn.said_at <= row.asked_at + OPEN_FOR else None


def _store(turn: Interaction, row: MorningRow, value: int) -> None:
    before = row.value
    if before is not None:
        mornings_of.keep_replaced(turn.db, row)
    row.value, row.answered_at, row.due_at = value, turn.now, None
    turn.db.add(row)
    turn.db.flush()
    if before is not None:
        _note(turn, before, value)
    turn.answer(PainSaved(value))
    _say_saved(turn, row, value, again=before is not None)
    actions.stops_live(turn, value)
    hard_stop = people.plan(turn.db, turn.person_id).hard_stop
    if value >= hard_stop and (before is None or before < hard_stop):
        screening.ask(turn, "note")
    known = next_dose.weigh(turn.db, row, before, turn.now)
    step_up.offer(turn.db, turn.person_id, turn.now, known)


def _note(turn: Interaction, before: int, after: int) -> None:
    """Keep the answer that was replaced."""
    people.note(
        turn.db,
        "morning",
        turn.now,
        actor=turn.person_id,
        subject=turn.person_id,
        before=str(before),
        after=str(after),
    )


def _say_saved(turn: Interaction, row: MorningRow, value: int, *, again: bool) -> None:
    """Say what is stored; after a change also that a pause stays. The day before can be noted."""
    athlete = people.athlete(turn.db, row.athlete_id)
    zone = people.person(turn.db, row.athlete_id).zone
    paused = again and athlete.pause_reason == reasons.SEVERE_MORNING
    before = row.local_date - mornings_of.DAY
    is_noted = diary_of.is_known(turn.db, row.athlete_id, before)
    assert row.id is not None
    said = MorningSaved(
        morning=row.id,
        day=row.local_date,
        value=value,
        zone=zone,
        paused=paused,
        diary_day=None if is_noted else before,
        tip=tips.after_morning(turn.db, row, turn.now),
    )
    turn.show(said)
