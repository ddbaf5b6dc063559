"""What is said about when a summary comes, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.conversation.message import Reply
from bot.protocol.progression.ladder import Rung


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryTimeShown(Reply):
    """When a coach's summary comes: `when` is "Mon 07:00" or "off", and `next_at` the next one.

    It is the reader's `own`, or that of the coach `name`, in whose `zone` it comes; `my_zone` is
    the reader's. `athletes` counts those who share with the coach.
    """

    topic: ClassVar[str] = "summary_home"
    coach_id: int
    name: str
    own: bool
    when: str
    next_at: datetime | None
    zone: str
    my_zone: str
    athletes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryTimeSet(SummaryTimeShown):
    """When it comes was set: how it was `before`, which may be the same, and how it is `after`.

    `by` is who set it, where that was not the coach who reads it.
    """

    topic: ClassVar[str] = "summary_set"
    before: str
    after: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class SummaryProblem(Reply):
    """What was typed cannot be done; `problem` is a sentence that says why."""

    topic: ClassVar[str] = "summary_problem"
    problem: str


@dataclass(frozen=True, slots=True)
class SummaryOfNobody(Reply):
    """There is nothing to tell: no athlete shares data with the coach."""

    topic: ClassVar[str] = "summary_nobody"


# ---- on the screen itself -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DoseDecided(Reply):
    """One step up or down was taken, and the athlete is told."""

    topic: ClassVar[str] = "week_dose"
    athlete_id: int
    name: str
    dose: Rung


@dataclass(frozen=True, slots=True)
class SummaryChanged(Reply):
    """What was tapped is not so any more: nothing was done, and the screen says how it is."""

    topic: ClassVar[str] = "week_changed"


@dataclass(frozen=True, slots=True)
class NothingToDraw(Reply):
    """Nobody on the page has had a session or a morning."""

    topic: ClassVar[str] = "week_no_pictures"
