"""What the bot wants to tell: kinds and values, never words, buttons or pictures.

An intent is written to the outbox with the state change that causes it; bot/telegram renders it
when it is sent. Values are plain, so that they survive a restart as JSON.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any, ClassVar, Final, Literal

from pydantic import TypeAdapter

from bot.protocol.report.athlete_week import AthleteWeek
from bot.protocol.report.period import PeriodChart
from bot.store.outbox import UnreadableError

Leg = Literal["left", "right"]
Bar = Literal["done", "interrupted", "stopped", "not done"]
"""What a chart shows of a hold."""


class Priority(IntEnum):
    """Who goes first when several messages wait (docs/architecture.md, Out)."""

    STOP = 0
    RELEASE = 1
    HOLD = 2
    QUESTION = 3
    REPLY = 4
    REMINDER = 5
    SUMMARY = 6
    BROADCAST = 7


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing to tell. `life` is how long it is worth sending; None is for ever.

    `repeatable`: sent again when it is unknown whether it arrived. A HOLD never is.
    """

    priority: ClassVar[Priority] = Priority.REPLY
    repeatable: ClassVar[bool] = True
    life: ClassVar[timedelta | None] = None


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
class SetUp(Intent):
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
class GetSet(Intent):
    """The lead-in before the hold at `hold_at`."""

    priority = Priority.QUESTION
    life = timedelta(seconds=5)
    session: int
    spot: Spot
    hold_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Hold(Intent):
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
class Release(Intent):
    """RELEASE, and the question: worst pain during that hold."""

    priority = Priority.RELEASE
    session: int
    index: int
    spot: Spot
    limit: int


@dataclass(frozen=True, slots=True)
class Rest(Intent):
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
class Noted(Intent):
    """The answer is stored. Rewrites a question that no rest follows."""

    repeatable = False
    value: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Ask(Intent):
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
class Stopped(Intent):
    """STOP, before anything else is said. With `asks_reason` the reason is asked in it."""

    priority = Priority.STOP
    session: int
    outcome: str | None
    asks_reason: bool
    value: int | None
    limit: int
    has_coach: bool
    next_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class StopAgain(Intent):
    """STOP once more: a HOLD has, or may have, come after it."""

    priority = Priority.STOP
    session: int


@dataclass(frozen=True, slots=True)
class ReleaseAgain(Intent):
    """RELEASE once more: a HOLD that is not running has, or may have, come."""

    priority = Priority.RELEASE
    session: int


@dataclass(frozen=True, slots=True)
class TakeBack(Intent):
    """Take a message out of the chat: a cue that must not stand there."""

    priority = Priority.RELEASE
    message_id: int


@dataclass(frozen=True, slots=True)
class Ended(Intent):
    """The session is over: what was held, how the pain went, when the next one is."""

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
class Chart(Intent):
    """The session as a small picture."""

    priority = Priority.SUMMARY
    title: str
    holds: tuple[ChartHold, ...]
    before: int | None
    limit: int
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Album(Intent):
    """Athletes' days as pictures, at most ten: one is a photo, several are an album."""

    priority = Priority.SUMMARY
    charts: tuple[PeriodChart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Intent):
    """A coach's weekly summary, or a page of it: at most ten athletes, the most urgent first.

    `week` is "2026-W47", or None for the seven days before today. Days are the coach's; each
    athlete has days of their own. `count` athletes are told of in all, of whom `urgent` need a
    decision. `summary` is the row of one that came by itself; `due_at` is set when that came late.
    """

    priority = Priority.SUMMARY
    week: str | None
    first_day: date
    last_day: date
    zone: str
    athletes: tuple[AthleteWeek, ...]
    count: int
    urgent: int
    page: int = 0
    pages: int = 1
    due_at: datetime | None = None
    repeat: bool = False
    summary: int | None = None


@dataclass(frozen=True, slots=True)
class Interrupted(Intent):
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


@dataclass(frozen=True, slots=True)
class Screen(Intent):
    """The red-flag questions. `stamp` tells this asking from others."""

    priority = Priority.QUESTION
    why: str
    stamp: int = 0


@dataclass(frozen=True, slots=True)
class RedFlagAdvice(Intent):
    """What to do now about a red flag. Its first line is the action."""

    priority = Priority.STOP
    flag: str
    has_coach: bool


