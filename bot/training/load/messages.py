"""What is said about the diary of load, as values. Days are the athlete's own."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.conversation.message import Reply
from bot.protocol.load.activities import Why
from bot.protocol.load.advice import Advice
from bot.protocol.load.entries import Extra, LoadFigures, LoadKind


@dataclass(frozen=True, slots=True)
class NotedLoad:
    """One entry: minutes, effort of 10, metres and metres up are None where nobody knows."""

    day: date
    kind: LoadKind
    minutes: int | None
    effort: int | None
    extras: tuple[Extra, ...]
    metres: int | None = None
    climb_m: int | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a coach asks to leave out, until a local date or a stage."""

    extra: Extra
    until_day: date | None
    until_stage: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadShown(Reply):
    """The last seven days, the newest last; days without an entry are not known.

    `before` are the seven days before, and `month` 28 days. `newest` is the newest entry's id,
    which can be changed.
    """

    topic: ClassVar[str] = "load_shown"
    today: date
    entries: tuple[NotedLoad, ...]
    week: LoadFigures
    before: LoadFigures
    month: LoadFigures
    newest: int | None
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class DiaryConsentAsked(Reply):
    """Whether the diary may be kept, to who agreed to a text without it; `version` is its."""

    topic: ClassVar[str] = "diary_consent_asked"
    version: str


@dataclass(frozen=True, slots=True)
class DiaryConsentDeclined(Reply):
    """Nothing of the diary is kept."""

    topic: ClassVar[str] = "diary_consent_declined"


@dataclass(frozen=True, slots=True)
class LoadKindAsked(Reply):
    """The question what was done on a day; `other` lists what is no run."""

    topic: ClassVar[str] = "load_kind_asked"
    day: date
    today: date
    other: bool = False


@dataclass(frozen=True, slots=True)
class LoadMinutesAsked(Reply):
    """The question how long it was. `words` are those of the line so far."""

    topic: ClassVar[str] = "load_minutes_asked"
    words: str
    kind: LoadKind
    day: date
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSaved(Reply):
    """An entry is saved, or changed; without an effort, it is asked for.

    `again` tells that the same was noted a moment ago, and `cut` that the watch's file broke off.
    `left_out` is what of it the coach asks to leave out; `tip` is a line of advice. With a `twin`
    something alike is noted for that day: it may be the same. `sportless`: a file names no sport.
    """

    topic: ClassVar[str] = "load_saved"
    entry: int
    noted: NotedLoad
    today: date
    again: bool = False
    cut: bool = False
    left_out: tuple[LeftOut, ...] = ()
    tip: Advice | None = None
    twin: bool = False
    sportless: bool = False


@dataclass(frozen=True, slots=True)
class LoadTakenBack(Reply):
    """An entry is taken back; it can be put back."""

    topic: ClassVar[str] = "load_taken_back"
    entry: int
    noted: NotedLoad
    today: date


@dataclass(frozen=True, slots=True)
class LoadNotRead(Reply):
    """A line cannot be read or kept: nothing is saved. `problem` is one sentence that says why."""

    topic: ClassVar[str] = "load_not_read"
    problem: str


@dataclass(frozen=True, slots=True)
class LoadChanged(Reply):
    """A button changed an entry."""

    topic: ClassVar[str] = "load_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFileDayAsked(Reply):
    """A watch's file has no usable time: on which day was it? The values are those of the file."""

    topic: ClassVar[str] = "load_file_day_asked"
    kind: LoadKind
    seconds: int
    metres: int | None
    climb_m: int | None
    effort: int | None
    cut: bool
    hash: str
    today: date


@dataclass(frozen=True, slots=True)
class LoadFileUnread(Reply):
    """Nothing of a watch's file is kept, and why; `noted` is what it says, if that is too old."""

    topic: ClassVar[str] = "load_file_unread"
    why: Why
    noted: NotedLoad | None = None
    today: date | None = None
