"""What is said about an athlete's schedule, as values.

Days, times and quiet hours are texts as the settings store them: "0,2,4", "" where reminders are
switched off; "07:30,18:00"; "22:00-07:00".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.conversation.message import Reply
from bot.conversation.phrases import Unchanged
from bot.programme.messages import SettingChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders(Reply):
    """The person whose reminders come next, as far as they are planned, and what bars them.

    `off`: they are switched off.
    """

    athlete_id: int
    name: str
    zone: str
    reader_zone: str
    coming: tuple[datetime, ...]
    locked: bool
    paused: bool
    off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleShown(Reminders):
    """An athlete's schedule; `why` nothing was changed, where something should have been."""

    topic: ClassVar[str] = "schedule"
    days: str
    time: str
    quiet: str
    why: Unchanged = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleChanged(Reminders):
    """What was changed just now; `undo` is the audit row that a button takes back.

    `told`: whether the letter to the athlete has anywhere to go; None where none was needed. A
    reminder that was open is put off until `moved_to`, or `closed`.
    """

    topic: ClassVar[str] = "schedule_done"
    changes: tuple[SettingChange, ...]
    told: bool | None
    undo: int
    moved_to: datetime | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleChangedForYou(Reply):
    """The person `by` changed the athlete's schedule; `next_at` is the next reminder.

    A reminder that was open is put off until `moved_to`, or `closed`.
    """

    topic: ClassVar[str] = "schedule_changed"
    by: str
    changes: tuple[SettingChange, ...]
    next_at: datetime | None
    zone: str
    moved_to: datetime | None = None
    closed: bool = False
