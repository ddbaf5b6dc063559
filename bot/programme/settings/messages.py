"""What is said about an athlete's settings, as values.

Settings are texts as they are stored: days "0,2,4", time "07:30,18:00", quiet "22:00-07:00".
`problem` is what was wrong with the last answer, `choices` are the values that it may have.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from bot.conversation.message import Reply
from bot.conversation.zone_input import CityGuess
from bot.programme.messages import SettingChange
from bot.protocol.dose.dose import Side
from bot.protocol.session.state import Cues


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsShown(Reply):
    """Everything that is set, and the next reminder or what bars it.

    `kept`: a coach or admin paused the plan, so the athlete cannot end the pause. Without
    `back_on`, the first day back, the pause has no end; one that lies ahead begins on `pause_from`.
    """

    topic: ClassVar[str] = "settings"
    zone: str
    days: str
    time: str
    side: Side
    cues: Cues
    quiet: str
    next_at: datetime | None
    paused: bool
    back_on: date | None
    pause_from: date | None = None
    kept: bool = False
    locked: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsChanged(Reply):
    """What was changed just now; `back` is the audit row that a button takes back.

    A reminder that was open is put off until `moved_to`, or `closed`.
    """

    topic: ClassVar[str] = "set_done"
    changes: tuple[SettingChange, ...]
    next_at: datetime | None
    zone: str
    back: int | None
    moved_to: datetime | None = None
    closed: bool = False


# ---- one by one -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ZoneSetting(Reply):
    """The zone there is, and ways to tell another."""

    topic: ClassVar[str] = "set_zone"
    zone: str
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneSettingClock(Reply):
    """It asks which time it is; `offsets` are minutes from UTC, west to east."""

    topic: ClassVar[str] = "set_zone_clock"
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ZoneSettingPlaces(Reply):
    """It asks which of several places has the athlete's clocks."""

    topic: ClassVar[str] = "set_zone_pick"
    guesses: tuple[CityGuess, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneSettingCheck(Reply):
    """It asks whether the clocks of a zone are right."""

    topic: ClassVar[str] = "set_zone_check"
    zone: str


@dataclass(frozen=True, slots=True)
class ZoneSettingLocation(Reply):
    """It asks to share the phone's location."""

    topic: ClassVar[str] = "set_zone_location"


@dataclass(frozen=True, slots=True)
class DaysSetting(Reply):
    """The days there are, and others; `draft` is what is ticked so far."""

    topic: ClassVar[str] = "set_days"
    days: str
    draft: str | None = None
    problem: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeSetting(Reply):
    """The times there are, and others."""

    topic: ClassVar[str] = "set_time"
    time: str
    problem: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SideSetting(Reply):
    """The side there is, and the others."""

    topic: ClassVar[str] = "set_side"
    side: Side
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class CuesSetting(Reply):
    """How cues are, and the other way."""

    topic: ClassVar[str] = "set_cues"
    cues: Cues
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class QuietSetting(Reply):
    """The quiet hours there are, and others."""

    topic: ClassVar[str] = "set_quiet"
    quiet: str
    problem: str | None = None
    choices: tuple[str, ...] = ()
