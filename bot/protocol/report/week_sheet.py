"""The days of all a coach's athletes on paper, as plain values."""

from dataclasses import dataclass

from bot.protocol.report.period import ChartDay


@dataclass(frozen=True, slots=True)
class SheetAthlete:
    """One athlete on the sheet: the name, what needs the coach, lines about it, and the days.

    `urgent`: something needs a decision. `pain_limit` is inclusive.
    """

    athlete_id: int
    name: str
    verdict: str
    urgent: bool
    lines: tuple[str, ...]
    days: tuple[ChartDay, ...]
    pain_limit: int


@dataclass(frozen=True, slots=True)
class WeekSheet:
    """All athletes of a summary under one `title`, the most urgent first; `foot` is small print."""

    title: str
    lead: str
    athletes: tuple[SheetAthlete, ...]
    foot: str
