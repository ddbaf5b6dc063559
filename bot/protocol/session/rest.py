"""How long an athlete rests after a session that ended on pain, by STOP, or on a warning sign.

"Over for today" (PROTOCOL 3) must not depend on which side of midnight a session ended: rest lasts
until the next morning, and at least eight hours.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.protocol.calendar.local_time import BEGINS, ends_at, training_day
from bot.protocol.session.state import Outcome

REST_FOR: Final = timedelta(hours=8)
"""The least rest, whichever way midnight falls."""
MORNING: Final = BEGINS
"""Before this local time a session belongs to the evening before."""
RESTS: Final = frozenset(
    {
        Outcome.STOPPED_PAIN,
        Outcome.STOPPED_HARD,
        Outcome.RED_FLAG,
        Outcome.RISING,
        Outcome.RESTED_ON_PAIN,
        Outcome.STOPPED_EARLY,
    }
)
"""Outcomes that rest follows."""


def rest_until(closed_at: datetime, zone: str) -> datetime:
    """Return until when rest lasts after a session that ended at `closed_at` in this zone."""
    return max(ends_at(training_day(closed_at, zone), zone), closed_at + REST_FOR)
