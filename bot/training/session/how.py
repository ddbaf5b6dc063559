"""/how, and the button How: a picture of what is held."""

from typing import Final

from bot.conversation.interaction import Interaction
from bot.protocol.dose.exercises import WITHOUT_BAND
from bot.protocol.session.state import CUED
from bot.store import people, sessions
from bot.training.pictures.messages import HowTo
from bot.training.session import apply_event

INSTEAD: Final = "instead"
"""The word that asks for what is held without the band."""


def is_read(words: str) -> bool:
    """Whether /how takes these words."""
    return words == INSTEAD


def how(turn: Interaction, words: str = "") -> None:
    """Show how the session's exercise is done, else the plan's; without the band by INSTEAD.

    An open question is asked again, so that its buttons are below the picture.
    """
    live = sessions.live(turn.db, turn.person_id)
    dose = sessions.dose_of(people.plan(turn.db, turn.person_id))
    if live is not None:
        dose = live.value.dose
    elif words == INSTEAD:
        dose = dose.instead(WITHOUT_BAND)
    turn.answer()
    turn.send(HowTo.of(turn.person_id, dose))
    if live is not None and live.value.phase not in CUED:
        apply_event.ask_again(turn.db, live, turn.now)
