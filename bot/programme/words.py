"""Words for what staff set for an athlete."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Screen, esc
from bot.conversation.widgets import Values, Words
from bot.programme.pauses.words import SAY_PAUSES
from bot.programme.plan.limit_words import SAY_LIMITS
from bot.programme.plan.words import SAY_PLAN
from bot.programme.schedule.words import SAY_SCHEDULE


def _wrong(values: Values, _now: datetime) -> Screen:
    return Screen(text=f"{esc(values['problem'])}\nNothing was changed.")


SAY_PROGRAMME: Final[dict[str, Words]] = {
    "programme_wrong": _wrong,
    **SAY_SCHEDULE,
    **SAY_PLAN,
    **SAY_LIMITS,
    **SAY_PAUSES,
}
"""Topic → words."""
