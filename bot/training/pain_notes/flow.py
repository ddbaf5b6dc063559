"""Pain noted beside the session's own questions."""

from typing import Final

from bot.conversation import words_offer
from bot.conversation.common.messages import PainSaved, SavedAlready
from bot.conversation.interaction import Interaction
from bot.protocol.session.machine import UNDO_WINDOW
from bot.store import ratings
from bot.training import screening
from bot.training.pain_notes.messages import PainNoteSaved

SCREEN_FROM: Final = 6
"""A pain note from here on asks the red-flag questions."""


def keep(turn: Interaction, value: int, message_id: int | None = None) -> None:
    """Keep a note, 0–10, of an athlete without a session, and say so."""
    since = turn.now - UNDO_WINDOW
    pressed = turn.query_id is not None
    if pressed and ratings.noted_since(turn.db, turn.person_id, value, since):
        turn.answer(SavedAlready())  # a double tap is one note
        return
    ratings.note(turn.db, turn.person_id, value, turn.now, message_id=message_id)
    high = value >= SCREEN_FROM
    turn.answer(PainSaved(value))
    tell = turn.say if words_offer.is_one(turn) else turn.show
    tell(PainNoteSaved(value, high))
    if high:
        screening.ask(turn, "note")
