"""What a coach reads about a stretch of days: plain values, counted once, shown in many ways.

Every planned occurrence became exactly one thing, so the counts always add up to what was planned.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any, Final

from bot.protocol.load.entries import Extra, LoadEntry, LoadKind, count

_DAY: Final = timedelta(days=1)


class Became(StrEnum):
    """What became of one planned session (PROTOCOL 3)."""

    DONE = "done"  # finished as the plan says: lessening or level
    RISING = "rising"  # ended because pain rose: as the plan says, and no success
    UNFINISHED = "unfinished"  # ended early by the athlete, or a rating is missing
    STOPPED = "stopped"  # ended by pain: over the limit, or a hard stop
    FLAGGED = "flagged"  # ended by a warning sign, whatever the pain
    RESTED = "rested"  # rested on pain, which follows the plan, however that was said
    SKIPPED = "skipped"  # the athlete's choice, with a reason
    MISSED = "missed"  # reminded, and no answer
    NOT_DELIVERED = "not_delivered"  # our fault, never the athlete's
    OPEN = "open"  # its day is not over


FOLLOWED: Final = frozenset(
    {Became.DONE, Became.RISING, Became.STOPPED, Became.FLAGGED, Became.RESTED}
)
"""What counts as following the plan (PROTOCOL 8): a session, or a stop or rest where pain says."""
NOT_YET: Final = frozenset({Became.NOT_DELIVERED, Became.OPEN})
"""What counts neither for nor against anybody: our fault, and what is still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSession:
    """One session as it is reported. Pain is 0–10 or None where it is not known; times in seconds.

    `outcome` is None while it runs; `became` is None for a session beside the plan. `first` is the
    pain of the first hold and `last` that of the last; where one hold alone was answered there is
    no first. `stop_hold` is the number, from 1, of the hold that ended it, and `stop_pain` the pain
    named there. `late`: an answer came, or was corrected, after the session was closed. The plan it
    began with asked for `exercise`, a key of the catalogue, on `side`: `sets` of `holds` of
    `hold_s` seconds; `bandless` if that exercise was held in the plan's place, without a band.
    """

    session_id: int
    day: date
    opened_at: datetime
    outcome: str | None
    became: Became | None
    before: int | None
    first: int | None
    last: int | None
    worst: int | None
    holds_done: int
    holds_planned: int
    tension_s: int
    planned_s: int
    stop_hold: int | None = None
    stop_pain: int | None = None
    late: bool = False
    exercise: str = ""
    bandless: bool = False
    side: str = ""
    holds: int = 0
    hold_s: int = 0
    sets: int = 1


