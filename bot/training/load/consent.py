"""Nothing of the diary is kept before the text that names it is agreed to: one tap, at first use.

Who joined by an older text agreed to pain answers, holds and a plan; all of that goes on meanwhile.
"""

from typing import Final

from bot.conversation.interaction import Interaction
from bot.conversation.pressed import pressed
from bot.store import agreed, people
from bot.training.load import overview
from bot.training.load.lines import today_of
from bot.training.load.messages import DiaryConsentAsked, DiaryConsentDeclined

AGREE: Final = "agree"
DECLINE: Final = "decline"
ANSWERS: Final = frozenset({AGREE, DECLINE})
"""What a button of the question may be."""


def is_given(turn: Interaction) -> bool:
    """Whether the diary may be kept; else it is asked, and nothing else happens."""
    if agreed.keeps_diary(turn.db, turn.person_id):
        return True
    turn.answer()
    turn.say(DiaryConsentAsked(agreed.USE))
    return False


def answer(turn: Interaction, what: str) -> None:
    """A button of the question; what it stood under must be the newest text."""
    found = pressed(turn, DiaryConsentAsked)
    if found is None:
        turn.expired()
        return
    turn.answer()
    if what == DECLINE:
        turn.show(DiaryConsentDeclined())
        return
    if found[1].version != agreed.USE:
        turn.show(DiaryConsentAsked(agreed.USE))
        return
    _agree(turn)
    turn.show(overview.shown(turn.db, turn.person_id, today_of(turn)))


def _agree(turn: Interaction) -> None:
    """Keep the version and the time; since when the rest is agreed to stays as it is."""
    athlete = people.athlete(turn.db, turn.person_id)
    if athlete.consent_version == agreed.USE:
        return
    before, athlete.consent_version = athlete.consent_version, agreed.USE
    athlete.diary_agreed_at = turn.now
    turn.db.add(athlete)
    people.note(
        turn.db,
        "agree_diary",
        turn.now,
        actor=turn.person_id,
        subject=turn.person_id,
        before=before,
        after=agreed.USE,
    )
    turn.db.flush()
