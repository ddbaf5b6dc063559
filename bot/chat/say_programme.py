"""Words for what staff set for an athlete."""

from datetime import datetime
from typing import Final

from bot.chat.pickers import Values, Words
from bot.chat.say_limits import SAY_LIMITS
from bot.chat.say_pauses import SAY_PAUSES
from bot.chat.say_plan import SAY_PLAN
from bot.chat.say_schedule import SAY_SCHEDULE
from bot.chat.screen import Screen, esc


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
