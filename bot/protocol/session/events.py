"""What can happen to a session, and what the session wants said or done about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.protocol.session.state import Interruption, Place, StopReason

BEFORE: Final = -1
"""`Pain.about` for the question before the session."""
STOP_PAIN: Final = -2
"""`Pain.about` for the question after a STOP because of pain."""
NOTE: Final = -3
"""`Pain.about` for a number that answers no question of the session: it can only stop it."""
ABOUT: Final = frozenset({BEFORE, STOP_PAIN, NOTE})
"""What `Pain.about` can be besides a hold's index."""


class Event:
    """Something that happened: to the athlete, to the clock, or to a message."""


@dataclass(frozen=True, slots=True)
class Stop(Event):
    """The athlete says STOP, by button or by word."""


@dataclass(frozen=True, slots=True)
class RedFlagRaised(Event):
    """The athlete reports a red flag (PROTOCOL 5)."""


@dataclass(frozen=True, slots=True)
class Leave(Event):
    """The athlete leaves the bot: the session ends here, and nothing is asked."""


@dataclass(frozen=True, slots=True)
class Pain(Event):
    """A pain answer, 0–10. `about` is the index of the hold it answers, None when typed.

    `corrects` an answer that was given before: it can stop the set, never lead on. `message_id` is
    the athlete's message that says it.
    """

    value: int
    about: int | None = None
    corrects: bool = False
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reason(Event):
    """Why the athlete stopped."""

    reason: StopReason


@dataclass(frozen=True, slots=True)
class Due(Event):
    """`due_at` has come."""


@dataclass(frozen=True, slots=True)
class CueHanded(Event):
    """The cue of hold `index` was handed to Telegram: the hold begins at `at`.

    That is the instant itself for a HOLD, and its place in the clip after it for a clip.
    """

    index: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CueLost(Event):
    """The HOLD cue or clip of hold `index` was not, or perhaps not, delivered in time."""

    index: int


@dataclass(frozen=True, slots=True)
class Restarted(Event):
    """The program was started again while the session was live."""


class BreakReason(StrEnum):
    """What a break of the athlete's own comes from."""

    WISH = "wish"  # they asked for it
    WORDS = "words"  # they said something that is no answer: nothing is held over it
    PAIN = "pain"  # they want to say how much it hurts
    SIGNS = "signs"  # they are asked about warning signs


@dataclass(frozen=True, slots=True)
class Pause(Event):
    """The athlete wants, or needs, a break."""

    why: BreakReason = BreakReason.WISH


@dataclass(frozen=True, slots=True)
class GoOn(Event):
    """After interruption number `number`: go on. None when typed: the one there is."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Finish(Event):
    """After interruption number `number`: finish for today."""

    number: int | None = None


@dataclass(frozen=True, slots=True)
class Undo(Event):
    """Take back the last answer."""


class Effect:
    """Something the session wants said or done; how it looks is another room's business."""


@dataclass(frozen=True, slots=True)
class TellSetUp(Effect):
    """Show exercise, side and cues, and ask: pain right now."""


@dataclass(frozen=True, slots=True)
class TellGetSet(Effect):
    """The lead-in: the hold at `place` begins at `hold_at`."""

    place: Place
    hold_at: datetime


@dataclass(frozen=True, slots=True)
class HoldCue(Effect):
    """HOLD. `index` is the hold's index; `ease` asks for less effort."""

    place: Place
    index: int
    seconds: int
    ease: bool


@dataclass(frozen=True, slots=True)
class ClipCue(Effect):
    """A clip: rest, get set `lead_s` before HOLD; HOLD after `wait_s`, RELEASE `seconds` later.

    Its question, the worst pain during hold `index`, is open with it. `value` is the answer before.
    """

    place: Place
    index: int
    wait_s: int
    lead_s: int
    seconds: int
    ease: bool
    switch: bool = False
    value: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseCue(Effect):
    """RELEASE, and ask: worst pain during hold `index`."""

    place: Place
    index: int


@dataclass(frozen=True, slots=True)
class TellRest(Effect):
    """The answer `value` to hold `index` is noted; the hold at `place` begins at `hold_at`."""

    value: int
    index: int
    place: Place
    hold_at: datetime
    ease: bool
    switch: bool


class Question(StrEnum):
    """A question that holds everything until it is answered."""

    BEFORE = "before"
    AFTER = "after"
    REASON = "reason"
    STOP_PAIN = "stop_pain"
    CHOICE = "choice"  # go on or finish


@dataclass(frozen=True, slots=True)
class TellQuestion(Effect):
    """Ask again. `why` tells the words: a nudge, a restart, an undone answer."""

    question: Question
    why: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Interrupt(Effect):
    """Say what was cut and ask: go on or finish. `in_hold` when a hold was running.

    `why` says more of a break of the athlete's own.
    """

    cut: Interruption
    in_hold: bool
    why: BreakReason | None = None


@dataclass(frozen=True, slots=True)
class Silence(Effect):
    """No cue that still waits may be sent, and no clip stays. Comes before anything else."""


@dataclass(frozen=True, slots=True)
class TellStopped(Effect):
    """STOP, first of all messages. `asks` is the question that follows in it, if any."""

    asks: Question | None = None


@dataclass(frozen=True, slots=True)
class TellEnded(Effect):
    """The session is closed; its outcome says how."""


@dataclass(frozen=True, slots=True)
class TellRedFlags(Effect):
    """Ask for red flags."""


@dataclass(frozen=True, slots=True)
class Lock(Effect):
    """No session until the coach unlocks."""


@dataclass(frozen=True, slots=True)
class Alert(Effect):
    """Tell the coach at once."""


class Refusal(StrEnum):
    """Why an event changed nothing."""

    OVER = "over"  # the session is closed
    NOT_ASKED = "not_asked"  # that question is not open
    KNOWN = "known"  # the same answer again
    LOWER = "lower"  # a lower answer after a higher: only by undo
    WITHHELD = "withheld"  # no hold may come: red-flag questions are open, or a lock
    NOT_DUE = "not_due"
    TOO_EARLY = "too_early"  # the hold that it answers cannot be over yet
    NOTHING_TO_UNDO = "nothing_to_undo"
    STAYS_STOPPED = "stays_stopped"  # an answer that stopped the set is not undone