@dataclass(frozen=True, slots=True)
class CoachAlert(Intent):
    """To a coach: what happened to the athlete, and when, on both clocks.

    `reason` is the red flag's id, or why days were missed; `missed` counts those days. With
    `no_coach` it is to an admin, as no coach can be reached.
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


@dataclass(frozen=True, slots=True)
class CoachAlerts(Intent):
    """To a coach: several alerts that waited, in one message."""

    priority = Priority.QUESTION
    alerts: tuple[CoachAlert, ...]


@dataclass(frozen=True, slots=True)
class CoachTold(Intent):
    """To the athlete, after the alert was delivered. `at` is when it happened, if long before.

    `admin`: it was an admin who was told.
    """

    coach: str
    at: datetime | None = None
    zone: str = ""
    admin: bool = False


@dataclass(frozen=True, slots=True)
class Relayed(Intent):
    """What a coach wrote to an athlete, or the athlete to that coach; answered by a reply.

    `to_athlete` says which of the two it is for; `name` is who wrote.
    """

    athlete_id: int
    coach_id: int
    name: str
    text: str
    to_athlete: bool


# ---- reminders ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reminder(Intent):
    """It is time. `late_since` is set when the reminder could not come on time."""

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


@dataclass(frozen=True, slots=True)
class Morning(Intent):
    """The question of the morning `day`; with `message_id` it takes that message's place."""

    priority = Priority.REMINDER
    life = timedelta(hours=12)
    morning: int
    day: date
    limit: int
    zone: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Broadcast(Intent):
    """An admin's text to everybody of a role."""

    priority = Priority.BROADCAST
    sender: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Say(Intent):
    """A reply without a life of its own: a topic that has words, and its values."""

    topic: str
    values: dict[str, Any] = field(default_factory=dict)
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Answer(Intent):
    """The answer to a pressed button; every press gets exactly one."""

    repeatable = False
    life = timedelta(seconds=20)
    query_id: str
    topic: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Retire(Intent):
    """Take the buttons off a message that is no longer active."""

    repeatable = False
    message_id: int


@dataclass(frozen=True, slots=True)
class File(Intent):
    """A document for the person: the name of the export and whose it is."""

    priority = Priority.SUMMARY
    name: str
    subject_id: int


@dataclass(frozen=True, slots=True)
class Status(Intent):
    """The state of the installation, read when it is sent."""

    zone: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Menu(Intent):
    """The command menu of a chat: what these roles may do; without roles, everybody's menu."""

    priority = Priority.SUMMARY
    roles: tuple[str, ...]


_KINDS: Final[tuple[type[Intent], ...]] = (
    SetUp,
    GetSet,
    Hold,
    Release,
    Rest,
    Noted,
    Ask,
    Stopped,
    StopAgain,
    ReleaseAgain,
    TakeBack,
    Ended,
    Chart,
    Album,
    Summary,
    Interrupted,
    Screen,
    RedFlagAdvice,
    CoachAlert,
    CoachAlerts,
    CoachTold,
    Relayed,
    Reminder,
    Morning,
    Broadcast,
    Say,
    Answer,
    Retire,
    File,
    Status,
    Menu,
)
KINDS: Final = {kind.__name__: kind for kind in _KINDS}
"""Every intent by the name it is stored under."""
_ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {}


def _adapter(kind: str) -> TypeAdapter[Any]:
    """Return the reader and writer of a kind, made at its first use."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(KINDS[kind])
    return _ADAPTERS[kind]


def kind_of(intent: Intent) -> str:
    """Return the name an intent is stored under."""
    return type(intent).__name__


def iso(moment: date | None) -> str | None:
    """Return a day or a moment as a reply's values have it."""
    return None if moment is None else moment.isoformat()


def dump(intent: Intent) -> dict[str, Any]:
    """Return an intent's values as JSON has them."""
    values: dict[str, Any] = _adapter(kind_of(intent)).dump_python(intent, mode="json")
    return values


def load(kind: str, body: dict[str, Any]) -> Intent:
    """Return the intent stored as `kind` and `body`; `UnreadableError` where there is none."""
    try:
        intent: Intent = _adapter(kind).validate_python(body)
    except (LookupError, ValueError, TypeError, RecursionError):  # values are not for the log
        raise UnreadableError(kind) from None
    return intent
