"""What is said about the training day: values, no words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Literal

from bot.conversation.message import Message, Reply
from bot.conversation.offer_messages import Reader
from bot.letters import ENCLOSED, Priority
from bot.protocol.load.advice import Advice

Leg = Literal["left", "right"]
Bar = Literal["done", "interrupted", "stopped", "not done"]
"""What a chart shows of a hold."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Hold `number` of `of`; the set and side are said where there is more than one."""

    number: int
    of: int
    side: str
    set_no: int = 1
    sets: int = 1
    sides: int = 1


# ---- the session ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetUp(Message):
    """How to stand, and the question: pain right now."""

    priority = Priority.QUESTION
    session: int
    exercise: str
    cues: tuple[str, ...]
    side: str
    holds: int
    sets: int
    hold_s: int
    effort: int
    limit: int
    lead_in_s: int
    band: int = 0
    band_label: str = ""


@dataclass(frozen=True, slots=True)
class GetSet(Message):
    """The lead-in before the hold at `hold_at`."""

    priority = Priority.QUESTION
    life = timedelta(seconds=5)
    session: int
    spot: Spot
    hold_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Hold(Message):
    """HOLD, now, for so many seconds."""

    priority = Priority.HOLD
    repeatable = False
    life = timedelta(seconds=3)
    session: int
    index: int
    spot: Spot
    seconds: int
    ease: bool
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clip(Message):
    """A hold as one sound, and its question: HOLD after `wait_s`, the last `lead_s` to get set.

    `value` is the answer before, where one led to it.
    """

    priority = Priority.QUESTION
    repeatable = False
    life = timedelta(seconds=15)
    session: int
    index: int
    spot: Spot
    limit: int
    wait_s: int
    lead_s: int
    seconds: int
    ease: bool
    switch: bool
    value: int | None


@dataclass(frozen=True, slots=True)
class Release(Message):
    """RELEASE, and the question: worst pain during that hold."""

    priority = Priority.RELEASE
    session: int
    index: int
    spot: Spot
    limit: int


@dataclass(frozen=True, slots=True)
class Rest(Message):
    """The answer is stored; when the next hold comes. Rewrites the question."""

    session: int
    value: int
    spot: Spot
    hold_at: datetime
    zone: str
    lead_in_s: int
    ease: bool
    switch: bool


@dataclass(frozen=True, slots=True)
class Noted(Message):
    """The answer is stored. Rewrites a question that no rest follows."""

    repeatable = False
    value: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Ask(Message):
    """A question of the session once more. `why`: nudge, restart, undo, reason, again or unclear.

    `number` is that of the break, where the choice after it is asked for.
    """

    priority = Priority.QUESTION
    session: int
    question: str
    why: str
    limit: int
    index: int | None = None
    spot: Spot | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class Stopped(Message):
    """STOP, before anything else is said. With `asks_reason` the reason is asked in it.

    `readers` are the coaches to whom the athlete can write about it.
    """

    priority = Priority.STOP
    session: int
    outcome: str | None
    asks_reason: bool
    value: int | None
    limit: int
    has_coach: bool
    next_at: datetime | None
    zone: str
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class StopAgain(Message):
    """STOP once more: a HOLD has, or may have, come after it."""

    priority = Priority.STOP
    session: int


@dataclass(frozen=True, slots=True)
class ReleaseAgain(Message):
    """RELEASE once more: a HOLD that is not running has, or may have, come."""

    priority = Priority.RELEASE
    session: int


@dataclass(frozen=True, slots=True)
class TakeBack(Message):
    """Take a message out of the chat: a cue that must not stand there."""

    priority = Priority.RELEASE
    message_id: int


@dataclass(frozen=True, slots=True)
class Ended(Message):
    """The session is over: what was held, how the pain went, when the next one is.

    Where one hold alone was answered there is no `first` pain. `value` is the pain that ended it.
    `diary_day` is the day that can be noted in the diary, if nothing is noted for it yet, and
    `readers` are the coaches to whom the athlete can write about it.
    """

    priority = Priority.QUESTION
    session: int
    outcome: str
    done: int
    planned: int
    tension_s: int
    first: int | None
    last: int | None
    before: int | None
    limit: int
    has_coach: bool
    next_at: datetime | None
    zone: str
    by_outage: bool = False
    value: int | None = None
    diary_day: date | None = None
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartHold:
    """One bar of the session's chart."""

    number: int
    side: Leg
    planned_s: int
    actual_s: float
    pain: int | None
    status: Bar


