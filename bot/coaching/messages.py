"""What is said to coaches, and passed on between them and athletes: values, no words."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from bot.conversation.message import Message, left
from bot.letters import ENCLOSED, Priority
from bot.protocol.report.athlete_week import AthleteWeek
from bot.protocol.report.period import PeriodChart


@dataclass(frozen=True, slots=True)
class OpenFlag:
    """A red flag that is not cleared yet: its kind in the catalogue, and when it was reported."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Album(Message):
    """Athletes' days as pictures, at most ten: one is a photo, several are an album.

    With `perhaps_again` they may have come before, and the caption says so.
    """

    priority = Priority.SUMMARY
    life = ENCLOSED
    charts: tuple[PeriodChart, ...]
    perhaps_again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Message):
    """A coach's weekly summary, or a page of it: at most ten athletes, the most urgent first.

    `week` is "2026-W47", or None for the seven days before today; with `so_far` it is this week up
    to now. Days are the coach's; each athlete has days of their own. `count` athletes are told of
    in all, of whom `urgent` need a decision. `summary` is the row of one that came by itself;
    `due_at` is set when that came late.
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
    so_far: bool = False

    @property
    def days(self) -> int:
        """How many days are told of."""
        return (self.last_day - self.first_day).days + 1

    def without(self, gone: frozenset[int]) -> Self | None:
        """Leave athletes out, of the counts too."""
        kept = left(self, gone)
        if kept is None:
            return None
        lost = [one for one in self.athletes if one.athlete_id in gone]
        urgent = self.urgent - sum(one.is_urgent for one in lost)
        return replace(kept, count=self.count - len(lost), urgent=urgent)


@dataclass(frozen=True, slots=True)
class Relayed(Message):
    """What a coach wrote to an athlete, or the athlete to that coach; answered by a reply.

    `to_athlete` says which of the two it is for; `name` is who wrote.
    """

    athlete_id: int
    coach_id: int
    name: str
    text: str
    to_athlete: bool


@dataclass(frozen=True, slots=True)
class File(Message):
    """A document for the person: the name of the export and whose it is."""

    priority = Priority.SUMMARY
    life = ENCLOSED
    name: str
    subject_id: int