@dataclass(frozen=True, slots=True)
class Planned:
    """One planned session: its local day and slot, what became of it, and why if not held.

    `at` is when it was planned for, where that is known; `by_session` tells that a session became
    it, and not only what was said, or not said, about the reminder.
    """

    day: date
    slot: int
    became: Became
    reason: str | None = None
    at: datetime | None = field(default=None, compare=False)
    by_session: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class ReportedMorning:
    """The pain of one morning, 0–10; `late` when it was answered on another day."""

    day: date
    value: int
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """An athlete's local days from `first_day` to `last_day`, both included, oldest first.

    Whoever tells of days – to the athlete or a coach, in words, a picture, on a page, in a file –
    counts here. `paused` are the days without a plan because it was paused or locked. `left` are
    sessions that were opened and left before a hold, where another one stands for their planned
    session, or none was planned: they are no sessions. `entries` are the diary of load.
    """

    first_day: date
    last_day: date
    planned: tuple[Planned, ...]
    trained: tuple[ReportedSession, ...]
    mornings: tuple[ReportedMorning, ...]
    paused: frozenset[date] = frozenset()
    left: tuple[ReportedSession, ...] = ()
    entries: tuple[LoadEntry, ...] = ()

    @property
    def days(self) -> int:
        """How many days these are; 0 where the last one lies before the first."""
        return (self.last_day - self.first_day).days + 1

    def part(self, first: date, last: date) -> "Stretch":
        """Return the days from `first` to `last`, both included, which must lie inside."""
        assert self.first_day <= first <= last + _DAY <= self.last_day + _DAY
        return replace(
            self,
            first_day=first,
            last_day=last,
            planned=tuple(one for one in self.planned if first <= one.day <= last),
            trained=tuple(one for one in self.trained if first <= one.day <= last),
            mornings=tuple(one for one in self.mornings if first <= one.day <= last),
            paused=frozenset(day for day in self.paused if first <= day <= last),
            left=tuple(one for one in self.left if first <= one.day <= last),
            entries=tuple(one for one in self.entries if first <= one.day <= last),
        )

    @property
    def paused_days(self) -> int:
        """How many days had no plan because it was paused or locked."""
        return len(self.paused)

    @property
    def counts(self) -> Counter[Became]:
        """How many planned sessions became what; their sum is what was planned."""
        return Counter(one.became for one in self.planned)

    @property
    def followed(self) -> int:
        """How many planned sessions followed the plan (PROTOCOL 8)."""
        return sum(1 for one in self.planned if one.became in FOLLOWED)

    @property
    def asked(self) -> int:
        """How many planned sessions the athlete was asked for, and could have followed, so far."""
        return sum(1 for one in self.planned if one.became not in NOT_YET)

    @property
    def beside(self) -> int:
        """How many sessions were not planned."""
        return sum(1 for one in self.trained if one.became is None)

    @property
    def missed_running(self) -> int:
        """How many planned days were missed one after the other, up to the last; 0 after a session.

        A day counts where everything that was asked for on it was missed.
        """
        trained, count = max((one.day for one in self.trained), default=date.min), 0
        for day, planned in groupby(reversed(self.planned), key=lambda one: one.day):
            became = {one.became for one in planned} - NOT_YET
            if day <= trained or became - {Became.MISSED}:
                break
            count += bool(became)
        return count

    @property
    def tension_s(self) -> int:
        """Time under tension held, in seconds."""
        return sum(one.tension_s for one in self.trained)

    @property
    def planned_s(self) -> int:
        """Time under tension that the sessions which began had planned, in seconds."""
        return sum(one.planned_s for one in self.trained)

    @property
    def worst(self) -> ReportedSession | None:
        """The session with the highest pain, the latest of equals; None without any pain known."""
        known = [one for one in self.trained if one.worst is not None]
        return max(known, key=lambda one: (one.worst or 0, one.day), default=None)


def whole_seconds(held: float) -> int:
    """Return seconds under tension as every view tells them: rounded once, session by session."""
    return round(round(held, 3))


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the known values, or None when nothing is known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


class Mark(StrEnum):
    """What a day has beside its sessions, and a picture marks."""

    FLAG = "flag"  # a red flag was reported
    PAUSED = "paused"  # no plan: it was paused, or sessions were locked
    PLAN = "plan"  # the plan was changed
    BAND = "band"  # the session was held without its band
    NOTE = "note"  # a coach wrote a note


Marks = Mapping[date, frozenset[Mark]]
"""The marks of some days; a day without one is not among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDay:
    """One local day in a chart: the pain of its sessions, its morning, and seconds held of planned.

    `became` is None where nothing was planned and nothing trained; where several sessions were
    planned it is the one to look at, and `also` the others. `extra` marks one beside the plan.
    `minutes` of sport and their `load` are 0 where "none" was noted, and None where nothing was, or
    where anything of that day is without them. `felt` is what the tendon feels most of it.
    """

    day: date
    became: Became | None = None
    also: tuple[Became, ...] = ()
    extra: bool = False
    first: int | None = None
    last: int | None = None
    worst: int | None = None
    morning: int | None = None
    held_s: float = 0
    planned_s: float = 0
    minutes: int | None = None
    load: int | None = None
    felt: tuple[Extra, ...] = ()
    marks: tuple[Mark, ...] = ()

    def without_load(self) -> "ChartDay":
        """Return the day for who does not see the diary: nothing of it is known."""
        return replace(self, minutes=None, load=None, felt=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChart:
    """An athlete's days as a picture: 7 for a week, 28 for a card. `pain_limit` is inclusive.

    `verdict` says in one line what the days come to.
    """

    athlete_id: int
    name: str
    days: tuple[ChartDay, ...]
    pain_limit: int
    verdict: str = ""

    def without_load(self) -> "PeriodChart":
        """Return it for who does not see the diary."""
        return replace(self, days=tuple(one.without_load() for one in self.days))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw: no morning, and of sessions none but those to come.

        A pause alone is nothing to draw.
        """
        return all(
            {one.became, *one.also} <= {None, Became.OPEN}
            and set(one.marks) <= {Mark.PAUSED}
            and replace(one, became=None, also=(), marks=()) == ChartDay(day=one.day)
            for one in self.days
        )


