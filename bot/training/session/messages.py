"""Short replies around a session, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.conversation.message import Reply
from bot.training.reasons import Bar

# ---- a session begins, or not -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionStarted(Reply):
    """The session begins in the next message."""

    topic: ClassVar[str] = "started"


@dataclass(frozen=True, slots=True)
class NoSessionNow(Reply):
    """There is no session now, and why.

    `reason` says more of a lock (the outcome that led to it) and of rest (an outcome, or
    `reasons.FLARE`), which lasts `until`; the next session is planned for `next_at`.
    """

    topic: ClassVar[str] = "barred"
    why: Bar
    zone: str
    reason: str | None = None
    next_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionIsNewer(Reply):
    """The session cannot go on here: a newer version of the bot has begun it."""

    topic: ClassVar[str] = "session_is_newer"


@dataclass(frozen=True, slots=True)
class SessionRunning(Reply):
    """A session is running, and a cue of it is ahead."""

    topic: ClassVar[str] = "running"


@dataclass(frozen=True, slots=True)
class LateStart(Reply):
    """The wish to begin reached the bot late: nothing began.

    `occurrence` is the reminder of today that still waits for an answer; `at` is for when it is
    planned, where there are two a day. `bandless`: it was to be without the band.
    """

    topic: ClassVar[str] = "late_start"
    occurrence: int | None = None
    at: datetime | None = None
    zone: str = ""
    bandless: bool = False


# ---- in line ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InLine(Reply):
    """Many train just now: the session opens at `at`; `again` where another time was told."""

    topic: ClassVar[str] = "in_line"
    at: datetime
    zone: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class LineLeft(Reply):
    """The athlete does not wait for a session any more."""

    topic: ClassVar[str] = "line_left"


@dataclass(frozen=True, slots=True)
class LineOver(Reply):
    """The athlete's turn came, but there is no session for them now."""

    topic: ClassVar[str] = "line_over"


# ---- answers ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LowerNotTaken(Reply):
    """A lower number changes nothing: `kept` is saved, None where 0.1.0 did not say it.

    `undo`: that answer is the newest and can still be taken back. `stopped`: it, or a later one,
    stopped the session, and stays.
    """

    topic: ClassVar[str] = "lower"
    kept: int | None = None
    undo: bool = True
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class AnswerTooEarly(Reply):
    """The hold that the button asks about cannot be over yet: nothing is saved."""

    topic: ClassVar[str] = "too_early"


@dataclass(frozen=True, slots=True)
class NotAsked(Reply):
    """The question of the number, 0–10, is closed: nothing is saved."""

    topic: ClassVar[str] = "not_asked"
    value: int


@dataclass(frozen=True, slots=True)
class LateAnswerSaved(Reply):
    """An answer after the session's end is saved; it changes nothing else."""

    topic: ClassVar[str] = "late_noted"


@dataclass(frozen=True, slots=True)
class EditNotTaken(Reply):
    """A number in an edited message is no answer."""

    topic: ClassVar[str] = "edit_not_taken"


# ---- STOP and undo ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StopTaken(Reply):
    """The button STOP was understood."""

    topic: ClassVar[str] = "stopped"


@dataclass(frozen=True, slots=True)
class NothingToStop(Reply):
    """No session is running."""

    topic: ClassVar[str] = "nothing_to_stop"


@dataclass(frozen=True, slots=True)
class NothingToUndo(Reply):
    """There is no answer of the last two minutes."""

    topic: ClassVar[str] = "nothing_to_undo"


@dataclass(frozen=True, slots=True)
class StaysStopped(Reply):
    """The answer that stopped the session cannot be taken back."""

    topic: ClassVar[str] = "stays_stopped"


@dataclass(frozen=True, slots=True)
class LateUndo(Reply):
    """The wish to undo reached the bot late: something was answered since."""

    topic: ClassVar[str] = "late_undo"
