"""Why a day, a session or a plan stands as it does: words that rows and messages carry."""

from enum import StrEnum
from typing import Final

PAIN: Final = "pain"
"""The reason of a day that was skipped or missed because of pain: a rest, as the plan wants it."""
FLARE: Final = "flare"
"""The reason of a day put aside for rest because a morning flared up."""
STEP_DOWN: Final = "step_down"
"""The audit row's action of a step the bot took."""
TOO_SOON: Final = "too_soon"
"""The reason of an occurrence for which four hours after a session had not passed."""
HELD_BEFORE: Final = "held_before"
"""The reason of an occurrence whose date had a session already, beside the plan."""
CHANGED: Final = "changed"
"""The reason of an occurrence that was closed because the schedule was changed."""
SEVERE_MORNING: Final = "severe_morning"
"""The reason of a pause that a morning's pain began; only a coach or admin ends it."""
LOWEST: Final = "lowest_morning"
"""The alert of a morning that asks for less where the plan has no lower step: a person decides."""
UNREACHABLE: Final = "unreachable"
"""The alert of an athlete who cannot be reached any more."""
MISSED: Final = "missed"
"""The alert of days without an answer."""
MISSED_PAIN: Final = "missed_pain"
"""The alert about days that were missed because of pain."""


class Bar(StrEnum):
    """Why no session can be opened now."""

    RUNNING = "running"
    LOCKED = "locked"
    PAUSED = "paused"
    DONE = "done"  # today's session was held
    GAP = "gap"  # a session was held less than four hours ago
    RESTING = "resting"  # today ended on pain, or the athlete stopped: rest
    LEAVING = "leaving"  # the athlete asked for erasure
    GONE = "gone"  # the reminder is of another day
    AWAY = "away"  # 14 days without a session: red flags are asked for first
    SCREENING = "screening"  # red-flag questions wait for an answer
