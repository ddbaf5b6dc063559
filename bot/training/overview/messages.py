"""What comes next and what was, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator

from bot.conversation.message import Reply
from bot.protocol.dose.dose import Side
from bot.protocol.session.state import Outcome

# ---- next -------------------------------------------------------------------------------

WhyNone = Literal["leaving", "locked", "paused", "no_days"]
"""Why no session is planned."""


def _day_or_instant(stored: object) -> object:
    """Return a day or an instant out of JSON, where one field is either."""
    if not isinstance(stored, str):
        return stored
    return datetime.fromisoformat(stored) if "T" in stored else date.fromisoformat(stored)


@dataclass(frozen=True, slots=True)
class NextSession(Reply):
    """When the next session is and what it asks for; or `why` there is none.

    A session may be `running`; else a reminder may be `waiting` for an answer, that of the date
    `waiting_day` if it is known, or be `put_off` until then.
    Whoever is leaving has an instant as `until`; a plan that is paused has the first day back, and
    is `kept` where the athlete cannot end that.
    """

    topic: ClassVar[str] = "next"
    why: WhyNone | None
    next_at: datetime | None
    zone: str
    holds: int
    hold_s: int
    sets: int
    side: Side
    running: bool = False
    until: Annotated[datetime | date | None, BeforeValidator(_day_or_instant)] = None
    reason: str | None = None
    kept: bool = False
    waiting: bool = False
    put_off: datetime | None = None
    waiting_day: date | None = None


# ---- history ----------------------------------------------------------------------------


class Unheld(StrEnum):
    """What became of a day without a session."""

    SKIPPED = "skipped"
    MISSED = "missed"
    NOT_DELIVERED = "not_delivered"
    PAUSED = "paused"
    RESTED = "rested"


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """A session: `done` of `planned` holds, the `first` and `last` pain, 0–10, seconds held.

    Where no hold was answered, `first` is the pain before it; where one was, there is no first.
    `stop` is the pain that made the athlete stop, where that is none of the others.
    """

    day: date
    at: datetime
    outcome: Outcome
    done: int
    planned: int
    first: int | None
    last: int | None
    tension_s: int
    stop: int | None = None
    kind: Literal["session"] = "session"


@dataclass(frozen=True, slots=True)
class DayEntry:
    """A day without a session, and why, where that was said."""

    day: date
    at: datetime
    kind: Unheld
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """This week so far: the plan was followed `done` of `planned` times, `ahead` are to come.

    In letters of 0.1.0 `planned` has those to come, too, and `ahead` is None.
    """

    done: int
    planned: int
    ahead: int | None = None


@dataclass(frozen=True, slots=True)
class LastSessions(Reply):
    """The last sessions and the days without one, newest first; and this week so far."""

    topic: ClassVar[str] = "history"
    entries: tuple[SessionEntry | DayEntry, ...]
    week: Week
    running: bool
    zone: str
