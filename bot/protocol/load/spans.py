"""Load of some days: what is known of them, and of how many nothing is (PROTOCOL 7).

No ratio of weeks and no risk: two numbers stand beside each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.protocol.load.entries import Extra, LoadEntry, LoadKind, count


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadFigures:
    """Some days in numbers. Minutes and load are those that are known.

    `known_days` have an entry, and `rest_days` are known to be without any sport. `not_rated` are
    entries without a load, as minutes or effort are unknown: the sum lacks them.
    """

    days: int
    known_days: int
    rest_days: int
    minutes: int
    load: int
    not_rated: int
    uphill: int
    fast: int
    hinge: int

    @classmethod
    def of(cls, entries: Iterable[LoadEntry], first: date, last: date) -> "LoadFigures":
        """Return the diary of the local days from `first` to `last`, both included."""
        inside = [one for one in entries if first <= one.day <= last]
        done = [one for one in inside if one.kind is not LoadKind.NONE]
        known_days = len({one.day for one in inside})
        return cls(
            days=(last - first).days + 1,
            known_days=known_days,
            rest_days=known_days - len({one.day for one in done}),
            minutes=sum(one.minutes or 0 for one in done),
            load=sum(one.load or 0 for one in inside),
            not_rated=sum(one.load is None for one in inside),
            uphill=count(inside, Extra.UPHILL),
            fast=count(inside, Extra.FAST),
            hinge=count(inside, Extra.HINGE),
        )
