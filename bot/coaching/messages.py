"""What is said to coaches, and passed on between them and athletes: values, no words."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Self

from bot.conversation.message import Message
from bot.letters import ENCLOSED, Priority
from bot.protocol.report.athlete_week import AthleteWeek, Decision, without_checks
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

    @property
    def load_of(self) -> frozenset[int]:
        """All of them."""
        return frozenset(one.athlete_id for one in self.charts)

    def without_load(self, shut: frozenset[int]) -> Self:
        """Draw nothing of these athletes' load."""
        charts = (one.without_load() if one.athlete_id in shut else one for one in self.charts)
        return replace(self, charts=tuple(charts))


PAGE: Final = 10
"""Athletes on a page of a summary: any ten fit a message, and their pictures an album."""


@dataclass(frozen=True, slots=True)
class ListedAthlete:
    """One athlete of a summary, in its order: the days told of, and what needs the coach.

    `done`: the coach has acted on it.
    """

    athlete_id: int
    first_day: date
    last_day: date
    decision: Decision
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary(Message):
    """A coach's weekly summary, at one of its pages: the most urgent first.

    `week` is "2026-W47", or None for the seven days before today; with `so_far` it is this week up
    to now. Days are the coach's; each athlete has days of their own. `listed` are all who are told
    of, `athletes` those on the `page`, counted from 1. `summary` is the row of one that came by
    itself; `due_at` is set when that came late. With `message_id` it takes that message's place.
    """

    priority = Priority.SUMMARY
    week: str | None
    first_day: date
    last_day: date
    zone: str
    athletes: tuple[AthleteWeek, ...]
    listed: tuple[ListedAthlete, ...] = ()
    page: int = 1
    due_at: datetime | None = None
    repeat: bool = False
    summary: int | None = None
    so_far: bool = False
    message_id: int | None = None

    @property
    def days(self) -> int:
        """How many days are told of."""
        return (self.last_day - self.first_day).days + 1

    @property
    def order(self) -> tuple[ListedAthlete, ...]:
        """All who are told of; a letter of 0.1.0 knows those of its page alone."""
        return self.listed or tuple(
            ListedAthlete(one.athlete_id, one.first_day, one.last_day, one.decision)
            for one in self.athletes
        )

    @property
    def load_of(self) -> frozenset[int]:
        """All of its athletes."""
        return frozenset(one.athlete_id for one in self.order)

    def without_load(self, shut: frozenset[int]) -> Self:
        """Tell nothing of these athletes' load, and decide nothing by it."""
        weeks = (one.without_load() if one.athlete_id in shut else one for one in self.athletes)
        earned = frozenset(one.athlete_id for one in self.athletes if one.step_up is not None)
        listed = _without_checks(self.listed, shut, earned)
        return replace(self, athletes=tuple(weeks), listed=listed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryTurned(Summary):
    """A summary in the place of itself, as a button asked: another page, or something is decided.

    Whoever taps waits for it, so it does not stand behind summaries that come by themselves.
    """

    priority = Priority.REPLY


class FileForm(StrEnum):
    """What a file about all athletes of a summary is."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFile(Message):
    """A summary as a file, about all its athletes; the fields are the summary's."""

    priority = Priority.SUMMARY
    life = ENCLOSED
    form: FileForm
    week: str | None
    so_far: bool
    first_day: date
    last_day: date
    listed: tuple[ListedAthlete, ...]

    @property
    def load_of(self) -> frozenset[int]:
        """All of its athletes; what it says of their load is asked for as it is made."""
        return frozenset(one.athlete_id for one in self.listed)

    def without_load(self, shut: frozenset[int]) -> Self:
        """Decide nothing by these athletes' load."""
        return replace(self, listed=_without_checks(self.listed, shut, frozenset()))


def _without_checks(
    listed: tuple[ListedAthlete, ...], shut: frozenset[int], earned: frozenset[int]
) -> tuple[ListedAthlete, ...]:
    """Return a list without what the weekly answers of these athletes say."""
    return tuple(
        replace(one, decision=without_checks(one.decision, earned=one.athlete_id in earned))
        if one.athlete_id in shut
        else one
        for one in listed
    )


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
