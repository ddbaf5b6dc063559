"""What is said about a pause, as values. Every day is the athlete's local date."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class PausedDays:
    """The days of a pause: without `first_day` it runs already, without `back_on` it has no end."""

    first_day: date | None
    back_on: date | None


# ---- to the athlete -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanPaused(Reply):
    """The athlete paused the plan; without `back_on`, the first day back, until resumed.

    `back_at` is the first reminder that comes then. A pause that lies ahead begins on `first_day`.
    `before` is the pause there was.
    """

    topic: ClassVar[str] = "paused"
    back_on: date | None
    back_at: datetime | None
    zone: str
    first_day: date | None = None
    before: PausedDays | None = None


@dataclass(frozen=True, slots=True)
class PauseLengthAsked(Reply):
    """The question for how long the athlete pauses the plan; `stands` is the pause there is."""

    topic: ClassVar[str] = "pause_length"
    stands: PausedDays | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class PauseKept(Reply):
    """The pause is another's, so the athlete changed nothing; its days as in `PlanPaused`."""

    topic: ClassVar[str] = "pause_kept"
    back_on: date | None
    reason: str | None
    zone: str
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class PauseNotUnderstood(Reply):
    """The words after /pause name no days: `problem` says what is possible."""

    topic: ClassVar[str] = "pause_problem"
    problem: str


@dataclass(frozen=True, slots=True)
class PlanResumed(Reply):
    """The athlete ended the pause; `next_at` is the next reminder. It may have lain `ahead`."""

    topic: ClassVar[str] = "resumed"
    next_at: datetime | None
    zone: str
    locked: bool
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class NotPaused(Reply):
    """There was no pause to end; `next_at` is the next reminder."""

    topic: ClassVar[str] = "not_paused"
    next_at: datetime | None
    zone: str
    locked: bool


@dataclass(frozen=True, slots=True)
class PausedForYou(Reply):
    """The person `by` paused the athlete's plan; the days as in `PlanPaused`."""

    topic: ClassVar[str] = "paused_by"
    by: str
    back_on: date | None
    reason: str | None
    zone: str
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class ResumedForYou(Reply):
    """The person `by` ended the pause of the athlete's plan; the rest as in `PlanResumed`."""

    topic: ClassVar[str] = "resumed_by"
    by: str
    next_at: datetime | None
    zone: str
    locked: bool
    ahead: bool = False


# ---- to staff -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseShown(Reply):
    """An athlete's pause, or that there is none; `kept`: the athlete cannot end it.

    `last_day` and `back_on` stand before and after its end, and are None without one.
    `back_at` is the first reminder that comes then. A pause that lies ahead begins on `first_day`.
    """

    topic: ClassVar[str] = "staff_pause"
    athlete_id: int
    name: str
    zone: str
    reader_zone: str
    paused: bool
    kept: bool
    last_day: date | None
    back_on: date | None
    back_at: datetime | None
    reason: str | None
    first_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedByStaff(Reply):
    """An athlete's plan was paused just now; days and reminder as in `PauseShown`.

    `told`: whether the letter to the athlete has anywhere to go; None where none was needed.
    `changed` are the pauses before, if there was one, and after.
    """

    topic: ClassVar[str] = "staff_paused"
    athlete_id: int
    name: str
    zone: str
    reader_zone: str
    running: bool
    last_day: date | None
    back_on: date | None
    back_at: datetime | None
    reason: str | None
    told: bool | None
    first_day: date | None = None
    changed: tuple[PausedDays | None, PausedDays] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumedByStaff(Reply):
    """An athlete's pause was ended just now, if there was one; `next_at` is the next reminder.

    `was_until` and `was_reason` are the pause's last day and reason, `was_from` its first day where
    it lay ahead; `told` as in `PausedByStaff`.
    """

    topic: ClassVar[str] = "staff_resumed"
    athlete_id: int
    name: str
    zone: str
    reader_zone: str
    resumed: bool
    next_at: datetime | None
    locked: bool
    told: bool | None
    was_until: date | None
    was_reason: str | None
    was_from: date | None = None


@dataclass(frozen=True, slots=True)
class NobodyPaused(Reply):
    """None of the reader's athletes is paused."""

    topic: ClassVar[str] = "staff_none_paused"
