"""What is said about steps down and up, as values."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.conversation.message import Reply
from bot.protocol.dose.dose import Side
from bot.protocol.progression.ladder import Rung
from bot.protocol.progression.morning import Verdict
from bot.protocol.session.state import Outcome


@dataclass(frozen=True, slots=True)
class WhatFollows(Reply):
    """To the athlete: what follows from a day of training and the morning after it.

    `dose` is the step down that was taken, `lowest` the dose that has no step below it. `rests_on`
    is a day without a session; `paused` where the plan is paused from now on.
    """

    topic: ClassVar[str] = "what_follows"
    outcome: Outcome
    verdict: Verdict
    dose: Rung | None
    side: Side
    rests_on: date | None
    paused: bool
    has_coach: bool
    zone: str
    lowest: Rung | None = None


@dataclass(frozen=True, slots=True)
class BackAfterDays(Reply):
    """To the athlete: a week or more after the session of the day `last`, the next asks for less.

    `dose` is what it asks for; `first` where that is the first step of all.
    """

    topic: ClassVar[str] = "back_after_days"
    last: date
    dose: Rung
    side: Side
    zone: str
    first: bool = False


@dataclass(frozen=True, slots=True)
class StepUpAsked(Reply):
    """To a coach: may the athlete go from `dose` to `more`? `plan` is the version it is about."""

    topic: ClassVar[str] = "step_up_asked"
    athlete_id: int
    name: str
    plan: int
    dose: Rung
    more: Rung


@dataclass(frozen=True, slots=True)
class StepUpTaken(Reply):
    """To the coach: the athlete goes from `dose` to `more`."""

    topic: ClassVar[str] = "step_up_taken"
    athlete_id: int
    name: str
    dose: Rung
    more: Rung


@dataclass(frozen=True, slots=True)
class StepUpDeclined(Reply):
    """To the coach: the athlete stays at `dose`, in place of `more`."""

    topic: ClassVar[str] = "step_up_declined"
    athlete_id: int
    name: str
    dose: Rung
    more: Rung


@dataclass(frozen=True, slots=True)
class PlanRaised(Reply):
    """To the athlete: the coach `by` took a step up, from `dose` to `more`."""

    topic: ClassVar[str] = "plan_raised"
    by: str
    side: Side
    dose: Rung
    more: Rung