_SHOWN_FIRST: Final = (
    Became.FLAGGED,
    Became.STOPPED,
    Became.RISING,
    Became.UNFINISHED,
    Became.MISSED,
    Became.SKIPPED,
    Became.NOT_DELIVERED,
    Became.OPEN,
    Became.RESTED,
    Became.DONE,
)
"""Which of two sessions planned on one day says what became of the day."""


def chart_days(stretch: Stretch, marks: Marks | None = None) -> tuple[ChartDay, ...]:
    """Return every day of a stretch as a chart draws it, with the marks of its days."""
    days = (stretch.first_day + n * _DAY for n in range(stretch.days))
    return tuple(_chart_day(stretch, day, (marks or {}).get(day, frozenset())) for day in days)


def _chart_day(stretch: Stretch, day: date, marks: frozenset[Mark]) -> ChartDay:
    trained = [one for one in stretch.trained if one.day == day]
    marks |= {Mark.PAUSED} if day in stretch.paused else frozenset()
    marks |= {Mark.BAND} if any(one.bandless for one in trained) else frozenset()
    planned = (one.became for one in stretch.planned if one.day == day)
    became = sorted(planned, key=_SHOWN_FIRST.index)
    mornings = [one.value for one in stretch.mornings if one.day == day]
    firsts = [one.first for one in trained if one.first is not None]
    lasts = [one.last for one in trained if one.last is not None]
    return ChartDay(
        day=day,
        became=became[0] if became else None,
        also=tuple(became[1:]),
        extra=any(one.became is None for one in trained),
        first=firsts[0] if firsts else None,
        last=lasts[-1] if lasts else None,
        worst=max((one.worst for one in trained if one.worst is not None), default=None),
        morning=mornings[-1] if mornings else None,
        held_s=sum(one.tension_s for one in trained),
        planned_s=sum(one.planned_s for one in trained),
        **_noted([one for one in stretch.entries if one.day == day]),
        marks=tuple(mark for mark in Mark if mark in marks),
    )


_FELT: Final = (Extra.HINGE, Extra.UPHILL, Extra.FAST)
"""What is drawn of a day, the heaviest first."""


def _noted(entries: list[LoadEntry]) -> dict[str, Any]:
    if not entries:
        return {}
    return {
        "minutes": _sum([0 if one.kind is LoadKind.NONE else one.minutes for one in entries]),
        "load": _sum([one.load for one in entries]),
        "felt": tuple(extra for extra in _FELT if count(entries, extra)),
    }


def _sum(values: list[int | None]) -> int | None:
    """Return the sum; where one of them is not known, nor is it."""
    known = [one for one in values if one is not None]
    return sum(known) if len(known) == len(values) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """What is printed about an athlete: lines under the title, a chart, and two tables.

    `figures` are (label, value); `sessions` are rows under `columns`, every day with at least one.
    `foot` is the small print. What the days come to is the chart's `verdict`.
    """

    title: str
    lines: tuple[str, ...]
    chart: PeriodChart
    figures: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    sessions: tuple[tuple[str, ...], ...]
    foot: str