@dataclass(frozen=True, slots=True)
class Chart(Message):
    """The session as a small picture; for a coach with the `name` and id of the athlete.

    `stop` is the pain that made the athlete stop.
    """

    priority = Priority.SUMMARY
    life = ENCLOSED
    title: str
    holds: tuple[ChartHold, ...]
    before: int | None
    limit: int
    caption: str = ""
    name: str = ""
    athlete_id: int | None = None
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class Interrupted(Message):
    """What was cut, and the choice: go on or finish. It ends a hold, so it is as urgent as RELEASE.

    `number` tells this break from others; `why` says more of one that is the athlete's own.
    """

    priority = Priority.RELEASE
    session: int
    cut: str
    in_hold: bool
    spot: Spot
    number: int = 0
    why: str | None = None


# ---- red flags, and what coaches are told ---------------------------------------------


@dataclass(frozen=True, slots=True)
class RedFlagQuestions(Message):
    """The red-flag questions. `stamp` tells this asking from others.

    `noted` is a pain that was named beside them and kept as a note.
    """

    stored_as = "Screen"
    priority = Priority.QUESTION
    why: str
    stamp: int = 0
    noted: int | None = None


@dataclass(frozen=True, slots=True)
class RedFlagAdvice(Message):
    """What to do now about a red flag. Its first line is the action; `readers` can be told."""

    priority = Priority.STOP
    flag: str
    has_coach: bool
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class CoachAlert(Message):
    """To a coach: what happened to the athlete, and when, on both clocks.

    `reason` is the red flag's id, or why days were missed; `missed` counts those days. With
    `no_coach` it is to an admin, as no coach can be reached. `apart` tells the athlete from others
    of that name whom the reader knows.
    """

    priority = Priority.QUESTION
    athlete: str
    athlete_id: int
    event: str
    value: int | None
    limit: int
    spot: Spot | None
    at: datetime
    zone: str
    session: int | None = None
    locked: bool = False
    reason: str | None = None
    missed: int = 0
    coach_zone: str = ""
    no_coach: bool = False
    apart: str = ""


EACH: Final = 20
"""Alerts in one message: so many lines fit, however long the names are."""


@dataclass(frozen=True, slots=True)
class CoachAlerts(Message):
    """To a coach: several alerts that waited, in one message."""

    priority = Priority.QUESTION
    alerts: tuple[CoachAlert, ...]


@dataclass(frozen=True, slots=True)
class CoachTold(Message):
    """To the athlete, after the alert was delivered. `at` is when it happened, if long before.

    `admin`: it was an admin who was told.
    """

    coach: str
    at: datetime | None = None
    zone: str = ""
    admin: bool = False


# ---- reminders ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reminder(Message):
    """It is time; `late` where the reminder could not come on time, `again` for the nudge.

    `exercise` is the plan's; there is none in messages of before it was shown.
    `snoozes` are the minutes it can be put off by; None in messages of 0.1.0, which knew only how
    many times are left. `of_two`: there are two sessions a day, so that a skip says which.
    """

    priority = Priority.REMINDER
    life = timedelta(hours=2)
    occurrence: int
    name: str
    holds: int
    hold_s: int
    sets: int
    side: str
    planned_at: datetime
    zone: str
    again: bool = False
    late: bool = False
    snoozes_left: int = 0
    snoozes: tuple[int, ...] | None = None
    of_two: bool = False
    exercise: str = ""


@dataclass(frozen=True, slots=True)
class Morning(Message):
    """The question of the morning `day`; with `message_id` it takes that message's place."""

    priority = Priority.REMINDER
    life = timedelta(hours=12)
    morning: int
    day: date
    limit: int
    zone: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class MorningSaved(Reply):
    """The pain of the morning `day`, 0–10, is saved; `paused` where a pause stays all the same.

    `diary_day` is the day before, if nothing is noted for it yet; `tip` is a line of advice.
    """

    topic: ClassVar[str] = "morning_saved"
    morning: int
    day: date
    value: int
    zone: str
    paused: bool
    diary_day: date | None = None
    tip: Advice | None = None


# ---- a pause --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PauseTold:
    """What several replies tell of a plan's pause.

    It lasts to the end of `last_day`, or until it is ended where there is none; `back_on` is the
    day after. It is `kept` where the athlete cannot end it. `back_at` is the first reminder.
    """

    paused: bool
    kept: bool
    last_day: date | None
    back_on: date | None
    back_at: datetime | None
    reason: str | None
    zone: str
