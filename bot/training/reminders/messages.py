"""Replies about the day's reminder and about days that were missed, as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from bot.conversation.message import Reply


class SkipReason(StrEnum):
    """Why a day is skipped; in the order of the buttons."""

    TIME = "time"
    PAIN = "pain"
    BAND = "band"
    FORGOT = "forgot"
    OTHER = "other"


class MissedReason(StrEnum):
    """Why days were missed; in the order of the buttons."""

    TIME = "time"
    PAIN = "pain"
    BAND = "band"
    FORGOT = "forgot"
    UNSURE = "unsure"


# ---- put off, skipped -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Snoozed(Reply):
    """The reminder comes again at `until`; None where there is no room left for that.

    Then it stays as it was: `snoozes` are the minutes that still work. `at` is for when the session
    is planned, where there are two a day.
    """

    topic: ClassVar[str] = "snoozed"
    until: datetime | None
    zone: str
    occurrence: int
    snoozes: tuple[int, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Skipped(Reply):
    """A session is skipped, and why is asked; `earlier` is its date where it is not today.

    `at` is for when it was planned, where there are two a day.
    """

    topic: ClassVar[str] = "skipped"
    occurrence: int
    earlier: date | None = None
    zone: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SkipNoted(Reply):
    """Why the day is skipped is saved."""

    topic: ClassVar[str] = "skip_noted"
    occurrence: int
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Unskipped(Reply):
    """The skip is taken back; where the occurrence is known, it can be started."""

    topic: ClassVar[str] = "unskipped"
    occurrence: int | None = None


@dataclass(frozen=True, slots=True)
class NoBand(Reply):
    """The exercise that needs no band, for the session of this reminder alone; the dose stays.

    `at` is for when the session is planned, where there are two a day.
    """

    topic: ClassVar[str] = "no_band"
    occurrence: int
    exercise: str
    holds: int
    hold_s: int
    sets: int
    side: str
    zone: str = ""
    at: datetime | None = None


# ---- what reached the bot late ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LateSnooze(Reply):
    """The time it was put off to has passed; `occurrence` is open today, if there is one.

    `at` is for when it is planned, where there are two a day.
    """

    topic: ClassVar[str] = "late_snooze"
    occurrence: int | None = None
    at: datetime | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class LateSkip(Reply):
    """The day that was to be skipped is over; the fields are those of `LateSnooze`."""

    topic: ClassVar[str] = "late_skip"
    occurrence: int | None = None
    at: datetime | None = None
    zone: str = ""


# ---- missed days ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WhyMissed(Reply):
    """Why was there no session on these days? `occurrence` is that of the newest."""

    topic: ClassVar[str] = "why_missed"
    occurrence: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class WhyNoted(Reply):
    """Why days were missed is saved."""

    topic: ClassVar[str] = "why_noted"
    reason: MissedReason
    has_coach: bool
