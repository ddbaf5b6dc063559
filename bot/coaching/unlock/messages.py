"""What is said about unlocking an athlete's sessions, as values; and words that buttons send."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from bot.coaching.messages import OpenFlag
from bot.conversation.message import Reply

WRITE: Final = "other"
"""The word that asks to write the reason."""
CLEARED: Final = "cleared by"
"""The words that ask to write who has cleared the athlete; what is written follows them."""
YES: Final = "yes"
"""The word that lifts the red flags which the question named."""


@dataclass(frozen=True, slots=True)
class NobodyLocked(Reply):
    """None of the reader's athletes is locked."""

    topic: ClassVar[str] = "unlock_none_locked"


@dataclass(frozen=True, slots=True)
class NotLocked(Reply):
    """The athlete is not locked, so nothing was changed."""

    topic: ClassVar[str] = "unlock_not_locked"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class UnlockReasonAsked(Reply):
    """Why may the athlete train again? The next text that is typed says it.

    `reason` is why sessions are locked: an outcome, or None where a red flag alone bars them.
    Where it is `flagged`, a clearance is asked for; letters of 0.1.0 do not say so.
    """

    topic: ClassVar[str] = "unlock_why"
    name: str
    athlete_id: int
    flags: tuple[OpenFlag, ...]
    reason: str | None
    zone: str
    flagged: bool | None = None


@dataclass(frozen=True, slots=True)
class UnlockReasonTooLong(Reply):
    """Still locked: the reason has `length` characters, and at most `most` are taken."""

    topic: ClassVar[str] = "unlock_too_long"
    name: str
    athlete_id: int
    length: int
    most: int


@dataclass(frozen=True, slots=True)
class UnlockReasonAwaited(Reply):
    """The next text that is typed is the reason."""

    topic: ClassVar[str] = "unlock_write"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class ClearanceAwaited(Reply):
    """The next text that is typed says who has cleared the athlete, and when."""

    topic: ClassVar[str] = "unlock_by_whom"
    name: str
    athlete_id: int


@dataclass(frozen=True, slots=True)
class ClearanceMissing(Reply):
    """Still locked: `why` is no clearance, and a red flag needs one."""

    topic: ClassVar[str] = "unlock_not_cleared"
    name: str
    athlete_id: int
    why: str


@dataclass(frozen=True, slots=True)
class ClearanceToConfirm(Reply):
    """The red flags that are lifted with one more tap, and the clearance: `why`."""

    topic: ClassVar[str] = "unlock_confirm"
    name: str
    athlete_id: int
    flags: tuple[OpenFlag, ...]
    reason: str | None
    zone: str
    why: str


@dataclass(frozen=True, slots=True)
class AthleteUnlocked(Reply):
    """Done; `told` if a message to the athlete has somewhere to go, `paused` if the plan is."""

    topic: ClassVar[str] = "unlock_done"
    name: str
    athlete_id: int
    told: bool
    paused: bool
    why: str


@dataclass(frozen=True, slots=True)
class SessionsUnlocked(Reply):
    """To the athlete: `by` whom, and when the next reminder comes, on the clock of `zone`."""

    topic: ClassVar[str] = "unlocked"
    by: str
    next_at: datetime | None
    zone: str
