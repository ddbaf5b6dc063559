"""Load of some days: what is known of them, and of how many nothing is (PROTOCOL 7).

No ratio of weeks and no risk: two numbers stand beside each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.protocol.load.entries import Extra, LoadEntry, LoadKind, count


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSpan:
    """The diary of the local days from `first_day` to `last_day`, both included."""

    first_day: date
    last_day: date
    entries: tuple[LoadEntry, ...]

    @classmethod
    def of(cls, entries: Iterable[LoadEntry], first: date, last: date) -> "LoadSpan":
        """Return the entries of these days."""
        inside = tuple(one for one in entries if first <= one.day <= last)
        return cls(first_day=first, last_day=last, entries=inside)

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.last_day - self.first_day).days + 1

    @property
    def known_days(self) -> int:
        """How many days have an entry; of the others nothing is known."""
        return len({one.day for one in self.entries})

    @property
    def rest_days(self) -> int:
        """How many days are known to be without any sport."""
        return self.known_days - len({one.day for one in self.done})

    @property
    def done(self) -> tuple[LoadEntry, ...]:
        """What was done: entries that are more than "none"."""
        return tuple(one for one in self.entries if one.kind is not LoadKind.NONE)

    @property
    def not_rated(self) -> int:
        """How many entries have no load, as minutes or effort are unknown: the sum lacks them."""
        return sum(one.load is None for one in self.entries)

    @property
    def minutes(self) -> int:
        """The minutes that are known."""
        return sum(one.minutes or 0 for one in self.done)

    @property
    def load(self) -> int:
        """The session loads that are known."""
        return sum(one.load or 0 for one in self.entries)

    def count(self, extra: Extra) -> int:
        """Return how many entries have the extra."""
        return count(self.entries, extra)


@dataclass(frozen=True, slots=True)
class LoadSpans:
    """The last 7 days, the 7 before, and the last 28."""

    week: LoadSpan
    before: LoadSpan
    month: LoadSpan


def spans(entries: Iterable[LoadEntry], last: date) -> LoadSpans:
    """Return the three spans whose last day is `last`."""
    known = tuple(entries)

    def of(first_ago: int, last_ago: int) -> LoadSpan:
        days = (last - timedelta(days=ago) for ago in (first_ago, last_ago))
        return LoadSpan.of(known, *days)

    return LoadSpans(of(6, 0), of(13, 7), of(27, 0))
